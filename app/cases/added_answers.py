"""Questionnaires that added codes bring along: asked with the codes, complete before the codes are sent (QST-01).

The contract's rules choose them for the further request as for any other; what the request that is changed has
answered already is not asked twice. Knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from app.cases.answer_pages import AnswerForm, sections_of
from app.cases.draft_answers import worded_rows
from app.cases.models import QuestionnaireResponse, Request
from app.domain.answers import Answers
from app.domain.draft import Draft, Line, Stay
from app.domain.errors import FieldFault, Invalid
from app.domain.facts import facts_of
from app.domain.questionnaire import Shown, applicable, faults, padded, read_answers, to_stored, visible_questions
from tenancy.contract import Contract
from tenancy.contract.questions import Questionnaire

Form = Mapping[str, Sequence[str]]
PREFIX = "form."
ASKED = "form.asked"
"""Inputs of this name list the questionnaires that were shown."""
MORE, DROP = "more", "drop"


@dataclass(frozen=True, slots=True, repr=False)
class _Brought:
    """A questionnaire that the added codes bring, with what was typed into it."""

    name: str
    questionnaire: Questionnaire
    answers: Answers
    unread: tuple[FieldFault, ...]
    was_shown: bool

    @property
    def path(self) -> str:
        """What the names of its inputs begin with."""
        return f"{PREFIX}{self.name}."


def further_draft(draft: Draft, lines: Sequence[Line]) -> Draft:
    """The request that added codes make, as its rules see it: the service of the other, lines of its own, no stay."""
    stay = Stay() if draft.stay else None
    return replace(draft, lines=tuple(lines), stay=stay, answers={}, completed=frozenset(), is_extension=True)


def read_responses(
    contract: Contract, draft: Draft, source: Request, form: Form, *, on: date, now: datetime
) -> list[QuestionnaireResponse]:
    """The answers to what the codes of ``draft`` bring, as rows.

    Raises Invalid for a questionnaire that was not shown yet, a required one that is not complete, and an optional
    one that was begun and not finished.
    """
    wrong: list[FieldFault] = []
    rows = []
    for one in _brought(contract, draft, source, form, on):
        wrong += _wrong(one, draft, on)
        if one.answers:
            rows.append(_row(one, draft, on=on, now=now))
    if wrong:
        raise Invalid(tuple(wrong))
    return rows


def answer_forms(
    contract: Contract, draft: Draft, source: Request, form: Form, wrong: Mapping[str, str], *, on: date
) -> list[AnswerForm]:
    """The questionnaires that the codes of ``draft`` bring, as they are drawn with what was typed."""
    facts = facts_of(draft, received_on=on)
    return [
        AnswerForm(
            name=one.name,
            title=one.questionnaire.title,
            intro=one.questionnaire.intro,
            is_required=one.questionnaire.required,
            sections=sections_of([_named(shown, one.path) for shown in visible]),
            errors=wrong,
            typed=form,
        )
        for one in _brought(contract, draft, source, form, on)
        for visible in [visible_questions(one.questionnaire, _room(one, form), facts)]
    ]


def without_dropped(form: Form) -> Form:
    """The form without the entry whose remove button was pressed, e.g. ``form.dme_oxygen.q.tests.1``."""
    dropped = next(iter(form.get(DROP, ())), "")
    if not dropped.startswith(PREFIX):
        return form
    return {name: values for name, values in form.items() if not name.startswith(f"{dropped}.")}


def _brought(contract: Contract, draft: Draft, source: Request, form: Form, on: date) -> list[_Brought]:
    answered = {row.questionnaire for row in source.responses if row.completed_at}
    shown = form.get(ASKED, ())
    brought = []
    for name, questionnaire in applicable(contract, draft, on=on):
        if name not in answered:
            answers = read_answers(questionnaire, _form_of(name, form))
            brought.append(_Brought(name, questionnaire, *answers, name in shown))
    return brought


def _form_of(name: str, form: Form) -> Form:
    """What was typed into one questionnaire, under the names that it has by itself."""
    path = f"{PREFIX}{name}."
    return {key.removeprefix(path): values for key, values in form.items() if key.startswith(path)}


def _wrong(one: _Brought, draft: Draft, on: date) -> list[FieldFault]:
    title = f"“{one.questionnaire.title}”"
    if not one.was_shown:
        return [FieldFault(f"{PREFIX}{one.name}", f"The code brings the questionnaire {title}. It stands below.")]
    if not one.questionnaire.required and not one.answers and not one.unread:
        return []
    found = faults(one.questionnaire, one.answers, facts_of(draft, received_on=on))
    told = {fault.field: fault for fault in (*found, *one.unread)}
    return [FieldFault(f"{one.path}{fault.field}", fault.message) for fault in told.values()]


def _row(one: _Brought, draft: Draft, *, on: date, now: datetime) -> QuestionnaireResponse:
    facts = facts_of(draft, received_on=on)
    return QuestionnaireResponse(
        id=uuid4(),
        questionnaire=one.name,
        version=one.questionnaire.version,
        answers=to_stored(one.questionnaire, one.answers),
        worded=worded_rows(one.questionnaire, one.answers, facts),
        completed_at=now,
    )


def _room(one: _Brought, form: Form) -> Answers:
    """The answers with room for a further entry where one is wanted."""
    return padded(one.questionnaire, one.answers, more=form.get(MORE, ()))


def _named(shown: Shown, path: str) -> Shown:
    entries = tuple(tuple(_named(inner, path) for inner in entry) for entry in shown.entries)
    return replace(shown, name=f"{path}{shown.name}", entries=entries)
