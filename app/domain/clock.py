"""When a decision is due: every clock that applies, the earliest first, each with its reason. Reads no clock.

How a period runs (docs/decisions/0004-clocks.md):

- *minutes* and *hours* are real time, nights and holidays included, across changes of summer time;
- *calendar days* do not count the day of the event and end with the last second of the last day in the contract's zone;
- *months* end like calendar days, on the same day of the month, or on the month's last day where it has none;
- *business days* start with the business day on which the event counts as received (after closing: the next one), do
  not count it, and end at the closing hour of the last one;
- a rule that ``rolls_forward`` moves the last of its calendar days or months to the next business day if it is none.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from app.domain.calendars import BusinessCalendar
from app.domain.conditions import Unanswerable, holds
from app.domain.draft import Draft
from app.domain.effective import admitted_on, deciding_date, first_day, those_in_force
from app.domain.facts import facts_of
from app.domain.typed import day_shown
from app.domain.wording import counted
from tenancy.contract import Contract
from tenancy.contract.aftercare import ClockRule
from tenancy.contract.declare import Span
from tenancy.vocabulary import ClockStart, Expiry, SpanUnit

LAST_SECOND = time(23, 59, 59)
LATER = frozenset({ClockStart.DETERMINATION, ClockStart.LETTER})

UNITS: Mapping[SpanUnit, str] = MappingProxyType(
    {
        SpanUnit.MINUTES: "minute",
        SpanUnit.HOURS: "hour",
        SpanUnit.CALENDAR_DAYS: "calendar day",
        SpanUnit.BUSINESS_DAYS: "business day",
        SpanUnit.MONTHS: "month",
    }
)
STARTS: Mapping[ClockStart, str] = MappingProxyType(
    {
        ClockStart.RECEIPT: "receipt",
        ClockStart.COMPLETENESS: "receipt of the complete request",
        ClockStart.ADMISSION: "admission",
        ClockStart.SERVICE: "the first day of service",
        ClockStart.DETERMINATION: "the decision",
        ClockStart.LETTER: "the letter",
    }
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline: the rule that set it, the instant in UTC, why, and on what law it rests.

    ``calendar`` names the holiday tables it was computed with.
    """

    rule_id: str
    due_at: datetime
    reason: str
    citation: str
    started_at: datetime
    on_expiry: Expiry
    calendar: str


def due_dates(
    contract: Contract, draft: Draft, received_at: datetime, calendar: BusinessCalendar
) -> tuple[Deadline, ...]:
    """Every deadline of a request received at that instant, the earliest first: it is the one that counts.

    A clock belongs to the request when it is in force on the deciding date and its condition holds. The portal takes
    complete requests only, so receipt and completeness are one instant here; clocks that run from the decision or a
    letter have not started. Source: 42 CFR 440.230(e)(1) and 438.210(d), as the contract cites them. Raises
    ``Unanswerable`` if a clock runs from an admission or a first day of service that the request does not name.
    """
    received_on = calendar.local_day(received_at)
    facts = facts_of(draft, received_on=received_on)
    rules = those_in_force(contract.clocks, deciding_date(contract, draft, received_on))
    found = [
        _deadline(name, rule, _start(name, rule, draft, received_at, calendar), calendar)
        for name, rule in rules
        if rule.starts not in LATER and holds(rule.when, facts)
    ]
    return tuple(sorted(found, key=lambda deadline: deadline.due_at))


def due_at(started_at: datetime, span: Span, calendar: BusinessCalendar, *, rolls_forward: bool = False) -> datetime:
    """The instant, in UTC, at which a period that started then ends, as the module's rules say."""
    if span.unit in {SpanUnit.MINUTES, SpanUnit.HOURS}:
        minutes = span.amount * (60 if span.unit is SpanUnit.HOURS else 1)
        return started_at.astimezone(UTC) + timedelta(minutes=minutes)
    if span.unit is SpanUnit.BUSINESS_DAYS:
        last = calendar.business_days_after(calendar.receipt_day(started_at), span.amount)
        return calendar.at(last, calendar.closes)
    last = _last_day(calendar.local_day(started_at), span)
    return calendar.at(calendar.business_day_from(last) if rolls_forward else last, LAST_SECOND, fold=1)


def _last_day(first: date, span: Span) -> date:
    if span.unit is SpanUnit.CALENDAR_DAYS:
        return first + timedelta(days=span.amount)
    months = first.year * 12 + first.month - 1 + span.amount
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _start(name: str, rule: ClockRule, draft: Draft, received_at: datetime, calendar: BusinessCalendar) -> datetime:
    """The instant a clock runs from; a day starts with its first second."""
    if rule.starts in {ClockStart.RECEIPT, ClockStart.COMPLETENESS}:
        return received_at.astimezone(UTC)
    day = admitted_on(draft) if rule.starts is ClockStart.ADMISSION else first_day(draft)
    if day is None:
        raise Unanswerable(f"clocks.{name}", f"the request does not name {STARTS[rule.starts]}")
    return calendar.at(day, time())


def _deadline(name: str, rule: ClockRule, started_at: datetime, calendar: BusinessCalendar) -> Deadline:
    return Deadline(
        rule_id=name,
        due_at=due_at(started_at, rule.length, calendar, rolls_forward=rule.rolls_forward),
        reason=_reason(rule, started_at, calendar),
        citation=rule.citation,
        started_at=started_at,
        on_expiry=rule.on_expiry,
        calendar=calendar.tables,
    )


def _reason(rule: ClockRule, started_at: datetime, calendar: BusinessCalendar) -> str:
    """Why a deadline is when it is, for people: ``7 calendar days from receipt on 03/14/2026 at 10:02 AM MDT``."""
    local = calendar.local(started_at)
    reason = f"{counted(rule.length.amount, UNITS[rule.length.unit])} from {STARTS[rule.starts]} on"
    if rule.starts in {ClockStart.RECEIPT, ClockStart.COMPLETENESS}:
        reason += f" {day_shown(local)} at {local:%I:%M %p %Z}"
    else:
        reason += f" {day_shown(local)}"
    counted_from = calendar.receipt_day(started_at)
    if rule.length.unit is SpanUnit.BUSINESS_DAYS and counted_from != local.date():
        reason += f", counted from {day_shown(counted_from)}, the next business day"
    return reason
