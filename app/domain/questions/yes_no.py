"""Questions answered yes or no. Knows no page."""

from typing_extensions import override

from app.domain.answers import Answer
from app.domain.questions.base import NO, YES, Form, Json, Kind, Reading, first
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class YesNo(Kind):
    """Yes or no; some must be yes before a request may go."""

    kind = QuestionKind.YES_NO
    lead = "Choose yes or no"

    @override
    def read(self, question: Question, name: str, form: Form) -> Reading:
        """Anything but the two values is no answer."""
        return Reading({YES: True, NO: False}.get(first(form, name)))

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """What the contract says when the answer must be yes and is not."""
        return question.must_be_yes if answer is not True else ""

    @override
    def to_stored(self, question: Question, answer: Answer) -> Json:
        return answer is True

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        return stored if isinstance(stored, bool) else None

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        return "Yes" if answer is True else "No"

    @override
    def typed(self, answer: Answer | None) -> str:
        return {True: YES, False: NO}[answer] if isinstance(answer, bool) else ""
