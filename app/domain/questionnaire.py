"""Questionnaires of a request: which there are, what they ask now, what is still wrong. Knows no form library or page.

Only visible questions count. A question is visible when its condition holds over the facts and over the answers to
visible questions before it; the answer to a question that is hidden stays where it is, in case the question comes back,
but nobody sees it, no condition reads it and nothing is wrong with it. A question inside an entry sees the answers
before its group and those before it in its own entry.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.answers import Answer, Answers, Entry
from app.domain.conditions import Facts, holds
from app.domain.draft import Draft
from app.domain.effective import deciding_date, those_in_force
from app.domain.errors import FieldFault
from app.domain.facts import facts_of
from app.domain.questions import KINDS, Form, Json, Kind, entries_of
from tenancy.contract import Contract
from tenancy.contract.questions import Question, Questionnaire
from tenancy.vocabulary import Feature, QuestionKind

PREFIX = "q."
ASKED = "q.asked"


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A visible question, ready to be drawn or checked.

    ``name`` is its input's name, ``entry`` what its entry is called (empty outside a group), ``entries`` the visible
    questions of each entry of a group. ``is_met`` says whether its criterion is met, None where nobody can tell.
    """

    name: str
    id: str
    question: Question
    answer: Answer | None
    section: str
    entry: str = ""
    entries: tuple[tuple["Shown", ...], ...] = ()
    is_met: bool | None = None

    @property
    def kind(self) -> Kind:
        """The class that owns questions of this kind."""
        return KINDS[self.question.kind]

    def everything(self) -> Iterator["Shown"]:
        """The question itself and those of its entries."""
        yield self
        for entry in self.entries:
            for inner in entry:
                yield from inner.everything()


@dataclass(frozen=True, slots=True, repr=False)
class Worded:
    """One answer in the words in which it was asked and given, and the criterion it was held against, if any."""

    section: str
    question: str
    answer: str
    criterion: str = ""
    is_met: bool | None = None


def applicable(contract: Contract, draft: Draft, *, on: date) -> tuple[tuple[str, Questionnaire], ...]:
    """The questionnaires that belong to this draft, with their ids, in the contract's order (QST-01).

    None where the contract has switched questionnaires off. Raises ``Unanswerable``.
    """
    if not contract.features.get(Feature.QUESTIONNAIRES, False):
        return ()
    facts = facts_of(draft, received_on=on)
    in_time = those_in_force(contract.questionnaires, deciding_date(contract, draft, on))
    return tuple((name, questionnaire) for name, questionnaire in in_time if holds(questionnaire.when, facts))


