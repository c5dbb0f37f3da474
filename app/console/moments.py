"""When something shall happen, typed in a contract's own time zone: at once, next Monday at 6:00, or another time.

Knows no contract but its zone, and no form but the fields' names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain import typed
from app.domain.errors import FieldFault
from tenancy.contract import Contract
from tenancy.releases import ReleaseRefused
from tenancy.toggles import local_instant

NOW, MONDAY, LATER = "now", "monday", "later"
AT_SIX = time(6)


def next_monday(now: datetime, zone: str) -> datetime:
    """The next Monday, 6:00 in the morning, in the zone."""
    local = now.astimezone(ZoneInfo(zone))
    days = (7 - local.weekday()) % 7
    found = datetime.combine(local.date() + timedelta(days=days), AT_SIX, ZoneInfo(zone))
    return found if found > now else datetime.combine(found.date() + timedelta(days=7), AT_SIX, ZoneInfo(zone))


def read_start(form: Mapping[str, str], contract: Contract, now: datetime, faults: list[FieldFault]) -> datetime | None:
    """The instant chosen by ``when``, or None for at once; what is wrong is added to the faults."""
    choice = form.get("when", NOW)
    if choice == MONDAY:
        return next_monday(now, contract.identity.time_zone)
    if choice != LATER:
        return None
    found = read_instant(form, "starts", contract, faults, is_needed=True)
    if found is not None and found <= now:
        faults.append(FieldFault("starts_on", "This is in the past. Choose a later day, or ‘At once’."))
    return found


def read_instant(
    form: Mapping[str, str], name: str, contract: Contract, faults: list[FieldFault], *, is_needed: bool = False
) -> datetime | None:
    """A day and a time of the fields ``<name>_on`` and ``<name>_at``; midnight where no time was typed."""
    on, at = form.get(f"{name}_on", "").strip(), form.get(f"{name}_at", "").strip()
    if not on and not at and not is_needed:
        return None
    day, clock = _day(on, f"{name}_on", faults), _time(at, f"{name}_at", faults)
    if day is None or clock is None:
        return None
    try:
        return local_instant(contract, f"{day.isoformat()}T{clock:%H:%M}")
    except ReleaseRefused as refused:
        faults.append(FieldFault(f"{name}_at", str(refused)))
        return None


def _day(raw: str, field: str, faults: list[FieldFault]) -> date | None:
    try:
        return typed.day(raw)
    except typed.Unreadable as error:
        faults.append(FieldFault(field, f"Enter the day {error.how}."))
        return None


def _time(raw: str, field: str, faults: list[FieldFault]) -> time | None:
    try:
        return typed.clock_time(raw) if raw else time()
    except typed.Unreadable as error:
        faults.append(FieldFault(field, f"Enter the time {error.how}."))
        return None
