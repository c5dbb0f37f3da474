"""Clocks with pauses and extensions against a walker that goes day by day and knows none of the engine's formulas.

5,000 instants in every run; ``CHARTER_ORACLE=100000`` asks for more.
"""

import os
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.domain.calendars import BusinessCalendar
from app.domain.clock import Pause, Terms, due_at, ends_at, moment
from tenancy.contract.declare import Span
from tenancy.vocabulary import Expiry, SpanUnit

U = SpanUnit
ROUNDS = int(os.environ.get("CHARTER_ORACLE", "5000"))
ZONES = {"CO": "America/Denver", "MS": "America/Chicago", "WV": "America/New_York"}
EDGES = (
    date(2027, 3, 14), date(2027, 11, 7), date(2028, 2, 29), date(2026, 12, 31), date(2026, 11, 26),
    date(2026, 12, 24), date(2027, 7, 5), date(2028, 3, 12), date(2027, 1, 1),
)  # fmt: skip
DAY = timedelta(days=1)


def calendar_of(state: str) -> BusinessCalendar:
    return BusinessCalendar(
        zone=ZoneInfo(ZONES[state]),
        state=state,
        closes=time(17),
        added={date(2027, 4, 2): "Closed"},
        removed=frozenset({date(2026, 10, 12)}),
        half_days_count=True,
        closes_early={date(2026, 12, 23): time(12)},
    )


def closing(own: BusinessCalendar, on: date) -> datetime:
    hour = time(12) if on == date(2026, 12, 23) else time(17)
    return datetime.combine(on, hour, own.zone).astimezone(UTC)


def last_second(own: BusinessCalendar, on: date) -> datetime:
    return datetime.combine(on, time(23, 59, 59), own.zone).replace(fold=1).astimezone(UTC)


def works(own: BusinessCalendar, on: date) -> bool:
    return on.weekday() < 5 and not own.holiday(on)


def walked_hours(start: datetime, span: Span, stops: Sequence[Pause]) -> datetime:
    left = timedelta(hours=span.amount) if span.unit is U.HOURS else timedelta(minutes=span.amount)
    here = start
    for stop in stops:
        running = stop.began_at - here
        if running > left:
            break
        left -= running
        assert stop.ended_at
        here = stop.ended_at
    return here + left


def walked(start: datetime, span: Span, own: BusinessCalendar, stops: Sequence[Pause], *, rolls: bool) -> datetime:
    """The end by going forward: minute by minute of hours' clocks is a sum, of days' clocks each day is looked at."""
    if span.unit in (U.HOURS, U.MINUTES):
        return walked_hours(start, span, stops)
    awaited = closing if span.unit is U.BUSINESS_DAYS else last_second

    def counts(on: date) -> bool:
        at = awaited(own, on)
        is_stopped = any(stop.began_at <= at and stop.ended_at is not None and at < stop.ended_at for stop in stops)
        return not is_stopped and (span.unit is not U.BUSINESS_DAYS or works(own, on))

    here = start.astimezone(own.zone).date()
    if span.unit is U.BUSINESS_DAYS:
        while not works(own, here) or start > closing(own, here):
            here += DAY
    left_days = span.amount if span.unit is not U.MONTHS else months_in_days(here, span.amount)
    while left_days:
        here += DAY
        left_days -= counts(here)
    if rolls and span.unit is not U.BUSINESS_DAYS:
        while not works(own, here):
            here += DAY
    return awaited(own, here)


def months_in_days(first: date, months: int) -> int:
    year, month = first.year, first.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return (date(year, month, min(first.day, monthrange(year, month)[1])) - first).days


def drawn(random: Random) -> tuple[str, datetime, Terms, tuple[Pause, ...], bool]:
    state = random.choice(list(ZONES))
    day = (
        random.choice(EDGES) + timedelta(days=random.randrange(-9, 3))
        if random.random() < 0.6
        else date(2026, 1, 1) + timedelta(days=random.randrange(1100))
    )
    hour = random.choice(((17, 0, 0), (17, 0, 1), (0, 0, 0), (23, 59, 59), (1, 30, 0), (2, 30, 0), (12, 0, 0), None))
    at = time(*hour) if hour else time(random.randrange(24), random.randrange(60), random.randrange(60))
    start = datetime.combine(day, at, ZoneInfo(ZONES[state])).astimezone(UTC)
    unit = random.choice(list(U))
    most = {U.MINUTES: 6000, U.HOURS: 120, U.CALENDAR_DAYS: 30, U.BUSINESS_DAYS: 12, U.MONTHS: 3}[unit]
    extension = Span(amount=random.randrange(1, 15), unit=random.choice((U.CALENDAR_DAYS, U.BUSINESS_DAYS, U.HOURS)))
    terms = Terms(
        Span(amount=random.randrange(most), unit=unit), random.random() < 0.5, True, extension, Expiry.ESCALATE
    )
    stops, here = [], start
    for _ in range(random.randrange(4)):
        began = here + timedelta(minutes=random.randrange(1, 9000))
        here = began + timedelta(minutes=random.randrange(1, 20000))
        stops.append(Pause(began, here))
    return state, start, terms, tuple(stops), random.random() < 0.3


