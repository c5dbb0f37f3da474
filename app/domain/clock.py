"""When a decision is due: every clock that applies, the earliest first, each with its reason. Reads no clock.

How a period runs (docs/decisions/0004-clocks.md):

- *minutes* and *hours* are real time, nights and holidays included, across changes of summer time;
- *calendar days* do not count the day of the event and end with the last second of the last day in the contract's zone;
- *months* end like calendar days, on the same day of the month, or on the month's last day where it has none;
- *business days* start with the business day on which the event counts as received (after closing: the next one), do
  not count it, and end at the closing hour of the last one;
- a rule that ``rolls_forward`` moves the last of its calendar days or months to the next business day if it is none;
- a *pause* stops the clock while information is awaited. Of hours the time of waiting is added. A calendar day does not
  count if an answer was awaited at its end, a business day if it was awaited when the office closed, so an answer on
  the day of the question stops nothing. While an answer is awaited the clock has no end;
- an *extension* is a second period that starts where the first one ends.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from app.domain.calendars import BusinessCalendar
from app.domain.conditions import Unanswerable, holds
from app.domain.draft import Draft
from app.domain.effective import admitted_on, deciding_date, first_day, those_in_force
from app.domain.facts import facts_of
from app.domain.typed import day_shown, time_shown
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
class Pause:
    """Information was awaited from then until then; without an end it still is."""

    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of a clock's rule, as they were when it started: what is needed to compute its end again."""

    length: Span
    rolls_forward: bool
    pauses: bool
    extension: Span | None
    on_expiry: Expiry
    expiry_reason: str = ""


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
    terms: Terms


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
        return calendar.at(last, calendar.closes_on(last))
    last = _last_day(calendar.local_day(started_at), span)
    return calendar.at(calendar.business_day_from(last) if rolls_forward else last, LAST_SECOND, fold=1)


def ends_at(
    started_at: datetime,
    terms: Terms,
    calendar: BusinessCalendar,
    *,
    pauses: Sequence[Pause] = (),
    is_extended: bool = False,
) -> datetime | None:
    """The instant, in UTC, at which a clock of these terms runs out; ``None`` while it stands still.

    ``pauses`` do not overlap and are in order; those of a clock that does not pause, and those after its end, change
    nothing. An extension counts from the end of the first period. Source: 42 CFR 440.230(e)(1), 438.210(d)(1)(ii).
    """
    stops = tuple(pauses) if terms.pauses else ()
    is_extended = is_extended and terms.extension is not None
    end = _end(started_at, terms.length, calendar, stops, rolls_forward=terms.rolls_forward and not is_extended)
    if end is None or not is_extended or terms.extension is None:
        return end
    later = tuple(stop for stop in stops if stop.began_at > end)
    return _end(end, terms.extension, calendar, later, rolls_forward=terms.rolls_forward)


def _end(
    started_at: datetime, span: Span, calendar: BusinessCalendar, stops: Sequence[Pause], *, rolls_forward: bool
) -> datetime | None:
    """The end of one period with its pauses."""
    if span.unit in {SpanUnit.MINUTES, SpanUnit.HOURS}:
        return _end_of_hours(started_at, span, calendar, stops)
    if span.unit is SpanUnit.BUSINESS_DAYS:
        return _end_of_business_days(started_at, span, calendar, stops)
    first = calendar.local_day(started_at)
    last = _last_day(first, span)
    for stop in stops:
        began = max(calendar.local_day(stop.began_at), first + timedelta(days=1))
        if began > last:
            break
        if stop.ended_at is None:
            return None
        last += max(timedelta(), calendar.local_day(stop.ended_at) - began)
    return calendar.at(calendar.business_day_from(last) if rolls_forward else last, LAST_SECOND, fold=1)


def _end_of_hours(
    started_at: datetime, span: Span, calendar: BusinessCalendar, stops: Sequence[Pause]
) -> datetime | None:
    end = due_at(started_at, span, calendar)
    for stop in stops:
        began = max(stop.began_at, started_at)
        if began > end:
            break
        if stop.ended_at is None:
            return None
        end += max(timedelta(), stop.ended_at - began)
    return end


def _end_of_business_days(
    started_at: datetime, span: Span, calendar: BusinessCalendar, stops: Sequence[Pause]
) -> datetime | None:
    """Days of waiting, from the one whose closing saw the question to the one before the answer, are stepped over."""
    last, left = calendar.receipt_day(started_at), span.amount
    for stop in stops:
        began = calendar.receipt_day(stop.began_at)
        while left and (following := calendar.business_days_after(last, 1)) < began:
            last, left = following, left - 1
        if not left:
            break
        if stop.ended_at is None:
            return None
        last = max(last, calendar.business_day_before(calendar.receipt_day(stop.ended_at)))
    end = calendar.business_days_after(last, left)
    return calendar.at(end, calendar.closes_on(end))


def moment(instant: datetime, calendar: BusinessCalendar) -> str:
    """An instant as people read it, in the contract's zone: ``Mon 7 Dec 2026, 5:00 PM CST``."""
    local = calendar.local(instant)
    return f"{local:%a} {local.day} {local:%b %Y}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def spoken(span: Span) -> str:
    """A period in words: ``1 business day``, ``72 hours``."""
    return counted(span.amount, UNITS[span.unit])


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
        terms=Terms(
            length=rule.length,
            rolls_forward=rule.rolls_forward,
            pauses=rule.pauses_for_information,
            extension=rule.extension,
            on_expiry=rule.on_expiry,
            expiry_reason=rule.expiry_reason,
        ),
    )


def _reason(rule: ClockRule, started_at: datetime, calendar: BusinessCalendar) -> str:
    """Why a deadline is when it is, for people: ``7 calendar days from receipt on 03/14/2026 at 10:02 AM MDT``."""
    local = calendar.local(started_at)
    reason = f"{spoken(rule.length)} from {STARTS[rule.starts]} on"
    if rule.starts in {ClockStart.RECEIPT, ClockStart.COMPLETENESS}:
        reason += f" {day_shown(local)} at {time_shown(local.time())} {local:%Z}"
    else:
        reason += f" {day_shown(local)}"
    counted_from = calendar.receipt_day(started_at)
    if rule.length.unit is SpanUnit.BUSINESS_DAYS and counted_from != local.date():
        reason += f", counted from {day_shown(counted_from)}, the next business day"
    return reason
