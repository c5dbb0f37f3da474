"""Questions answered with a number. Knows no page."""

from decimal import Decimal

from typing_extensions import override

from app.domain import typed
from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from app.domain.typed import number_shown
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Number(TypedKind):
    """A number between the contract's bounds, both included, in the unit it names."""

    kind = QuestionKind.NUMBER
    lead = "Enter a number"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The number, exact. Raises ``Unreadable``."""
        return typed.number(raw)

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """Out of the contract's bounds."""
        if not isinstance(answer, Decimal):
            return self.asks(question)
        low, high = question.minimum, question.maximum
        is_within = (low is None or low <= answer) and (high is None or answer <= high)
        return "" if is_within else self.asks(question, _bounds(low, high) + _unit(question))

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """The number and its unit."""
        return self.typed(answer) + _unit(question)

    @override
    def typed(self, answer: Answer | None) -> str:
        return number_shown(answer) if isinstance(answer, Decimal) else ""


def _unit(question: Question) -> str:
    return f" {question.unit}" if question.unit else ""


def _bounds(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return f"of at most {number_shown(high or Decimal())}"
    if high is None:
        return f"of at least {number_shown(low)}"
    return f"from {number_shown(low)} to {number_shown(high)}"
