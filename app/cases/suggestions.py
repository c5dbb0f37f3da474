"""What a draft fills in by itself: a duration from its dates, a line's start from the stay's (PX-06).

A suggestion stands only where nobody typed something else, and follows what it came from. Knows rows, no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.cases.inputs import Input
from app.cases.models import Case, ProcedureLine, Request


@dataclass(frozen=True, slots=True)
class Noted:
    """What would have been suggested before a save: durations by row, the first day of the stay."""

    durations: dict[UUID, int | None]
    stay_start: date | None


def noted(case: Case) -> Noted:
    """The suggestions as they stand now."""
    request = case.requests[-1]
    return Noted({row.id: days_of(row) for row in (request, *request.lines)}, _stay_start(request))


def filled(case: Case, inputs: Sequence[Input], before: Noted) -> tuple[str, ...]:
    """Fill what follows from the rest and name the inputs that were filled."""
    names: list[str] = []
    start = _stay_start(case.requests[-1])
    for one in inputs:
        if one.column == "start_on" and isinstance(one.row, ProcedureLine) and case.category == "inpatient":
            if one.row.start_on in (None, before.stay_start) and one.row.start_on != start:
                one.row.start_on = start
                names.append(one.name)
        if one.column == "duration" and isinstance(one.row, ProcedureLine | Request):
            days = days_of(one.row)
            is_free = one.row.duration is None or one.row.duration == before.durations.get(one.row.id)
            if days is not None and is_free and one.row.duration != days:
                one.row.duration = days
                names.append(one.name)
    return tuple(names)


def days_of(row: Request | ProcedureLine) -> int | None:
    """Days from the start to the end, both counted; None while a date is missing or they run backwards."""
    if row.start_on is None or row.end_on is None or row.end_on < row.start_on:
        return None
    return (row.end_on - row.start_on).days + 1


def _stay_start(request: Request) -> date | None:
    return request.start_on or request.admit_on
