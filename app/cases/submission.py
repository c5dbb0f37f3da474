"""Submitting a draft: one transaction in which it becomes a case with a Case ID, or nothing happens at all.

Knows no page. What is missing is asked of app.domain.completeness and of nothing else; the number comes from
the daily sequence that all contracts share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from psycopg.errors import UniqueViolation
from sqlalchemy import Insert, TableValuedAlias, bindparam, column, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.approvals import list_asked_approvals
from app.cases.clock_models import RequestDeadline
from app.cases.deadlines import started
from app.cases.draft_answers import worded_rows
from app.cases.drafts import local_day, must_be_open
from app.cases.models import Case, CaseEvent, ProcedureLine, QuestionnaireResponse, Request
from app.cases.snapshot import draft_of
from app.cases.whole import get_whole_case, table_of
from app.domain.access import Actor, Permission, may
from app.domain.calendars import business_calendar
from app.domain.clock import Deadline, due_dates
from app.domain.completeness import is_complete, missing
from app.domain.draft import Approval, Draft
from app.domain.errors import Conflict, DomainError, Forbidden, NotFound
from app.domain.facts import facts_of
from app.domain.fields import asked_names
from app.domain.lifecycle import STEPS, LineStatus, Move, after, event
from app.domain.missing import Missing
from app.domain.numbering import case_id
from app.domain.questionnaire import applicable
from app.domain.requirement import disclaimer_in_force
from app.storage import audit, numbers, outbox
from app.storage.audit_link import linking, parameters_of
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField, Category

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
    case = get_whole_case(session, draft_id, actor)
    if case.status != queries.UN_SUBMITTED:
        return _answer_again(case, confirmed)
    if not may(actor, Permission.CASE_SUBMIT, group_id=case.group_id):
        raise Forbidden
    must_be_open(contract, now)
    if case.version != confirmed.version:
        raise Conflict(CHANGED)
    earlier = list_asked_approvals(session, loaded, case)
    draft = _complete_draft(contract, case, confirmed, earlier, now=now)
    today = local_day(contract, now)
    number = case.number or case_id(today, numbers.next_case_sequence(control, today))
    key = f"received:{case.id}:{case.requests[-1].label}"
    letter = outbox.owed(kind=RECEIVED, payload={"case_id": str(case.id)}, key=key, now=now)
    told = audit.event_of(actor=actor, action="case:submit", object_type="case", object_id=case.id, now=now)
    _keep_wording(session, contract, case.requests[-1], draft, on=today)
    _seal(session, _sealed(loaded, case, draft, number, confirmed, actor=actor, now=now), letter, told)
    return Submitted(case.id, number, is_new=True)


def _complete_draft(
    contract: Contract, case: Case, confirmed: Confirmed, earlier: tuple[Approval, ...] | None, *, now: datetime
) -> Draft:
    draft = draft_of(contract, case, case.member, note_count=0, accepted=confirmed.accepted, earlier=earlier)
    findings = missing(contract, draft, on=local_day(contract, now))
    if not is_complete(findings):
        raise Incomplete(findings)
    return draft


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


# ---------------------------------------------------------------- what changes, and the one statement that changes it

Values = dict[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class _Sealed:
    """The new values of a submission's rows."""

    case_id: UUID
    request_id: UUID
    case: Values
    request: Values
    event: Values
    deadlines: list[Values]


def _sealed(
    loaded: LoadedContract,
    case: Case,
    draft: Draft,
    number: str,
    confirmed: Confirmed,
    *,
    actor: Actor,
    now: datetime,
) -> _Sealed:
    if actor.user_id is None:
        raise Forbidden
    contract, request, today = loaded.contract, case.requests[-1], local_day(loaded.contract, now)
    in_force = disclaimer_in_force(contract, on=today)
    who = {"modified_by": actor.user_id, "modified_by_name": actor.name, "modified_at": now}
    agreed = {
        "disclaimer_version": in_force[0] if in_force else None,
        "disclaimer_accepted_at": case.disclaimer_accepted_at or now,
    }
    key = {"submission_key": confirmed.key, "submission_digest": _digest(case.id, confirmed.version)}
    sent = {
        "number": number,
        "status": after(Move.SUBMIT_CASE, case.status).value,
        "submitted_at": case.submitted_at or now,
        "submitted_by": actor.user_id,
    }
    deadlines = due_dates(contract, draft, now, business_calendar(contract))
    _must_be_movable(request)
    stay = {"certify_status": _PENDING if draft.category is Category.INPATIENT else None}
    return _Sealed(
        case.id,
        request.id,
        {**sent, **who, **agreed, **key, "release": loaded.release, "version": case.version + 1},
        {**_settled(contract, case, draft, now=now), **_earliest(deadlines), **stay, "submitted_at": now},
        {"happened_at": now, "actor_id": actor.user_id, "actor_name": actor.name},
        started(deadlines, request.id, loaded.release),
    )


def _must_be_movable(request: Request) -> None:
    """Raise Conflict where the table of moves does not let the request or one of its lines be submitted."""
    after(Move.SUBMIT_REQUEST, request.status)
    parts: list[Request | ProcedureLine] = [request, *request.lines]
    for part in parts:
        after(Move.SUBMIT_LINE, part.certify_status or LineStatus.UN_SUBMITTED)


def _settled(contract: Contract, case: Case, draft: Draft, *, now: datetime) -> Values:
    """The fields as sent: those this request is not asked are let go, so that nobody decides on what nobody saw.

    The notification is dated by the submission unless somebody typed another (CASE-14).
    """
    asked = asked_names(contract, draft, on=local_day(contract, now))
    values: Values = {
        field.value: getattr(case.requests[-1], field.value) if field.value in asked | _NOTIFIED else None
        for field in CaseField
    }
    zone = ZoneInfo(contract.identity.time_zone)
    began, sent = (at.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None) for at in (case.created_at, now))
    if (values["notification_on"], values["notification_time"]) == (began.date(), began.time()):
        values |= {"notification_on": sent.date(), "notification_time": sent.time()}
    return values


