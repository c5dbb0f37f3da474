"""Codes asked for in addition to those of a submitted request: lines of a further request, sent at once (REV-01).

What is typed is held to the same rules as the lines of a draft. Knows no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.cases.added_answers import Form, further_draft, read_responses
from app.cases.approvals import draft_seen, list_approvals
from app.cases.clock_models import RequestDeadline
from app.cases.deadlines import started
from app.cases.draft_codes import find_picked, read_picked
from app.cases.drafts import local_day
from app.cases.models import Case, ProcedureLine, Request
from app.cases.snapshot import line_of
from app.domain.calendars import business_calendar
from app.domain.clock import due_dates
from app.domain.completeness import line_missing
from app.domain.draft import Draft, Line, LineValue, Stay
from app.domain.errors import Conflict, FieldFault, Invalid
from app.domain.fields import AskedField, asked_line_fields, parse_field
from app.domain.lifecycle import LineStatus, Move, after
from app.domain.wording import counted
from tenancy.contract import Contract
from tenancy.vocabulary import CaseField, LineField

ONE_CODE = "Enter one code."
NO_CODE = "Enter the code these words belong to, or empty the row."
OPEN_EXTENSION = "{label} was started and is not submitted yet. Submit it or drop it first."
MOST_REQUESTS = 99
FROM_STAY = frozenset({LineField.START_ON, LineField.END_ON, LineField.DURATION})


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A row of a form: the code and its fields as they were typed, by the fields' names."""

    place: int
    code: str
    values: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the form calls the row."""
        return f"code.{self.place}"


@dataclass(frozen=True, slots=True)
class TypedCodes:
    """The rows that hold something, where the shared codes are looked up, and the form with what they bring along."""

    control: Session
    rows: Sequence[TypedCode]
    form: Form = field(default_factory=dict)


def add_codes(
    session: Session,
    contract: Contract,
    case: Case,
    source: Request,
    typed: TypedCodes,
    *,
    revision_id: UUID,
    now: datetime,
) -> Request:
    """A further request with these codes on a case whose row is held; it is new, un-submitted, and has no clock yet.

    It carries what describes the service from ``source``, and has answers to the questionnaires that its codes bring.
    Raises Invalid with every fault, under the rows' names, and Conflict while an extension is being written or the
    case can hold no further request.
    """
    _must_have_room(case)
    on = local_day(contract, now)
    request = Request(id=uuid4(), sequence=case.requests[-1].sequence + 1, revision_id=revision_id)
    earlier = list_approvals(session, case, request)
    draft = replace(draft_seen(session, contract, case, source), earlier=earlier)
    lines = read_codes(contract, draft, typed, on=on)
    further = further_draft(draft, [line_of(row) for row in lines])
    request.responses.extend(read_responses(contract, further, source, typed.form, on=on, now=now))
    for column in CaseField:
        setattr(request, column.value, getattr(source, column.value))
    local = now.astimezone(ZoneInfo(contract.identity.time_zone))
    request.notification_on = local.date()
    request.notification_time = local.time().replace(second=0, microsecond=0)
    request.service_from = min((row.start_on for row in lines if row.start_on), default=source.service_from)
    request.service_until = max((row.end_on for row in lines if row.end_on), default=source.service_until)
    request.lines.extend(lines)
    case.requests.append(request)
    return request


def start_clocks(session: Session, contract: Contract, case: Case, request: Request, *, now: datetime) -> None:
    """A further request is received: its lines are pending and the contract's clocks run from now on."""
    for row in request.lines:
        row.certify_status = after(Move.SUBMIT_LINE, row.certify_status or LineStatus.UN_SUBMITTED).value
    request.submitted_at = now
    draft = draft_seen(session, contract, case, request)
    clocks = due_dates(contract, draft, now, business_calendar(contract))
    session.flush()
    if clocks:
        session.execute(insert(RequestDeadline), started(clocks, request.id, case.release or ""))
        request.due_at, request.due_rule, request.due_reason = clocks[0].due_at, clocks[0].rule_id, clocks[0].reason


