"""Diagnoses and procedure lines of a draft: adding, ordering, removing. Knows no page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.cases.drafts import Saved, begin, finish, local_day, snapshot
from app.cases.models import Case, Diagnosis, ProcedureLine
from app.cases.snapshot import line_of
from app.directory import queries as directory
from app.domain.access import Actor
from app.domain.errors import Closed, FieldFault, Invalid, NotFound
from app.domain.fields import asked_line_fields, parse_field
from tenancy.contract import Contract
from tenancy.contract.intake import CodingRule
from tenancy.vocabulary import CodeSystem, LineField

NOT_FOUND = "We know no {system} code {code} in force. Check it, or search for its words."
HEADING = "{code} is a heading. Choose one of the codes under it."
TOO_MANY = "At most {maximum} can be listed. Remove one before you add another."
NO_NEW_CODES = "An extension takes no new codes. Ask for a change of the authorization instead."
NOTHING_TYPED = "Enter at least one code."


Row = TypeVar("Row", Diagnosis, ProcedureLine)


@dataclass(frozen=True, slots=True)
class Picked:
    """A code somebody picked or typed, and the system it belongs to."""

    system: CodeSystem
    code: str


def read_picked(rule: CodingRule, raw: str, default: CodeSystem) -> tuple[Picked, ...]:
    """The codes in a typed or pasted list, parted by commas, semicolons, blanks or line ends.

    A button's value names its system too: ``icd10cm:M17.11``.
    """
    picked: list[Picked] = []
    for part in re.split(r"[\s,;]+", raw.strip()):
        system, _, code = part.rpartition(":")
        if code:
            named = CodeSystem(system) if system in {known.value for known in rule.systems} else default
            picked.append(Picked(named, code.upper()))
    return tuple(dict.fromkeys(picked))


def add_diagnoses(
    session: Session,
    control: Session,
    contract: Contract,
    draft_id: UUID,
    picked: Sequence[Picked],
    *,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Add diagnoses at the end of the list; one that is there already is not added twice (DX-01, DX-02).

    Nothing is added unless every code is known and there is room; every fault is told at once by Invalid.
    """
    case = begin(session, draft_id, actor)
    rule = contract.intake.diagnoses
    found = _known(control, rule, picked, on=local_day(contract, now), field="diagnoses")
    present = {(row.system, row.code) for row in case.diagnoses}
    fresh = [one for one in found if (one[0].value, one[1]) not in present]
    _must_fit(rule, len(case.diagnoses) + len(fresh), "diagnoses")
    for position, (system, code, description) in enumerate(fresh, start=_after(case.diagnoses)):
        case.diagnoses.append(
            Diagnosis(id=uuid4(), position=position, system=system.value, code=code, description=description)
        )
    return finish(
        session, contract, case, "draft:add_diagnosis", actor=actor, now=now, detail={"count": str(len(fresh))}
    )


def remove_diagnosis(
    session: Session, contract: Contract, draft_id: UUID, diagnosis_id: UUID, *, actor: Actor, now: datetime
) -> Saved:
    """Take a diagnosis off the list; the next one becomes primary if it was the first. Raises NotFound."""
    case = begin(session, draft_id, actor)
    row = _one(case.diagnoses, diagnosis_id)
    case.diagnoses.remove(row)
    session.delete(row)
    session.flush()
    _number(case.diagnoses)
    return finish(session, contract, case, "draft:remove_diagnosis", actor=actor, now=now)


def order_diagnoses(
    session: Session, contract: Contract, draft_id: UUID, order: Sequence[UUID], *, actor: Actor, now: datetime
) -> Saved:
    """Put the diagnoses into this order; the first is primary (DX-04). Those not named keep their place behind."""
    case = begin(session, draft_id, actor)
    places = {row_id: place for place, row_id in enumerate(order)}
    rows = sorted(case.diagnoses, key=lambda row: places.get(row.id, len(places) + row.position))
    _number(rows)
    return finish(session, contract, case, "draft:order_diagnoses", actor=actor, now=now)


