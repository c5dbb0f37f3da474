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
from tenancy.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Noted:
    """What would have been suggested before a save: durations by row, the first day of the stay."""

    durations: dict[UUID, int | None]
    stay_start: date | None


def noted(case: Case) -> Noted:
    """The suggestions as they stand now."""
    request = case.requests[-1]
    parts: list[Request | ProcedureLine] = [request, *request.lines]
    return Noted({row.id: days_of(row) for row in parts}, _stay_start(request))


def filled(case: Case, inputs: Sequence[Input], before: Noted) -> tuple[str, ...]:
    """Fill what follows from the rest and name the inputs that were filled."""
    start = _stay_start(case.requests[-1])
    return tuple(one.name for one in inputs if _fill_start(case, one, before, start) or _fill_duration(one, before))


def _fill_start(case: Case, one: Input, before: Noted, start: date | None) -> bool:
    """A line of an inpatient request starts with the stay until somebody says otherwise."""
    row = one.row
    if one.column != "start_on" or not isinstance(row, ProcedureLine) or case.category != Category.INPATIENT:
        return False
    if row.start_on not in (None, before.stay_start) or row.start_on == start:
        return False
    row.start_on = start
    return True


def _fill_duration(one: Input, before: Noted) -> bool:
    """A duration follows from the dates until somebody says otherwise."""
    row = one.row
    if one.column != "duration" or not isinstance(row, ProcedureLine | Request):
        return False
    days = days_of(row)
    if days is None or row.duration == days or row.duration not in (None, before.durations.get(row.id)):
        return False
    row.duration = days
    return True


def days_of(row: Request | ProcedureLine) -> int | None:
    """Days from the start to the end, both counted; None while a date is missing or they run backwards."""
    if row.start_on is None or row.end_on is None or row.end_on < row.start_on:
        return None
    return (row.end_on - row.start_on).days + 1


def _stay_start(request: Request) -> date | None:
    return request.start_on or request.admit_on