def read_codes(contract: Contract, draft: Draft, typed: TypedCodes, *, on: date) -> list[ProcedureLine]:
    """The typed rows as lines. Raises Invalid with everything that is wrong in them."""
    faults: list[FieldFault] = []
    most = contract.intake.procedures.maximum
    if len(typed.rows) > most:
        faults.append(FieldFault("body", f"Add at most {counted(most, 'code')} at once."))
    read = [_read(contract, draft, typed.control, one, faults, on) for one in typed.rows]
    if faults:
        raise Invalid(tuple(faults))
    return [_row(line, position) for position, line in enumerate(filter(None, read), start=1)]


def said_line(row: ProcedureLine) -> str:
    """A line in a few words: ``E0130 Walker``."""
    return f"{row.code} {row.description}".strip()


def _must_have_room(case: Case) -> None:
    last = case.requests[-1]
    if last.status == "un_submitted":
        raise Conflict(OPEN_EXTENSION.format(label=f"The extension {last.label}"))
    if last.sequence >= MOST_REQUESTS:
        raise Conflict("This case has as many requests as it can hold.")


def _read(
    contract: Contract, draft: Draft, control: Session, one: TypedCode, faults: list[FieldFault], on: date
) -> Line | None:
    """The row as its rules see it; None when its code is none."""
    rule = contract.intake.procedures
    picked = read_picked(rule, one.code, rule.systems[0])
    if len(picked) != 1:
        faults.append(FieldFault(f"{one.name}.code", ONE_CODE if picked else NO_CODE))
        return None
    found = find_picked(control, rule, picked[0], on)
    if isinstance(found, str):
        faults.append(FieldFault(f"{one.name}.code", found))
        return None
    system, code, description = found
    line = Line(str(uuid4()), system, code, description, {})
    asked = asked_line_fields(contract, draft, line, on=on)
    values, unread = _values(asked, one, draft.stay)
    faults += unread
    line = replace(line, values=values)
    faults += _faults(contract, replace(draft, lines=(line,)), line, one, {fault.field for fault in unread}, on)
    return line


def _values(
    asked: Iterable[AskedField[LineField]], one: TypedCode, stay: Stay | None
) -> tuple[dict[LineField, LineValue], list[FieldFault]]:
    """What was typed; days left empty are those of the stay, as in a draft (PX-06)."""
    values: dict[LineField, LineValue] = {}
    faults: list[FieldFault] = []
    for one_field in asked:
        raw = one.values.get(one_field.name, "") or one_field.rule.default
        try:
            values[one_field.field] = parse_field(one_field.field, one_field.rule, raw)  # type: ignore[assignment]
        except Invalid as reason:
            faults.append(FieldFault(f"{one.name}.{one_field.name}", reason.faults[0].message))
        if stay is not None and one_field.field in FROM_STAY and values.get(one_field.field) is None:
            values[one_field.field] = stay.values.get(one_field.field)
    return values, faults


def _faults(
    contract: Contract, draft: Draft, line: Line, one: TypedCode, known: set[str], on: date
) -> Iterable[FieldFault]:
    """What the rules of a draft's line say, under the row's names; a field that could not be read is told once."""
    for found in line_missing(contract, draft, line, on=on):
        field = found.field.removeprefix(f"line-{line.id}").removeprefix("-") or "code"
        if f"{one.name}.{field}" not in known:
            yield FieldFault(f"{one.name}.{field}", found.message)


def _row(line: Line, position: int) -> ProcedureLine:
    values = {field.value: value for field, value in line.values.items() if field is not LineField.MODIFIERS}
    modifiers = line.values.get(LineField.MODIFIERS) or ()
    return ProcedureLine(
        id=UUID(line.id),
        position=position,
        system=line.system.value,
        code=line.code,
        description=line.description,
        modifiers=list(modifiers) if isinstance(modifiers, tuple) else [],
        **values,
    )
