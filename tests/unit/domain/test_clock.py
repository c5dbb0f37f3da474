"""Business days and deadlines, by hand and against a walker that counts days and minutes one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendars import BusinessCalendar, business_calendar, state_holidays
from app.domain.clock import STARTS, UNITS, due_at, due_dates
from app.domain.conditions import Unanswerable
from app.domain.draft import Draft
from tenancy.contract import Contract
from tenancy.contract.aftercare import Calendar, ClockRule
from tenancy.contract.declare import Span
from tenancy.vocabulary import Category, ClockStart, DecidingDate, Expiry, Fact, SpanUnit
from tests.builders import INPATIENT, ON, clock, contract, draft, fields, is_, line, shipped

U = SpanUnit
DENVER, CHICAGO, NEW_YORK = (ZoneInfo(name) for name in ("America/Denver", "America/Chicago", "America/New_York"))


def calendar(zone: ZoneInfo = DENVER, state: str = "CO", **keys: Any) -> BusinessCalendar:
    return BusinessCalendar(
        **{
            "zone": zone,
            "state": state,
            "closes": time(17),
            "added": {},
            "removed": frozenset(),
            "half_days_count": True,
            "closes_early": {},
            **keys,
        }
    )


def local(text: str, zone: ZoneInfo = DENVER) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("on", "state", "name"),
    [
        (date(2026, 11, 23), "CO", ""),
        (date(2026, 11, 26), "CO", "Thanksgiving Day"),
        (date(2026, 10, 5), "CO", "Frances Xavier Cabrini Day"),
        (date(2026, 10, 5), "MS", ""),
        (date(2026, 4, 27), "MS", "Confederate Memorial Day"),
        (date(2026, 11, 27), "WV", "Day After Thanksgiving"),
        (date(2027, 7, 5), "CO", "Independence Day (observed)"),
        (date(2027, 12, 31), "WV", "New Year's Day (observed)"),
        (date(2026, 10, 12), "ZZ", "Columbus Day"),  # a state nobody knows keeps the federal holidays
        (date(2026, 10, 5), "ZZ", ""),
    ],
)
def test_a_state_keeps_its_own_holidays(on: date, state: str, name: str) -> None:
    assert calendar(state=state).holiday(on) == name
    assert calendar(state=state).is_business_day(on) is (name == "")


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2026, 11, 20), True), (date(2026, 11, 21), False), (date(2026, 11, 22), False)]
)
def test_saturday_and_sunday_are_no_business_days(on: date, expected: bool) -> None:
    assert calendar().is_business_day(on) is expected


def test_the_contract_adds_and_removes_days() -> None:
    own = calendar(added={date(2026, 11, 27): "Office closed"}, removed=frozenset({date(2026, 10, 5)}))
    assert own.holiday(date(2026, 11, 27)) == "Office closed"
    assert own.is_business_day(date(2026, 10, 5))
    assert not own.is_business_day(date(2026, 11, 27))


def test_half_days_are_business_days_only_if_the_contract_says_so() -> None:
    half = date(2026, 12, 24)  # Puerto Rico closes at noon on Christmas Eve
    assert calendar(state="PR", half_days_count=True).is_business_day(half)
    assert not calendar(state="PR", half_days_count=False).is_business_day(half)
    assert not calendar(state="PR", half_days_count=False).is_business_day(date(2026, 12, 25))


def test_business_days_are_counted_over_weekends_and_holidays() -> None:
    own = calendar()
    assert own.business_day_from(date(2026, 11, 26)) == date(2026, 11, 27)
    assert own.business_day_from(date(2026, 11, 27)) == date(2026, 11, 27)
    assert own.business_days_after(date(2026, 11, 25), 0) == date(2026, 11, 25)
    assert own.business_days_after(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert own.business_days_after(date(2026, 11, 25), 2) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23T00:00:00", date(2026, 11, 23)),
        ("2026-11-23T16:59:59", date(2026, 11, 23)),
        ("2026-11-23T17:00:00", date(2026, 11, 23)),
        ("2026-11-23T17:00:01", date(2026, 11, 24)),
        ("2026-11-20T18:00:00", date(2026, 11, 23)),
        ("2026-11-21T09:00:00", date(2026, 11, 23)),
        ("2026-11-25T18:00:00", date(2026, 11, 27)),
        ("2026-11-26T09:00:00", date(2026, 11, 27)),
    ],
)
def test_what_arrives_after_closing_counts_as_of_the_next_business_day(received: str, expected: date) -> None:
    assert calendar().receipt_day(local(received)) == expected
    assert calendar().receipt_day(local(received).astimezone(UTC)) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-12-24T11:59:59", date(2026, 12, 24)),
        ("2026-12-24T12:00:01", date(2026, 12, 28)),
        ("2026-12-23T12:00:01", date(2026, 12, 23)),
    ],
)
def test_on_a_half_holiday_the_business_day_ends_when_the_contract_says(received: str, expected: date) -> None:
    own = calendar(closes_early={date(2026, 12, 24): time(12), date(2026, 12, 23): time(18)})
    assert own.receipt_day(local(received)) == expected
    assert own.closes_on(date(2026, 12, 23)) == time(17)


def test_a_period_of_business_days_that_ends_on_a_half_holiday_ends_at_noon() -> None:
    own = calendar(closes_early={date(2026, 12, 24): time(12)})
    end = due_at(local("2026-12-22T09:00:00"), Span(amount=2, unit=U.BUSINESS_DAYS), own)
    assert end == local("2026-12-24T12:00:00")


def test_a_calendar_is_made_of_what_the_contract_says() -> None:
    made = business_calendar(
        contract(calendar=Calendar(add={ON: "Closed"}, remove=(date(2026, 4, 27),), half_days_count=False))
    )
    assert made.zone == CHICAGO
    assert made.state == shipped().identity.state
    assert made.closes == shipped().formats.office_closes
    assert made.holiday(ON) == "Closed"
    assert made.is_business_day(date(2026, 4, 27))
    assert made.half_days_count is False
    assert made.tables.startswith("holidays ")
    assert made.local_day(datetime(2026, 11, 24, 5, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert made.local_day(datetime(2026, 11, 24, 6, 0, tzinfo=UTC)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("started", "amount", "unit", "rolls", "expected"),
    [
        ("2026-11-23T10:02:00", 90, U.MINUTES, False, "2026-11-23T11:32:00"),
        ("2026-11-23T10:02:00", 72, U.HOURS, False, "2026-11-26T10:02:00"),
        ("2026-11-23T10:02:00", 0, U.HOURS, False, "2026-11-23T10:02:00"),
        # summer time begins and ends: 72 hours of real time
        ("2027-03-12T10:00:00", 72, U.HOURS, False, "2027-03-15T11:00:00"),
        ("2027-11-05T10:00:00", 72, U.HOURS, False, "2027-11-08T09:00:00"),
        # calendar days
        ("2026-11-23T10:02:00", 7, U.CALENDAR_DAYS, False, "2026-11-30T23:59:59"),
        ("2026-11-23T23:59:59", 7, U.CALENDAR_DAYS, False, "2026-11-30T23:59:59"),
        ("2026-11-23T00:00:00", 0, U.CALENDAR_DAYS, False, "2026-11-23T23:59:59"),
        ("2026-11-21T10:00:00", 7, U.CALENDAR_DAYS, False, "2026-11-28T23:59:59"),
        ("2026-11-21T10:00:00", 7, U.CALENDAR_DAYS, True, "2026-11-30T23:59:59"),
        ("2026-11-19T10:00:00", 7, U.CALENDAR_DAYS, True, "2026-11-27T23:59:59"),
        ("2026-11-23T10:00:00", 7, U.CALENDAR_DAYS, True, "2026-11-30T23:59:59"),
        ("2027-03-10T10:00:00", 4, U.CALENDAR_DAYS, False, "2027-03-14T23:59:59"),
        ("2026-12-28T10:00:00", 7, U.CALENDAR_DAYS, False, "2027-01-04T23:59:59"),
        # months
        ("2026-01-31T10:00:00", 1, U.MONTHS, False, "2026-02-28T23:59:59"),
        ("2027-12-31T10:00:00", 2, U.MONTHS, False, "2028-02-29T23:59:59"),
        ("2026-11-23T10:00:00", 1, U.MONTHS, False, "2026-12-23T23:59:59"),
        ("2026-11-23T10:00:00", 2, U.MONTHS, False, "2027-01-23T23:59:59"),
        ("2026-11-23T10:00:00", 2, U.MONTHS, True, "2027-01-25T23:59:59"),
        ("2026-12-01T10:00:00", 12, U.MONTHS, False, "2027-12-01T23:59:59"),
        # business days
        ("2026-11-23T10:00:00", 0, U.BUSINESS_DAYS, False, "2026-11-23T17:00:00"),
        ("2026-11-23T10:00:00", 1, U.BUSINESS_DAYS, False, "2026-11-24T17:00:00"),
        ("2026-11-23T18:00:00", 1, U.BUSINESS_DAYS, False, "2026-11-25T17:00:00"),
        ("2026-11-25T16:00:00", 1, U.BUSINESS_DAYS, False, "2026-11-27T17:00:00"),
        ("2026-11-25T18:00:00", 1, U.BUSINESS_DAYS, False, "2026-11-30T17:00:00"),
        ("2026-11-20T18:00:00", 2, U.BUSINESS_DAYS, False, "2026-11-25T17:00:00"),
        ("2027-03-12T10:00:00", 1, U.BUSINESS_DAYS, False, "2027-03-15T17:00:00"),
    ],
)
def test_a_period_ends_when_the_decision_record_says(
    started: str, amount: int, unit: SpanUnit, rolls: bool, expected: str
) -> None:
    ends = due_at(local(started), Span(amount=amount, unit=unit), calendar(), rolls_forward=rolls)
    assert ends == local(expected).astimezone(UTC)
    assert ends.tzinfo is UTC


def test_a_day_that_ends_twice_ends_the_second_time() -> None:
    # in Havana the clock goes from one o'clock back to midnight: 23:59:59 is once, but 00:30 is twice
    havana = ZoneInfo("America/Havana")
    ends = due_at(local("2026-10-31T10:00:00", havana), Span(amount=0, unit=U.CALENDAR_DAYS), calendar(havana))
    assert ends == datetime(2026, 11, 1, 3, 59, 59, tzinfo=UTC)
    # where midnight itself is repeated, the later one ends the day
    twice = ZoneInfo("America/Asuncion")
    day = date(2023, 3, 25)
    assert calendar(twice).at(day, time(23, 59, 59), fold=1) - calendar(twice).at(day, time(23, 59, 59)) == timedelta(
        hours=1
    )
    ends = due_at(local("2023-03-24T10:00:00", twice), Span(amount=1, unit=U.CALENDAR_DAYS), calendar(twice))
    assert ends == datetime(2023, 3, 26, 3, 59, 59, tzinfo=UTC)


RECEIVED = datetime(2026, 11, 23, 16, 2, tzinfo=UTC)  # 10:02 AM in Chicago


def dues(rules: Contract, made: Draft | None = None, at: datetime = RECEIVED) -> list[tuple[str, str]]:
    found = due_dates(rules, made or draft(), at, business_calendar(rules))
    return [(item.rule_id, item.due_at.astimezone(CHICAGO).isoformat()[:19]) for item in found]


def test_of_several_clocks_the_earliest_wins_and_every_one_keeps_its_reason() -> None:
    rules = contract(
        clocks={
            "standard": clock(7, U.CALENDAR_DAYS),
            "state": clock(2, U.BUSINESS_DAYS, citation="State code 1", on_expiry=Expiry.DEEMED_APPROVED),
            "urgent": clock(72, U.HOURS),
            "stay": clock(1, U.HOURS, when=INPATIENT),
        }
    )
    found = due_dates(rules, draft(), RECEIVED, business_calendar(rules))
    assert [item.rule_id for item in found] == ["state", "urgent", "standard"]
    assert [item.reason for item in found] == [
        "2 business days from receipt on 11/23/2026 at 10:02 AM CST",
        "72 hours from receipt on 11/23/2026 at 10:02 AM CST",
        "7 calendar days from receipt on 11/23/2026 at 10:02 AM CST",
    ]
    assert (found[0].citation, found[0].on_expiry) == ("State code 1", Expiry.DEEMED_APPROVED)
    assert found[0].calendar.startswith("holidays ")
    assert found[0].started_at == RECEIVED
    assert found[0].started_at.tzinfo is UTC


def test_over_a_weekend_two_business_days_can_be_later_than_72_hours() -> None:
    rules = contract(clocks={"state": clock(2, U.BUSINESS_DAYS), "federal": clock(72, U.HOURS)})
    friday = datetime(2026, 11, 20, 16, 2, tzinfo=UTC)
    assert [name for name, _ in dues(rules, at=friday)] == ["federal", "state"]
    assert [name for name, _ in dues(rules)] == ["state", "federal"]


def test_of_two_clocks_that_run_out_together_the_contracts_first_counts() -> None:
    one, two = clock(24, U.HOURS), clock(1440, U.MINUTES)
    assert [name for name, _ in dues(contract(clocks={"b": one, "a": two}))] == ["b", "a"]


def test_a_late_receipt_says_from_which_day_it_counts() -> None:
    rules = contract(clocks={"state": clock(1, U.BUSINESS_DAYS), "federal": clock(1, U.CALENDAR_DAYS)})
    late = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # Friday 7:30 PM in Chicago
    found = {item.rule_id: item.reason for item in due_dates(rules, draft(), late, business_calendar(rules))}
    assert found == {
        "state": "1 business day from receipt on 11/20/2026 at 7:30 PM CST, counted from 11/23/2026, "
        "the next business day",
        "federal": "1 calendar day from receipt on 11/20/2026 at 7:30 PM CST",
    }


def started(start: ClockStart, **keys: Any) -> ClockRule:
    return clock(1, U.CALENDAR_DAYS, starts=start, when=INPATIENT, **keys)


@pytest.mark.parametrize(
    ("start", "due", "reason"),
    [
        (ClockStart.RECEIPT, "2026-11-24T23:59:59", "1 calendar day from receipt on 11/23/2026 at 10:02 AM CST"),
        (
            ClockStart.COMPLETENESS,
            "2026-11-24T23:59:59",
            "1 calendar day from receipt of the complete request on 11/23/2026 at 10:02 AM CST",
        ),
        (ClockStart.ADMISSION, "2026-12-04T23:59:59", "1 calendar day from admission on 12/03/2026"),
        (ClockStart.SERVICE, "2026-12-02T23:59:59", "1 calendar day from the first day of service on 12/01/2026"),
    ],
)
def test_a_clock_runs_from_the_event_the_contract_names(start: ClockStart, due: str, reason: str) -> None:
    rules = contract(clocks={"it": started(start)})
    made = draft(Category.INPATIENT, fields=fields(Category.INPATIENT, admit_on=date(2026, 12, 3)))
    (found,) = due_dates(rules, made, RECEIVED, business_calendar(rules))
    assert dues(rules, made) == [("it", due)]
    assert found.reason == reason


def test_a_day_starts_with_its_first_second() -> None:
    rules = contract(clocks={"it": clock(2, U.HOURS, starts=ClockStart.SERVICE)})
    (found,) = due_dates(rules, draft(), RECEIVED, business_calendar(rules))
    assert found.started_at == local("2026-12-01T00:00:00", CHICAGO)
    assert dues(rules) == [("it", "2026-12-01T02:00:00")]


@pytest.mark.parametrize("start", [ClockStart.DETERMINATION, ClockStart.LETTER])
def test_a_clock_that_runs_from_the_decision_has_not_started(start: ClockStart) -> None:
    assert dues(contract(clocks={"it": clock(1, U.HOURS, starts=start)})) == []


@pytest.mark.parametrize(
    ("start", "what"), [(ClockStart.ADMISSION, "admission"), (ClockStart.SERVICE, "the first day of service")]
)
def test_a_clock_that_runs_from_a_day_nobody_named_raises(start: ClockStart, what: str) -> None:
    rules = contract(clocks={"it": clock(1, U.HOURS, starts=start)})
    with pytest.raises(Unanswerable, match=f"clocks.it: the request does not name {what}"):
        dues(rules, draft(lines=(line(start_on=None),)))


def test_a_rule_rolls_forward_only_if_it_says_so() -> None:
    saturday = datetime(2026, 11, 21, 16, 2, tzinfo=UTC)
    rules = contract(
        clocks={
            "stays": clock(7, U.CALENDAR_DAYS),
            "rolls": clock(7, U.CALENDAR_DAYS, rolls_forward=True),
        }
    )
    assert dues(rules, at=saturday) == [("stays", "2026-11-28T23:59:59"), ("rolls", "2026-11-30T23:59:59")]


@pytest.mark.parametrize(("by", "names"), [(DecidingDate.RECEIPT, ["old"]), (DecidingDate.SERVICE_START, ["new"])])
def test_the_deciding_date_chooses_the_clocks(by: DecidingDate, names: list[str]) -> None:
    rules = contract(
        clocks={
            "old": clock(14, U.CALENDAR_DAYS, until_on=date(2026, 11, 30)),
            "new": clock(7, U.CALENDAR_DAYS, from_on=date(2026, 12, 1)),
        },
        rules_decided_by=by,
    )
    assert [name for name, _ in dues(rules)] == names


def test_the_day_of_receipt_is_the_contracts_own() -> None:
    rules = contract(clocks={"new": clock(1, U.HOURS, from_on=date(2026, 11, 24))})
    assert dues(rules, at=datetime(2026, 11, 24, 5, 59, tzinfo=UTC)) == []
    assert dues(rules, at=datetime(2026, 11, 24, 6, 0, tzinfo=UTC)) == [("new", "2026-11-24T01:00:00")]
    told = contract(clocks={"it": clock(1, U.HOURS, when=is_(Fact.SUBMITTED_ON, date(2026, 11, 23)))})
    assert dues(told, at=datetime(2026, 11, 24, 5, 59, tzinfo=UTC)) != []


def test_there_are_words_for_every_unit_and_start() -> None:
    assert set(UNITS) == set(SpanUnit)
    assert set(STARTS) == set(ClockStart)


@pytest.mark.parametrize("slug", ["mississippi", "colorado", "west_virginia"])
@pytest.mark.parametrize("urgency", ["standard", "expedited"])
@pytest.mark.parametrize("category", Category)
def test_every_shipped_contract_decides_within_the_federal_time(slug: str, urgency: str, category: Category) -> None:
    rules = shipped(slug)
    made = draft(category, fields=fields(category, urgency=urgency))
    found = due_dates(rules, made, RECEIVED, business_calendar(rules))
    longest = timedelta(hours=72) if urgency == "expedited" else timedelta(days=8)
    assert found
    assert found[0].due_at - RECEIVED <= longest


# an oracle that knows nothing of the engine: it walks minute by minute and day by day

ZONES = {"CO": DENVER, "MS": CHICAGO, "WV": NEW_YORK}
CLOSES = time(17)


def is_working(day: date, own: BusinessCalendar) -> bool:
    return day.isoweekday() <= 5 and day not in state_holidays(own.state, day.year, True)


def walked(start: datetime, amount: int, unit: SpanUnit, own: BusinessCalendar, *, rolls: bool) -> datetime:
    if unit in {U.MINUTES, U.HOURS}:
        return minutes_on(start, amount * (60 if unit is U.HOURS else 1))
    here = start.astimezone(own.zone)
    if unit is U.BUSINESS_DAYS:
        return last_instant(business_days_on(here, amount, own), CLOSES, own.zone)
    day = months_on(here.date(), amount) if unit is U.MONTHS else here.date()
    for _ in range(amount if unit is U.CALENDAR_DAYS else 0):
        day += timedelta(days=1)
    while rolls and not is_working(day, own):
        day += timedelta(days=1)
    return last_instant(day, time(23, 59, 59), own.zone)


def minutes_on(instant: datetime, left: int) -> datetime:
    while left:
        instant, left = instant + timedelta(minutes=1), left - 1
    return instant


def business_days_on(here: datetime, left: int, own: BusinessCalendar) -> date:
    day = here.date()
    if here.time().replace(tzinfo=None) > CLOSES:
        day += timedelta(days=1)
    while not is_working(day, own):
        day += timedelta(days=1)
    while left:
        day += timedelta(days=1)
        left -= is_working(day, own)
    return day


def months_on(day: date, left: int) -> date:
    number, day = day.day, day.replace(day=1)
    while left:
        day, left = (day + timedelta(days=31)).replace(day=1), left - 1
    month = day.month
    while day.day < number and (day + timedelta(days=1)).month == month:
        day += timedelta(days=1)
    return day


def last_instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The last instant at which clocks in an American zone show that day and hour, found by walking back."""
    instant = datetime.combine(day, time(8), UTC) + timedelta(days=1) - timedelta(minutes=1, seconds=-hour.second)
    while instant.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, hour):
        instant -= timedelta(minutes=1)
    return instant