def visible_questions(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> tuple[Shown, ...]:
    """The questions shown with these answers, in order, groups with the questions of their entries.

    Raises ``Unanswerable``.
    """
    counted: dict[str, Answer] = {}
    return tuple(
        shown
        for section in questionnaire.sections.values()
        for shown in _visible(section.questions, answers, facts, counted, _Place("q", section.title))
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where questions stand: the start of their names, their section, what their entry is called."""

    path: str
    section: str
    entry: str = ""


def _visible(
    questions: Mapping[str, Question], answers: Answers, facts: Facts, counted: dict[str, Answer], place: _Place
) -> Iterator[Shown]:
    """The visible ones of ``questions``; their answers are added to ``counted``, which later conditions read."""
    for name, question in questions.items():
        if question.shown_when is not None and not holds(question.shown_when, facts, counted):
            continue
        answer = answers.get(name)
        if answer is not None:
            counted[name] = answer
        path = f"{place.path}.{name}"
        nested = [
            (entry, _Place(entry.name, place.section, entry.label))
            for entry in KINDS[question.kind].nested(question, path, answer)
        ]
        entries = tuple(
            tuple(_visible(entry.questions, entry.answers, facts, dict(counted), inner)) for entry, inner in nested
        )
        is_met = _is_met(question, answer, facts, counted)
        yield Shown(path, name, question, answer, place.section, place.entry, entries, is_met)


def _is_met(question: Question, answer: Answer | None, facts: Facts, counted: Mapping[str, Answer]) -> bool | None:
    """Whether the criterion of a question is met; None without an answer or without a rule that tells."""
    if answer is None:
        return None
    if question.met_when is not None:
        return holds(question.met_when, facts, counted)
    return answer is True if question.must_be_yes else None


def read_answers(
    questionnaire: Questionnaire, form: Form, *, kept: Answers | None = None
) -> tuple[Answers, tuple[FieldFault, ...]]:
    """The answers in a form, and what could not be read; faults name their input.

    A page that does not draw every question lists those it drew in inputs named ``q.asked``; the answers to the others
    are taken from ``kept``. Without that list every question is taken from the form.
    """
    drawn = set(form[ASKED]) if ASKED in form else None
    answers: dict[str, Answer] = {}
    faults: list[FieldFault] = []
    for name, question in questions_of(questionnaire).items():
        if drawn is not None and name not in drawn:
            _keep(answers, name, (kept or {}).get(name))
            continue
        reading = KINDS[question.kind].read(question, PREFIX + name, form)
        _keep(answers, name, reading.answer)
        faults.extend(reading.faults)
    return answers, tuple(faults)


def _keep(answers: dict[str, Answer], name: str, answer: Answer | None) -> None:
    if answer is not None:
        answers[name] = answer


def questions_of(questionnaire: Questionnaire) -> Mapping[str, Question]:
    """Every question outside groups by its id, in order."""
    return {name: item for section in questionnaire.sections.values() for name, item in section.questions.items()}


def faults(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> tuple[FieldFault, ...]:
    """What stands between these answers and a complete questionnaire; empty when it is complete.

    Every fault names its input. Questions that are hidden have none. Raises ``Unanswerable``.
    """
    return tuple(
        fault
        for top in visible_questions(questionnaire, answers, facts)
        for shown in top.everything()
        for fault in shown.kind.faults(shown.question, shown.name, shown.answer)
    )


def worded(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> tuple[Worded, ...]:
    """What was asked and answered, in words, to be kept with a submitted case: visible questions only.

    A question left open says so with an empty answer; statements are kept too, for they were shown.
    """
    return tuple(
        Worded(shown.section, _worded_question(shown), _worded_answer(shown), _criterion(shown.question), shown.is_met)
        for top in visible_questions(questionnaire, answers, facts)
        for shown in top.everything()
    )


def _worded_question(shown: Shown) -> str:
    return f"{shown.entry}: {shown.question.label}" if shown.entry else shown.question.label


def _criterion(question: Question) -> str:
    return question.criterion or question.must_be_yes


def _worded_answer(shown: Shown) -> str:
    return shown.kind.worded(shown.question, shown.answer) if shown.answer is not None else ""


def to_stored(questionnaire: Questionnaire, answers: Answers) -> dict[str, Json]:
    """The answers as JSON, hidden ones included."""
    return {
        name: KINDS[question.kind].to_stored(question, answers[name])
        for name, question in questions_of(questionnaire).items()
        if name in answers
    }


def from_stored(questionnaire: Questionnaire, stored: Mapping[str, object]) -> Answers:
    """The answers kept as JSON; what no longer answers a question of this version is left out."""
    answers: dict[str, Answer] = {}
    for name, question in questions_of(questionnaire).items():
        _keep(answers, name, KINDS[question.kind].from_stored(question, stored.get(name)))
    return answers


def padded(questionnaire: Questionnaire, answers: Answers, *, more: Collection[str] = ()) -> Answers:
    """The answers with blank entries to type into: each group up to its least number, those in ``more`` one further.

    For drawing the page; blank entries are dropped when the form is read.
    """
    result = dict(answers)
    for name, question in questions_of(questionnaire).items():
        if question.kind is QuestionKind.GROUP:
            entries = entries_of(answers.get(name))
            wanted = max(question.at_least, len(entries) + (1 if name in more else 0), 1)
            blanks: tuple[Entry, ...] = ({},) * (min(wanted, question.at_most) - len(entries))
            result[name] = (*entries, *blanks)
    return result
