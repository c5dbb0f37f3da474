"""Questions with several answers at once. Knows no page."""

from typing_extensions import override

from app.domain.answers import Answer
from app.domain.errors import FieldFault
from app.domain.questions.base import Form, Json, Kind, Reading
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Choices(Kind):
    """Any of the contract's choices, kept in the contract's order."""

    kind = QuestionKind.CHOICES
    lead = "Choose at least one answer"

    @override
    def read(self, question: Question, name: str, form: Form) -> Reading:
        """The boxes ticked; one that is not, or no longer, on offer is told and left out."""
        ticked = [value for value in form.get(name, ()) if value.strip()]
        known = tuple(value for value in question.choices if value in ticked)
        are_offered = all(value in question.choices for value in ticked)
        return Reading(known or None, () if are_offered else (FieldFault(name, self.asks(question, "listed")),))

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """A value that is not, or no longer, among the choices."""
        return "" if all(value in question.choices for value in self.chosen(answer)) else self.asks(question, "listed")

    @override
    def to_stored(self, question: Question, answer: Answer) -> Json:
        return list(self.chosen(answer))

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """Choices that are gone are left out."""
        if not isinstance(stored, list):
            return None
        return tuple(value for value in question.choices if value in stored) or None

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """The labels, parted by semicolons."""
        return "; ".join(question.choices[value] for value in self.chosen(answer) if value in question.choices)

    @override
    def chosen(self, answer: Answer | None) -> tuple[str, ...]:
        return tuple(value for value in answer if isinstance(value, str)) if isinstance(answer, tuple) else ()