def test_the_engine_and_the_walker_agree_on_every_instant() -> None:
    random = Random(20_261_122)
    for _ in range(ROUNDS):
        state, start, terms, stops, is_extended = drawn(random)
        own = calendar_of(state)
        expected = walked(start, terms.length, own, stops, rolls=terms.rolls_forward and not is_extended)
        if is_extended and terms.extension:
            later = [stop for stop in stops if stop.began_at > expected]
            expected = walked(expected, terms.extension, own, later, rolls=terms.rolls_forward)
        found = ends_at(start, terms, own, pauses=stops, is_extended=is_extended)
        assert found == expected, (state, start.isoformat(), terms, stops, is_extended)


def test_without_pauses_it_is_the_plain_period() -> None:
    random = Random(7)
    for _ in range(min(ROUNDS, 5000)):
        state, start, terms, _, _ = drawn(random)
        own = calendar_of(state)
        plain = due_at(start, terms.length, own, rolls_forward=terms.rolls_forward)
        assert ends_at(start, terms, own) == plain


DENVER = ZoneInfo("America/Denver")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DENVER).astimezone(UTC)


def terms(amount: int, unit: SpanUnit, *, pauses: bool = True, extension: Span | None = None) -> Terms:
    return Terms(Span(amount=amount, unit=unit), False, pauses, extension, Expiry.ESCALATE)


@pytest.mark.parametrize("unit", [U.HOURS, U.MINUTES, U.CALENDAR_DAYS, U.BUSINESS_DAYS, U.MONTHS])
def test_while_an_answer_is_awaited_a_clock_that_pauses_has_no_end(unit: SpanUnit) -> None:
    own, start = calendar_of("CO"), at("2026-11-23T10:00:00")
    waiting = (Pause(at("2026-11-23T10:01:00")),)
    assert ends_at(start, terms(3, unit), own, pauses=waiting) is None
    assert ends_at(start, terms(3, unit, pauses=False), own, pauses=waiting) is not None
    after_all = (Pause(at("2028-11-23T10:01:00")),)
    assert ends_at(start, terms(3, unit), own, pauses=after_all) == ends_at(start, terms(3, unit), own)


def test_an_extension_that_waits_has_no_end_either() -> None:
    own, start = calendar_of("CO"), at("2026-11-23T10:00:00")
    extended = terms(7, U.CALENDAR_DAYS, extension=Span(amount=14, unit=U.CALENDAR_DAYS))
    assert ends_at(start, extended, own, is_extended=True) == at("2026-12-14T23:59:59")
    waiting = (Pause(at("2026-12-02T10:00:00")),)
    assert ends_at(start, extended, own, pauses=waiting, is_extended=True) is None
    early = (Pause(at("2026-11-24T10:00:00")),)
    assert ends_at(start, extended, own, pauses=early, is_extended=True) is None
    assert ends_at(start, terms(7, U.CALENDAR_DAYS), own, is_extended=True) == at("2026-11-30T23:59:59")


def test_an_answer_on_the_day_of_the_question_stops_nothing() -> None:
    own, start = calendar_of("CO"), at("2026-11-23T10:00:00")
    same_day = (Pause(at("2026-11-24T10:00:00"), at("2026-11-24T16:00:00")),)
    for unit in (U.CALENDAR_DAYS, U.BUSINESS_DAYS):
        assert ends_at(start, terms(3, unit), own, pauses=same_day) == ends_at(start, terms(3, unit), own)


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-12-07T17:00:00", "Mon 7 Dec 2026, 5:00 PM MST"),
        ("2027-03-14T00:05:00", "Sun 14 Mar 2027, 12:05 AM MST"),
        ("2027-03-14T12:00:00", "Sun 14 Mar 2027, 12:00 PM MDT"),
    ],
)
def test_a_moment_is_shown_with_its_day_and_zone(instant: str, shown: str) -> None:
    assert moment(at(instant), calendar_of("CO")) == shown


def test_the_business_day_before_is_no_weekend_and_no_holiday() -> None:
    assert calendar_of("CO").business_day_before(date(2026, 11, 30)) == date(2026, 11, 27)
    assert calendar_of("CO").business_day_before(date(2026, 11, 27)) == date(2026, 11, 25)
