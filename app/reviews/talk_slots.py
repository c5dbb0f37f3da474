"""Times for a talk: typed in the clinician's zone, judged, and shown again in words. Pure; knows no row and no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain import typed
from app.domain.calendars import BusinessCalendar
from app.domain.errors import FieldFault
from app.domain.wording import counted
from tenancy.contract.aftercare import Right

OVERLAPS = "This time overlaps another one above. Give separate times."
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class TypedSlot:
    """A day and a time as they were typed; both empty for a row nobody filled in."""

    day: str
    time: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.day.strip() or self.time.strip())


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What a time must keep to: the right's figures and the payer's business days and hours."""

    right: Right
    calendar: BusinessCalendar
    opens: time
    zone: ZoneInfo
    now: datetime

    @property
    def length(self) -> timedelta:
        """How long a talk lasts."""
        return timedelta(minutes=self.right.slot_minutes)


def read_slots(slots: Sequence[TypedSlot], rules: SlotRules) -> tuple[tuple[datetime, ...], tuple[FieldFault, ...]]:
    """The instants in UTC, the earliest first, and everything that is wrong with what was typed.

    As many as the contract wants, each on a quarter of an hour, ahead, within the payer's business hours, and no two
    of them at once (P2P-04). A time that summer time skips does not exist.
    """
    found: list[datetime] = []
    faults: list[FieldFault] = []
    for place, slot in enumerate(slots):
        if slot.is_empty:
            continue
        at, fault = _read(slot, place, rules)
        if at is None:
            faults.append(fault)
        elif any(abs(at - other) < rules.length for other in found):
            faults.append(FieldFault(f"slot.{place}.time", OVERLAPS))
        else:
            found.append(at)
    wanted = max(rules.right.minimum_slots, 1)
    if not faults and len(found) < wanted:
        missing = next((place for place, slot in enumerate(slots) if slot.is_empty), 0)
        faults.append(FieldFault(f"slot.{missing}.day", f"Give at least {counted(wanted, 'date')} and times."))
    return tuple(sorted(found)), tuple(faults)


def quarters(starts_at: datetime, length: timedelta) -> tuple[datetime, ...]:
    """The quarters of an hour that a talk takes."""
    return tuple(starts_at + QUARTER * number for number in range(max(1, length // QUARTER)))


def spoken_slot(starts_at: datetime, zone: str) -> str:
    """A time as people read it: ``Mon 7 Dec 2026, 2:00 PM CST``."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y}, {local.hour % 12 or 12}:{local:%M %p %Z}"


_Read = tuple[datetime | None, FieldFault]
_FINE = FieldFault("", "")


def _read(slot: TypedSlot, place: int, rules: SlotRules) -> _Read:
    day_field, time_field = f"slot.{place}.day", f"slot.{place}.time"
    try:
        day = typed.day(slot.day)
    except typed.Unreadable as reason:
        return None, FieldFault(day_field, f"Enter the day {reason.how}.")
    try:
        hour = typed.clock_time(slot.time)
    except typed.Unreadable as reason:
        return None, FieldFault(time_field, f"Enter the time {reason.how}.")
    local = datetime.combine(day, hour, rules.zone)
    at = local.astimezone(UTC)
    if at.astimezone(rules.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return None, FieldFault(time_field, "Clocks go forward at that hour, so this time does not exist.")
    return _judged(at, day, day_field, time_field, rules)


def _judged(at: datetime, day: date, day_field: str, time_field: str, rules: SlotRules) -> _Read:
    last = rules.now.astimezone(rules.zone).date() + timedelta(days=rules.right.slot_days)
    if at <= rules.now:
        return None, FieldFault(day_field, "This time has passed. Give one that is ahead.")
    if day > last:
        return None, FieldFault(day_field, f"Give a day up to {typed.day_shown(last)}.")
    if at.timestamp() % QUARTER.total_seconds():
        return None, FieldFault(time_field, "Give a full, half or quarter hour, for example 2:15 PM.")
    return (None, FieldFault(time_field, wrong)) if (wrong := _closed(at, rules)) else (at, _FINE)


def _closed(at: datetime, rules: SlotRules) -> str:
    """Why the payer's physicians are not there then; empty if they are."""
    begins, ends = rules.calendar.local(at), rules.calendar.local(at + rules.length)
    if not rules.calendar.is_business_day(begins.date()):
        return "We are closed on that day. Give a business day."
    opens, closes = rules.opens, rules.calendar.closes_on(begins.date())
    if begins.time() < opens or ends.time() > closes or ends.date() != begins.date():
        hours = f"{opens:%I:%M %p} and {closes:%I:%M %p} {begins:%Z}".replace(" 0", " ").removeprefix("0")
        return f"Give a time so that the talk falls between {hours}."
    return ""
