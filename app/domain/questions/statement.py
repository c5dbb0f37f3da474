"""Statements among questions: text to read, nothing to answer. Knows no page."""

from typing_extensions import override

from app.domain.answers import Answer
from app.domain.questions.base import Form, Json, Kind, Reading
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Statement(Kind):
    """Something to read; it has no answer and can miss none."""

    kind = QuestionKind.STATEMENT
    lead = "Read"
    takes_answer = False

    @override
    def read(self, question: Question, name: str, form: Form) -> Reading:
        """Nothing is read."""
        return Reading()

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """Nothing can be wrong."""
        return ""

    @override
    def to_stored(self, question: Question, answer: Answer) -> Json:
        """Nothing is stored."""
        return ""

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """Nothing was stored."""
        return None

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """Nothing was said."""
        return ""