def _earliest(deadlines: Sequence[Deadline]) -> Values:
    """The earliest deadline with the rule that set it; editing the contract never moves it."""
    if not deadlines:
        return {"due_at": None, "due_rule": None, "due_reason": None}
    first = deadlines[0]
    return {"due_at": first.due_at, "due_rule": first.rule_id, "due_reason": first.reason}


_PENDING = STEPS[Move.SUBMIT_LINE].after.value
_NOTIFIED = frozenset({CaseField.NOTIFICATION_ON.value, CaseField.NOTIFICATION_TIME.value})
_CASE, _REQUEST, _LINE, _EVENT = (table_of(model) for model in (Case, Request, ProcedureLine, CaseEvent))
_DEADLINE = table_of(RequestDeadline)
_CASE_COLUMNS = (
    "number", "status", "submitted_at", "submitted_by", "modified_by", "modified_by_name", "modified_at",
    "disclaimer_version", "disclaimer_accepted_at", "submission_key", "submission_digest", "release", "version",
)  # fmt: skip
_REQUEST_COLUMNS = (
    *(field.value for field in CaseField),
    "due_at",
    "due_rule",
    "due_reason",
    "submitted_at",
    "certify_status",
)


_DEADLINE_COLUMNS = (
    "id", "request_id", "rule", "release", "calendar", "terms", "citation", "reason", "started_at", "due_at", "state",
)  # fmt: skip
_EVENT_COLUMNS = ("happened_at", "actor_id", "actor_name")


def _sealing() -> Insert:
    """Everything that changes, the owed e-mail and the trail's event, in one message to the database."""
    case = (
        update(_CASE)
        .where(_CASE.c.id == bindparam("of_case"))
        .values({name: bindparam(f"case_{name}", type_=_CASE.c[name].type) for name in _CASE_COLUMNS})
    )
    request = (
        update(_REQUEST)
        .where(_REQUEST.c.id == bindparam("of_request"))
        .values({name: bindparam(f"request_{name}", type_=_REQUEST.c[name].type) for name in _REQUEST_COLUMNS})
        .values(status=STEPS[Move.SUBMIT_REQUEST].after.value, unsaved_note=None)
    )
    lines = update(_LINE).where(_LINE.c.request_id == bindparam("of_request")).values(certify_status=_PENDING)
    shown = insert(_EVENT).values(
        id=bindparam("shown_id", type_=_EVENT.c.id.type),
        case_id=bindparam("of_case", type_=_EVENT.c.case_id.type),
        request_id=bindparam("of_request", type_=_EVENT.c.request_id.type),
        kind=event(Move.SUBMIT_CASE),
        detail="",
        is_shown=True,
        **{name: bindparam(f"shown_{name}", type_=_EVENT.c[name].type) for name in _EVENT_COLUMNS},
    )
    clocks = insert(_DEADLINE).from_select(list(_DEADLINE_COLUMNS), select(_clock_rows()))
    parts = (part.cte(f"sealed_{place}") for place, part in enumerate((case, request, lines, clocks, shown)))
    return linking().add_cte(*parts, outbox.OWED)


def _clock_rows() -> TableValuedAlias:
    """The clocks that start, however many, from one list in JSON."""
    columns = (column(name, _DEADLINE.c[name].type) for name in _DEADLINE_COLUMNS)
    given = func.jsonb_to_recordset(bindparam("clocks", type_=JSONB)).table_valued(*columns)
    return given.render_derived("clock", with_types=True)


_SEALING = _sealing()


def _seal(session: Session, sealed: _Sealed, letter: Values, told: Values) -> None:
    """Write the new values; a key that submitted another draft is a Conflict."""
    parameters: Values = {"of_case": sealed.case_id, "of_request": sealed.request_id, "shown_id": uuid4(), **letter}
    parameters |= parameters_of(told)
    parameters["clocks"] = [{name: _in_json(value) for name, value in row.items()} for row in sealed.deadlines]
    for name, values in (("case", sealed.case), ("request", sealed.request), ("shown", sealed.event)):
        parameters |= {f"{name}_{column}": value for column, value in values.items()}
    try:
        is_told = session.execute(_SEALING, parameters).first() is not None
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation) and "submission_key" in (error.orig.diag.constraint_name or ""):
            raise Conflict(KEY_TAKEN) from None
        raise
    if not is_told:  # every lane of the trail was held: wait for one at the commit
        audit.remember(session, told)


def _in_json(value: object) -> object:
    return value if isinstance(value, str | dict | None) else str(value)


def _keep_wording(session: Session, contract: Contract, request: Request, draft: Draft, *, on: date) -> None:
    """Keep what was asked in which words with the case; answers to forms that no longer belong are let go."""
    facts = facts_of(draft, received_on=on)
    belonging = dict(applicable(contract, draft, on=on)) if request.responses else {}
    for row in request.responses:
        this = QuestionnaireResponse.id == row.id
        questionnaire = belonging.get(row.questionnaire)
        if questionnaire is None or not row.answers:
            session.execute(delete(QuestionnaireResponse).where(this).execution_options(synchronize_session=False))
            continue
        rows = worded_rows(questionnaire, draft.answers[row.questionnaire], facts)
        kept = {"version": questionnaire.version, "worded": rows}
        changing = update(QuestionnaireResponse).where(this).values(kept)
        session.execute(changing.execution_options(synchronize_session=False))
