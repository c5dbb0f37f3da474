"""Questions answered in a few words. Knows no page."""

import re

from typing_extensions import override

from app.domain import typed
from app.domain.answers import Answer
from app.domain.questions.base import TypedKind
from app.domain.typed import Unreadable
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind

LONGEST = 200


class Text(TypedKind):
    """One line of text; the contract may set a pattern and a length."""

    kind = QuestionKind.TEXT
    lead = "Enter an answer"

    @override
    def parsed(self, question: Question, raw: str) -> Answer:
        """The text, trimmed, on one line. Raises ``Unreadable``."""
        value = typed.text(" ".join(raw.split()), question.max_length or LONGEST)
        if question.pattern and not re.fullmatch(question.pattern, value):
            raise Unreadable("in the form asked for")
        return value

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """Text that has become too long for a newer version is kept: it is told, not lost."""
        return stored if isinstance(stored, str) and stored else None
