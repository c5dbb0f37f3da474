"""What the page of a questionnaire shows, as plain values. Knows rows and rules; no request and no template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import draft_answers
from app.cases.draft_reading import desk_of
from app.domain.access import Actor
from app.domain.errors import FieldFault
from app.domain.facts import facts_of
from app.domain.questionnaire import Shown, faults, padded, visible_questions
from tenancy.contract import Contract


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """What came with a form: the typed text, what was wrong, which groups want a further entry."""

    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    faults: Sequence[FieldFault] = ()
    more: Sequence[str] = ()
    drawn: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class AnswerSection:
    """Questions under one heading."""

    title: str
    questions: Sequence[Shown]


@dataclass(frozen=True, slots=True, repr=False)
class AnswerForm:
    """A questionnaire as it is drawn, wherever it is answered."""

    name: str
    title: str
    intro: str
    is_required: bool
    sections: Sequence[AnswerSection]
    errors: Mapping[str, str]
    typed: Mapping[str, Sequence[str]]

    def text(self, shown: Shown) -> str:
        """What stands in a question's input: what was typed where that could not be read, else the answer."""
        raw = self.typed.get(shown.name, ())
        if shown.name in self.errors and raw:
            return raw[0]
        return shown.kind.typed(shown.answer)

    def chosen(self, shown: Shown) -> Sequence[str]:
        """The values whose boxes are ticked."""
        return shown.kind.chosen(shown.answer)


@dataclass(frozen=True, slots=True, repr=False)
class AnswerPage(AnswerForm):
    """A questionnaire of a draft as it is drawn."""

    draft_id: UUID
    version: str
    is_complete: bool
    left: int
    seen: str
    faults: Sequence[FieldFault]
    drawn: str
    must_redraw: bool
    message: str
    saved_at: datetime


def answer_page(
    session: Session, contract: Contract, draft_id: UUID, name: str, given: Given, *, actor: Actor, now: datetime
) -> AnswerPage:
    """One questionnaire with its visible questions. Raises NotFound when the draft does not ask for it."""
    desk = desk_of(session, contract, draft_id, actor=actor, now=now)
    draft = desk.draft()
    form = draft_answers.get_questionnaire(contract, draft, name, now=now)
    answers, facts = draft.answers.get(name, {}), facts_of(draft, received_on=desk.on)
    visible = visible_questions(form, padded(form, answers, more=given.more), facts)
    drawn = " ".join(one.name for top in visible for one in top.everything())
    return AnswerPage(
        draft_id=draft_id,
        name=name,
        title=form.title,
        intro=form.intro,
        version=form.version,
        is_required=form.required,
        is_complete=name in draft.completed,
        left=len(faults(form, answers, facts)),
        seen=draft_answers.answers_digest(desk.case, name),
        sections=sections_of(visible),
        faults=given.faults,
        errors={fault.field: fault.message for fault in given.faults},
        typed=given.form,
        drawn=drawn,
        must_redraw=bool(given.faults or given.more or given.message) or given.drawn != drawn,
        message=given.message,
        saved_at=desk.case.modified_at,
    )


def sections_of(visible: Sequence[Shown]) -> list[AnswerSection]:
    """The visible questions under their headings."""
    return [AnswerSection(title, list(run)) for title, run in groupby(visible, key=lambda one: one.section)]
