"""Repeated questions: several entries that ask the same. Knows no page."""

from collections.abc import Mapping

from typing_extensions import override

from app.domain.answers import Answer, Entry, Single
from app.domain.errors import FieldFault
from app.domain.questions.base import Form, Json, Kind, Nested, Reading
from app.domain.questions.single import SINGLE
from app.domain.wording import counted
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind


class Group(Kind):
    """Entries, at least and at most as many as the contract says. In the form entry 2's dose is ``q.drugs.2.dose``."""

    kind = QuestionKind.GROUP
    lead = "Add an entry"

    @override
    def read(self, question: Question, name: str, form: Form) -> Reading:
        """Every entry with anything typed in it, in the order of their numbers; blank entries are dropped.

        Faults keep the numbers of the form, so that the page that was sent can be shown again.
        """
        entries, faults = [], []
        for index in _indices(name, form):
            answers, wrong = _entry(question, f"{name}.{index}", form)
            faults.extend(wrong)
            if answers or wrong:
                entries.append(answers)
        return Reading(tuple(entries) or None, tuple(faults))

    @override
    def problem(self, question: Question, answer: Answer) -> str:
        """Too few or too many entries."""
        number = len(entries_of(answer))
        if number < question.at_least and question.required:
            return f"Add at least {counted(question.at_least, 'entry', 'entries')}: {question.label}"
        if number > question.at_most:
            return f"Keep at most {counted(question.at_most, 'entry', 'entries')}: {question.label}"
        return ""

    @override
    def faults(self, question: Question, name: str, answer: Answer | None) -> tuple[FieldFault, ...]:
        """No entry at all is as many as none."""
        problem = self.problem(question, answer or ())
        return (FieldFault(name, problem),) if problem else ()

    @override
    def to_stored(self, question: Question, answer: Answer) -> Json:
        return [
            {
                inner: SINGLE[asked.kind].to_stored(asked, entry[inner])
                for inner, asked in question.questions.items()
                if inner in entry
            }
            for entry in entries_of(answer)
        ]

    @override
    def from_stored(self, question: Question, stored: object) -> Answer | None:
        if not isinstance(stored, list):
            return None
        return tuple(_stored_entry(question, entry) for entry in stored if isinstance(entry, dict)) or None

    @override
    def worded(self, question: Question, answer: Answer) -> str:
        """Nothing where there are entries: they speak for themselves."""
        return "" if entries_of(answer) else "None"

    @override
    def nested(self, question: Question, name: str, answer: Answer | None) -> tuple[Nested, ...]:
        label = question.entry_label or question.label
        return tuple(
            Nested(f"{name}.{index}", f"{label} {index + 1}", question.questions, entry)
            for index, entry in enumerate(entries_of(answer))
        )


def entries_of(answer: Answer | None) -> tuple[Entry, ...]:
    """The entries of an answer to a repeated question; none of any other answer."""
    return tuple(entry for entry in answer if isinstance(entry, Mapping)) if isinstance(answer, tuple) else ()


def _indices(name: str, form: Form) -> list[int]:
    found = {key[len(name) + 1 :].split(".")[0] for key in form if key.startswith(f"{name}.")}
    return sorted(int(index) for index in found if index.isascii() and index.isdigit() and len(index) < 4)


def _entry(question: Question, name: str, form: Form) -> tuple[Entry, list[FieldFault]]:
    answers: dict[str, Single] = {}
    faults: list[FieldFault] = []
    for inner, asked in question.questions.items():
        reading = SINGLE[asked.kind].read(asked, f"{name}.{inner}", form)
        faults.extend(reading.faults)
        _keep(answers, inner, reading.answer)
    return answers, faults


def _stored_entry(question: Question, stored: Mapping[str, object]) -> Entry:
    answers: dict[str, Single] = {}
    for inner, asked in question.questions.items():
        _keep(answers, inner, SINGLE[asked.kind].from_stored(asked, stored.get(inner)))
    return answers


def _keep(answers: dict[str, Single], name: str, answer: Answer | None) -> None:
    if answer is not None:
        answers[name] = answer  # type: ignore[assignment]
