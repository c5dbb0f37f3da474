"""Questions answered with a telephone number. Knows no page."""

from typing_extensions import override

from app.domain import typed
from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Phone(TypedKind):
    """A United States phone number of ten digits."""

    kind = QuestionKind.PHONE
    lead = "Enter a phone number"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The number as 601-555-0100. Raises ``Unreadable``."""
        return typed.phone(raw)
