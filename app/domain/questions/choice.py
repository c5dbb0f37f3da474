"""Questions with one answer of several. Knows no page."""

from typing_extensions import override

from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from app.domain.typed import Unreadable
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Choice(TypedKind):
    """One of the contract's choices."""

    kind = QuestionKind.CHOICE
    lead = "Choose an answer"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The value chosen. Raises ``Unreadable`` if it is not, or no longer, on offer."""
        if raw not in question.choices:
            raise Unreadable("from the list")
        return raw

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """The label of the choice."""
        return question.choices.get(self.typed(answer), "")
