"""Questionnaires of a draft: keeping answers as they are given, marking a form complete. Knows no page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.cases.drafts import Saved, Seen, begin, finish, local_day, snapshot
from app.cases.models import Case, QuestionnaireResponse
from app.domain.access import Actor
from app.domain.answers import Answers
from app.domain.conditions import Facts
from app.domain.draft import Draft
from app.domain.errors import Conflict, FieldFault, NotFound
from app.domain.facts import facts_of
from app.domain.questionnaire import applicable, faults, from_stored, read_answers, to_stored, worded
from tenancy.contract import Contract
from tenancy.contract.questions import Questionnaire

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, repr=False)
class Answering:
    """A form of answers as it came, what the person had before them, and whether it is meant to be complete."""

    form: Form
    seen: Seen
    complete: bool


@dataclass(frozen=True, slots=True)
class AnswersSaved:
    """What became of answers that were sent: those that could be read were kept, the rest is told."""

    saved: Saved
    faults: tuple[FieldFault, ...]
    is_complete: bool


def save_answers(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    name: str,
    answering: Answering,
    *,
    actor: Actor,
    now: datetime,
) -> AnswersSaved:
    """Keep the answers of one questionnaire; with ``complete`` mark it complete if nothing is missing (QST-02).

    Answers off the path are kept in case the path comes back and count for nothing. Changed answers take the
    mark away unless the form still is complete. Raises NotFound, AlreadySubmitted, Conflict.
    """
    case = begin(session, draft_id, actor)
    draft = snapshot(session, contract, case)
    questionnaire = get_questionnaire(contract, draft, name, now=now)
    row = _response(case, name, questionnaire)
    _must_be_unchanged(case, name, answering.seen)
    answers, unread = read_answers(questionnaire, answering.form, kept=from_stored(questionnaire, row.answers))
    facts = facts_of(draft, received_on=local_day(contract, now))
    wrong = (*unread, *faults(questionnaire, answers, facts))
    before = (row.answers, row.version, row.completed_at)
    row.answers, row.version = to_stored(questionnaire, answers), questionnaire.version
    row.completed_at = (row.completed_at or (now if answering.complete else None)) if not wrong else None
    told = wrong if answering.complete else unread
    is_complete = row.completed_at is not None
    if before == (row.answers, row.version, row.completed_at):
        return AnswersSaved(Saved(case.id, case.version, now), told, is_complete)
    detail = {"questionnaire": name, "complete": "yes" if is_complete else "no"}
    saved = finish(session, contract, case, "draft:answer", actor=actor, now=now, detail=detail)
    return AnswersSaved(saved, told, is_complete)


def get_questionnaire(contract: Contract, draft: Draft, name: str, *, now: datetime) -> Questionnaire:
    """A questionnaire that belongs to the draft. Raises NotFound for any other."""
    found = dict(applicable(contract, draft, on=local_day(contract, now))).get(name)
    if found is None:
        raise NotFound("This request no longer asks for this questionnaire.")
    return found


def stored_answers(case: Case, name: str, questionnaire: Questionnaire) -> Answers:
    """The answers kept so far."""
    for row in case.requests[-1].responses:
        if row.questionnaire == name:
            return from_stored(questionnaire, row.answers)
    return {}


def worded_rows(questionnaire: Questionnaire, answers: Answers, facts: Facts) -> list[list[str | bool | None]]:
    """What was asked and answered, in words, as it is kept with a submitted request."""
    said = worded(questionnaire, answers, facts)
    return [[one.section, one.question, one.answer, one.criterion, one.is_met] for one in said]


def answers_digest(case: Case, name: str) -> str:
    """A short mark of the answers kept so far."""
    stored = next((row.answers for row in case.requests[-1].responses if row.questionnaire == name), {})
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()[:20]


def _must_be_unchanged(case: Case, name: str, seen: Seen) -> None:
    if seen.digest and seen.version != case.version and seen.digest != answers_digest(case, name):
        raise Conflict(f"{case.modified_by_name} changed these answers while you were typing. Reload to see them.")


def _response(case: Case, name: str, questionnaire: Questionnaire) -> QuestionnaireResponse:
    request = case.requests[-1]
    for row in request.responses:
        if row.questionnaire == name:
            return row
    row = QuestionnaireResponse(id=uuid4(), questionnaire=name, version=questionnaire.version, answers={})
    request.responses.append(row)
    return row