EDGES = [
    datetime(2027, 3, 14, 8, 0, tzinfo=UTC),
    datetime(2027, 11, 7, 7, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2026, 11, 26, 0, 0, tzinfo=UTC),
]
INSTANTS = st.one_of(
    st.integers(0, 8 * 366 * 86400).map(lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.builds(
        lambda edge, hours, seconds: edge + timedelta(hours=hours, seconds=seconds),
        st.sampled_from(EDGES),
        st.integers(-72, 72),
        st.integers(0, 3599),
    ),
)
SPANS = st.one_of(
    st.tuples(st.integers(0, 300), st.just(U.MINUTES)),
    st.tuples(st.integers(0, 96), st.just(U.HOURS)),
    st.tuples(st.integers(0, 45), st.just(U.CALENDAR_DAYS)),
    st.tuples(st.integers(0, 15), st.just(U.BUSINESS_DAYS)),
    st.tuples(st.integers(0, 14), st.just(U.MONTHS)),
)


@settings(max_examples=20 * settings().max_examples)  # 2,000; fewer in a mutation pass
@given(INSTANTS, SPANS, st.sampled_from(sorted(ZONES)), st.booleans())
def test_deadlines_equal_those_of_a_walker(
    start: datetime, span: tuple[int, SpanUnit], state: str, rolls: bool
) -> None:
    amount, unit = span
    own = calendar(ZONES[state], state)
    assert due_at(start, Span(amount=amount, unit=unit), own, rolls_forward=rolls) == (
        walked(start, amount, unit, own, rolls=rolls)
    )


@given(INSTANTS, SPANS, st.sampled_from(sorted(ZONES)))
def test_a_later_receipt_is_never_due_earlier(start: datetime, span: tuple[int, SpanUnit], state: str) -> None:
    own, length = calendar(ZONES[state], state), Span(amount=span[0], unit=span[1])
    due = due_at(start, length, own)
    assert due_at(start + timedelta(minutes=30), length, own) >= due
    assert due >= start.replace(microsecond=0) - timedelta(seconds=1)
    assert due_at(start, replace(length, amount=length.amount + 1), own) > due
    assert due_at(start, length, own, rolls_forward=True) >= due
