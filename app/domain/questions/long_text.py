"""Questions answered in sentences. Knows no page."""

from typing_extensions import override

from app.domain import typed
from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind

LONGEST = 4000


class LongText(TypedKind):
    """Several lines of text, up to the contract's length."""

    kind = QuestionKind.LONG_TEXT
    lead = "Enter an answer"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The text, trimmed. Raises ``Unreadable``."""
        return typed.text(raw, question.max_length or LONGEST)

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """Text that has become too long for a newer version is kept: it is told, not lost."""
        return stored if isinstance(stored, str) and stored else None
