"""Questions with one answer of several. Knows no page."""

from typing_extensions import override

from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Choice(TypedKind):
    """One of the contract's choices."""

    kind = QuestionKind.CHOICE
    lead = "Choose an answer"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The value chosen."""
        return raw.strip()

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """A value that is not, or no longer, among the choices."""
        return "" if answer in question.choices else self.asks(question, "from the list")

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """A choice that is gone is no answer."""
        return stored if isinstance(stored, str) and stored in question.choices else None

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """The label of the choice."""
        return question.choices.get(self.typed(answer), self.typed(answer))
