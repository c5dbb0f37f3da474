"""Questions answered with a day. Knows no page."""

import datetime as dt

from typing_extensions import override

from app.domain import typed
from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Date(TypedKind):
    """A day between 1900 and 2100."""

    kind = QuestionKind.DATE
    lead = "Enter a date"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The day. Raises ``Unreadable``."""
        return typed.day(raw)

    @override
    def to_stored(self, question: Question, answer: Answer) -> str:
        """Stored as YYYY-MM-DD."""
        return answer.isoformat() if isinstance(answer, dt.date) else ""

    @override
    def typed(self, answer: Answer | None) -> str:
        return typed.day_shown(answer) if isinstance(answer, dt.date) else ""
