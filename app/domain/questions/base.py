"""What every kind of question can do. Knows no questionnaire, contract or template engine.

One class a kind owns everything about it: reading it from a form, checking it, the form it is stored in, how it reads
in a summary and the template that draws it. To add a kind, add its word, its class and its template; nobody else asks
what kind a question is.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from app.domain.answers import Answer, Entry
from app.domain.errors import FieldFault
from app.domain.typed import Unreadable
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind

Form = Mapping[str, Sequence[str]]
Json = str | bool | list["Json"] | dict[str, "Json"]
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a form says about one question: the answer (``None`` for none) and what could not be read."""

    answer: Answer | None = None
    faults: tuple[FieldFault, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Nested:
    """One entry of a repeated question: its name in the form, how users call it, its questions and answers."""

    name: str
    label: str
    questions: Mapping[str, Question]
    answers: Entry


class Kind(ABC):
    """A kind of question."""

    kind: ClassVar[QuestionKind]
    lead: ClassVar[str]
    takes_answer: ClassVar[bool] = True

    @property
    def template(self) -> str:
        """The template that draws it."""
        return f"components/questions/{self.kind.value}.html"

    @abstractmethod
    def read(self, question: Question, name: str, form: Form) -> Reading:
        """The answer in a form whose inputs are called ``name``; nothing typed is no answer and no fault."""

    @abstractmethod
    def problem(self, question: Question, answer: Answer) -> str:
        """Why this answer will not do, as a sentence; empty if it will."""

    @abstractmethod
    def to_stored(self, question: Question, answer: Answer) -> Json:
        """The answer as JSON."""

    @abstractmethod
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """The answer kept as JSON; ``None`` if that is no answer to this question (the contract changed meanwhile)."""

    @abstractmethod
    def worded(self, question: Question, answer: Answer) -> str:
        """The answer as a reader sees it; empty if its nested answers say it all."""

    def typed(self, answer: Answer | None) -> str:
        """The answer as its input shows it."""
        return answer if isinstance(answer, str) else ""

    def chosen(self, answer: Answer | None) -> tuple[str, ...]:
        """The values whose boxes are ticked."""
        return (self.typed(answer),) if answer is not None else ()

    def faults(self, question: Question, name: str, answer: Answer | None) -> tuple[FieldFault, ...]:
        """What is wrong with the answer of a shown question: missing though required, or not acceptable."""
        if answer is None:
            return (FieldFault(name, self.asks(question)),) if question.required and self.takes_answer else ()
        problem = self.problem(question, answer)
        return (FieldFault(name, problem),) if problem else ()

    def nested(self, question: Question, name: str, answer: Answer | None) -> tuple[Nested, ...]:  # noqa: ARG002
        """The entries of a repeated question; none for every other kind."""
        return ()

    def asks(self, question: Question, how: str = "") -> str:
        """The sentence that asks for an answer and says which question is meant."""
        return f"{self.lead}{how and ' ' + how}: {question.label}"


class TypedKind(Kind):
    """A kind whose answer is typed into one input."""

    @abstractmethod
    def parsed(self, question: Question, raw: str) -> Answer:
        """What was typed as an answer. Raises :class:`Unreadable`."""

    @override
    def read(self, question: Question, name: str, form: Form) -> Reading:
        raw = first(form, name)
        if not raw.strip():
            return Reading()
        try:
            answer = self.parsed(question, raw)
        except Unreadable as reason:
            return Reading(None, (FieldFault(name, self.asks(question, reason.how)),))
        return Reading(None if answer == "" else answer)

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        """What is stored reads like what was typed."""
        try:
            return self.parsed(question, stored) if isinstance(stored, str) and stored else None
        except Unreadable:
            return None

    @override
    def to_stored(self, question: Question, answer: Answer) -> Json:
        return self.typed(answer)

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        return self.typed(answer)

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """Most of what can be wrong is that it cannot be read."""
        try:
            self.parsed(question, self.typed(answer))
        except Unreadable as reason:
            return self.asks(question, reason.how)
        return ""


def first(form: Form, name: str) -> str:
    """The first value of a form's input; empty if it is not there."""
    values = form.get(name, ())
    return values[0] if values else ""
