"""Submitting a draft: one transaction in which it becomes a case with a Case ID, or nothing happens at all.

Knows no page. What is missing is asked of app.domain.completeness and of nothing else; the number comes from
the daily sequence that all contracts share.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.drafts import add_event, local_day, must_be_open, snapshot
from app.cases.models import Case, Request
from app.domain.access import Actor, Permission, may
from app.domain.calendars import business_calendar
from app.domain.clock import due_dates
from app.domain.completeness import is_complete, missing
from app.domain.draft import Draft
from app.domain.errors import Conflict, DomainError, Forbidden, NotFound
from app.domain.facts import facts_of
from app.domain.fields import asked_fields
from app.domain.missing import Missing
from app.domain.numbering import case_id
from app.domain.questionnaire import applicable, worded
from app.domain.requirement import disclaimer_in_force
from app.storage import audit, numbers, outbox
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField

RECEIVED = "case_received"
CHANGED = "This request was changed after you opened this page. Look at it once more, then submit."
KEY_TAKEN = "This page has already submitted another request. Open the request again and submit it from there."
OTHER_BODY = "This request was already submitted, with other content than this page shows."


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the submitter sent: a key that stays the same when the page is sent twice, the version of the draft that
    was shown, and whether the disclaimer was agreed to in this act.
    """

    key: str
    version: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case a submission made, or had made before."""

    case_id: UUID
    number: str
    is_new: bool


class Incomplete(DomainError):
    """The draft cannot be submitted yet; every finding of the completeness rule is told at once (SUB-02)."""

    code = "incomplete"

    def __init__(self, findings: tuple[Missing, ...]) -> None:
        super().__init__("Something is still missing. The list says what, and leads there.")
        self.findings = findings


def submit_case(
    session: Session,
    control: Session,
    loaded: LoadedContract,
    draft_id: UUID,
    confirmed: Confirmed,
    *,
    actor: Actor,
    now: datetime,
) -> Submitted:
    """Send a draft to the payer: state, event, audit and the owed e-mail in one transaction (CASE-07, SUB-04, R2).

    Whoever submits the same draft again, at once or later, gets the same case. ``control`` gives the number and
    commits it by itself. Raises NotFound, Forbidden, Closed, Incomplete, and Conflict when the draft changed since
    the version that was confirmed or the key was used for something else.
    """
    contract = loaded.contract
    case = queries.get_own_case(session, draft_id, actor, lock=True)
    if case.status != queries.UN_SUBMITTED:
        return _answer_again(case, confirmed)
    if not may(actor, Permission.CASE_SUBMIT, group_id=case.group_id):
        raise Forbidden
    must_be_open(contract, now)
    if case.version != confirmed.version:
        raise Conflict(CHANGED)
    draft = _complete_draft(session, contract, case, confirmed, now=now)
    today = local_day(contract, now)
    _settle(contract, case.requests[-1], draft, on=today)
    _keep_wording(session, contract, case.requests[-1], draft, on=today)
    _keep_deadline(contract, case.requests[-1], draft, now=now)
    number = case.number or case_id(today, numbers.next_case_sequence(control, today))
    _seal(loaded, case, number, confirmed, actor=actor, now=now)
    add_event(session, case, "case_submitted", actor=actor, now=now)
    _flush(session)
    audit.record(session, actor=actor, action="case:submit", object_type="case", object_id=case.id, now=now)
    outbox.enqueue(
        session,
        kind=RECEIVED,
        payload={"case_id": str(case.id)},
        key=f"received:{case.id}:{case.requests[-1].label}",
        now=now,
    )
    return Submitted(case.id, number, is_new=True)


def _complete_draft(session: Session, contract: Contract, case: Case, confirmed: Confirmed, *, now: datetime) -> Draft:
    draft = snapshot(session, contract, case, accepted=confirmed.accepted)
    findings = missing(contract, draft, on=local_day(contract, now))
    if not is_complete(findings):
        raise Incomplete(findings)
    return draft


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation) and "submission_key" in (error.orig.diag.constraint_name or ""):
            raise Conflict(KEY_TAKEN) from None
        raise


def _answer_again(case: Case, confirmed: Confirmed) -> Submitted:
    """The same answer as before; another body under the same key is a Conflict."""
    if case.status == "cancelled" or case.number is None:
        raise NotFound("This request was cancelled.")
    if case.submission_key == confirmed.key and case.submission_digest != _digest(case.id, confirmed.version):
        raise Conflict(OTHER_BODY)
    return Submitted(case.id, case.number, is_new=False)


def _digest(case_id_: UUID, expected_version: int) -> str:
    """What the submitter confirmed: this draft, in this version."""
    return hashlib.sha256(f"{case_id_}:{expected_version}".encode()).hexdigest()


def _settle(contract: Contract, request: Request, draft: Draft, *, on: date) -> None:
    """Forget what is stored for fields this request is not asked, so that nobody decides on what nobody saw."""
    asked = {field.name for field in asked_fields(contract, draft, on=on)}
    kept = {CaseField.NOTIFICATION_ON.value, CaseField.NOTIFICATION_TIME.value}
    for field in CaseField:
        if field.value not in asked | kept:
            setattr(request, field.value, None)


def _keep_wording(session: Session, contract: Contract, request: Request, draft: Draft, *, on: date) -> None:
    """Keep what was asked in which words with the case; answers to forms that no longer belong are let go."""
    facts = facts_of(draft, received_on=on)
    belonging = dict(applicable(contract, draft, on=on))
    for row in list(request.responses):
        questionnaire = belonging.get(row.questionnaire)
        if questionnaire is None or not row.answers:
            session.delete(row)
            continue
        answers = draft.answers[row.questionnaire]
        row.version = questionnaire.version
        row.worded = [[one.section, one.question, one.answer] for one in worded(questionnaire, answers, facts)]


def _keep_deadline(contract: Contract, request: Request, draft: Draft, *, now: datetime) -> None:
    """Keep the earliest deadline with the rule that set it; editing the contract never moves it."""
    deadlines = due_dates(contract, draft, now, business_calendar(contract))
    request.submitted_at = now
    request.unsaved_note = None
    if deadlines:
        first = deadlines[0]
        request.due_at, request.due_rule, request.due_reason = first.due_at, first.rule_id, first.reason


def _seal(
    loaded: LoadedContract, case: Case, number: str, confirmed: Confirmed, *, actor: Actor, now: datetime
) -> None:
    if actor.user_id is None:
        raise Forbidden
    in_force = disclaimer_in_force(loaded.contract, on=local_day(loaded.contract, now))
    case.number, case.status, case.release = number, "submitted", loaded.release
    case.submission_key, case.submission_digest = confirmed.key, _digest(case.id, confirmed.version)
    case.submitted_at, case.submitted_by = now, actor.user_id
    case.modified_by, case.modified_by_name, case.modified_at = actor.user_id, actor.name, now
    case.disclaimer_version = in_force[0] if in_force else None
    case.disclaimer_accepted_at = case.disclaimer_accepted_at or now
    case.version += 1
    request = case.requests[-1]
    request.status = "submitted"
    for line in request.lines:
        line.certify_status = "pending"