def move_diagnosis(
    session: Session, contract: Contract, draft_id: UUID, diagnosis_id: UUID, step: int, *, actor: Actor, now: datetime
) -> Saved:
    """Move a diagnosis one place up (-1) or down (+1); at the end of the list it stays. Raises NotFound."""
    case = begin(session, draft_id, actor)
    rows = sorted(case.diagnoses, key=lambda row: row.position)
    here = rows.index(_one(rows, diagnosis_id))
    there = min(max(here + step, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    _number(rows)
    return finish(session, contract, case, "draft:move_diagnosis", actor=actor, now=now)


def add_procedures(
    session: Session,
    control: Session,
    contract: Contract,
    draft_id: UUID,
    picked: Sequence[Picked],
    *,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Add a line for each code, started with what is known: the stay's dates, else the line's before (PX-01, PX-06).

    Raises Closed on an extension of a contract that lets none be added (EXT-04).

    The same code may stand on several lines. ``focus`` names the first empty field of the first new line.
    """
    case = begin(session, draft_id, actor)
    if case.requests[-1].sequence > 1 and not contract.actions.extension.new_procedures:
        raise Closed(NO_NEW_CODES)
    rule = contract.intake.procedures
    request = case.requests[-1]
    found = _known(control, rule, picked, on=local_day(contract, now), field="procedures")
    _must_fit(rule, len(request.lines) + len(found), "procedures")
    fresh = [
        ProcedureLine(
            id=uuid4(), position=position, system=system.value, code=code, description=description, modifiers=[]
        )
        for position, (system, code, description) in enumerate(found, start=_after(request.lines))
    ]
    earlier = request.lines[-1] if request.lines else None
    request.lines.extend(fresh)
    _start_lines(session, contract, case, fresh, earlier, on=local_day(contract, now))
    focus = _first_empty(session, contract, case, fresh[0], on=local_day(contract, now))
    detail = {"count": str(len(fresh))}
    return finish(session, contract, case, "draft:add_procedure", actor=actor, now=now, detail=detail, focus=focus)


def remove_procedure(
    session: Session, contract: Contract, draft_id: UUID, line_id: UUID, *, actor: Actor, now: datetime
) -> Saved:
    """Take a procedure line off the request. Raises NotFound."""
    case = begin(session, draft_id, actor)
    lines = case.requests[-1].lines
    row = _one(lines, line_id)
    lines.remove(row)
    session.delete(row)
    session.flush()
    _number(lines)
    return finish(session, contract, case, "draft:remove_procedure", actor=actor, now=now)


def _known(
    control: Session, rule: CodingRule, picked: Sequence[Picked], *, on: date, field: str
) -> list[tuple[CodeSystem, str, str]]:
    """System, code and description of every picked code; all unknown ones are told at once."""
    if not picked:
        raise Invalid((FieldFault(field, NOTHING_TYPED),))
    found: list[tuple[CodeSystem, str, str]] = []
    faults: list[FieldFault] = []
    for one in picked:
        hit = find_picked(control, rule, one, on)
        if isinstance(hit, str):
            faults.append(FieldFault(field, hit))
        else:
            found.append(hit)
    if faults:
        raise Invalid(tuple(faults))
    return found


def find_picked(control: Session, rule: CodingRule, one: Picked, on: date) -> tuple[CodeSystem, str, str] | str:
    """The code in its own system, else in the rule's others, else as typed where the contract lets it be typed.

    A sentence says why there is none; a heading is none, for it says less than a request has to.
    """
    for system in dict.fromkeys((one.system, *rule.systems)):
        hit = directory.find_code(control, system, one.code, on=on)
        if hit is not None and hit.is_billable:
            return system, hit.code, hit.short
        if hit is not None:
            return HEADING.format(code=hit.code)
    if rule.typed_pattern and re.fullmatch(rule.typed_pattern, one.code):
        return CodeSystem.CPT if CodeSystem.CPT in rule.systems else one.system, one.code, ""
    label = rule.labels.get(one.system, one.system.value)
    return NOT_FOUND.format(system=label, code=one.code[:12])


def _must_fit(rule: CodingRule, count: int, field: str) -> None:
    if count > rule.maximum:
        raise Invalid((FieldFault(field, TOO_MANY.format(maximum=rule.maximum)),))


def _start_lines(
    session: Session,
    contract: Contract,
    case: Case,
    fresh: Iterable[ProcedureLine],
    earlier: ProcedureLine | None,
    *,
    on: date,
) -> None:
    request = case.requests[-1]
    draft = snapshot(session, contract, case)
    for row in fresh:
        asked = {field.name: field for field in asked_line_fields(contract, draft, line_of(row), on=on)}
        for column, field in asked.items():
            if field.rule.default:
                setattr(row, column, parse_field(field.field, field.rule, field.rule.default))
        source = request if draft.stay is not None else earlier
        if source is None:
            continue
        for column in ("start_on", "end_on", "duration"):
            if column in asked:
                setattr(row, column, getattr(source, column))
        if draft.stay is not None and "start_on" in asked:
            row.start_on = row.start_on or request.admit_on


def _first_empty(session: Session, contract: Contract, case: Case, row: ProcedureLine, *, on: date) -> str:
    draft = snapshot(session, contract, case)
    line = line_of(row)
    asked = asked_line_fields(contract, draft, line, on=on)
    empty = [field for field in asked if line.values.get(LineField(field.name)) in (None, "", ())]
    needed = [field for field in empty if field.is_required]
    target = needed or empty or list(asked)
    return f"line.{row.id}.{target[0].name}" if target else ""


def _after(rows: Sequence[Diagnosis] | Sequence[ProcedureLine]) -> int:
    return max((row.position for row in rows), default=0) + 1


def _number(rows: Iterable[Row]) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position


def _one(rows: Sequence[Row], row_id: UUID) -> Row:
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound("This entry is no longer there.")
