"""What was approved before, as rules count it: services, the number named, the last day, caps a day, a week, a year."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.draft import Approval, Draft
from app.domain.earlier import (
    earlier_end,
    earlier_services,
    is_earlier_approved,
    quantity_a_day,
    quantity_a_week,
    quantity_in_a_year,
)
from tests.builders import draft, fields, line

LAST = date(2026, 12, 31)


def approval(number: str = "261130001", service: str = "dme", **keys: Any) -> Approval:
    return Approval((number, "9261130001"), service, **{"code": "E0141", "units": 5, "starts_on": LAST, **keys})


def asked(*earlier: Approval, number: str = "", **parts: Any) -> Draft:
    return draft(fields=fields(earlier_number=number), earlier=earlier, **parts)


def test_each_service_approved_before_is_told_once() -> None:
    assert earlier_services(asked(approval(), approval(), approval(service="medical"), approval(service=""))) == (
        "dme",
        "medical",
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [("261130001", True), (" 9261130001 ", True), ("261130002", False), ("", None)],
)
def test_the_number_named_is_an_approval_of_this_member_or_not(number: str, expected: bool | None) -> None:
    assert is_earlier_approved(asked(approval(), approval("261130009"), number=number)) is expected


def test_where_nobody_looked_nothing_is_known() -> None:
    made = draft(fields=fields(earlier_number="261130001"))
    assert (earlier_services(made), is_earlier_approved(made), earlier_end(made)) == (None, None, None)
    assert quantity_in_a_year(made, made.lines[0]) is None


JUNE, JULY, MAY = date(2026, 6, 30), date(2026, 7, 31), date(2026, 5, 31)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (asked(), None),
        (asked(approval(ends_on=None)), None),
        (asked(approval(ends_on=JUNE), approval(ends_on=JULY)), JULY),
        (asked(approval(ends_on=JUNE), approval(service="medical", ends_on=JULY)), JUNE),
        (asked(approval(ends_on=JUNE, is_of_this_case=True), approval(ends_on=JULY)), JUNE),
        (asked(approval(ends_on=JUNE), approval("261130002", ends_on=MAY), number="261130002"), MAY),
        (asked(approval(ends_on=JUNE), number="261130003"), None),
    ],
)
def test_the_earlier_approval_ends_on_its_last_day(made: Draft, expected: date | None) -> None:
    assert earlier_end(made) == expected


@pytest.mark.parametrize(
    ("quantity", "days", "daily", "weekly"),
    [
        (10, 10, "1.00", "7.00"),
        (10, 3, "3.34", "10.00"),
        (40, 14, "2.86", "20.00"),
        (1, 31, "0.04", "0.23"),
        (None, 10, None, None),
        (10, None, None, None),
    ],
)
def test_units_are_spread_over_the_days_of_the_line(
    quantity: int | None, days: int | None, daily: str | None, weekly: str | None
) -> None:
    told = quantity_a_day(line(quantity=quantity), days), quantity_a_week(line(quantity=quantity), days)
    assert told == tuple(None if text is None else Decimal(text) for text in (daily, weekly))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ((), 3),
        ((approval(),), 8),
        ((approval(code="e01.41"),), 8),
        ((approval(code="K0001"),), 3),
        ((approval(starts_on=date(2026, 1, 1)),), 8),
        ((approval(starts_on=date(2025, 12, 31)),), 3),
        ((approval(starts_on=date(2027, 1, 1)),), 3),
        ((approval(starts_on=None),), 3),
    ],
)
def test_a_years_units_are_those_asked_for_and_those_approved_in_it(
    earlier: tuple[Approval, ...], expected: int
) -> None:
    others = (line(quantity=2, id="2"), line(quantity=None, id="3"), line("K0001", quantity=9, id="4"))
    made = asked(*earlier, lines=(line(quantity=1), *others))
    assert quantity_in_a_year(made, made.lines[0]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"quantity": None}, None),
        ({"end_on": None}, 1),
        ({"end_on": None, "start_on": None}, None),
    ],
)
def test_a_years_units_need_a_quantity_and_a_day(values: dict[str, Any], expected: int | None) -> None:
    made = asked(lines=(line(**values),))
    assert quantity_in_a_year(made, made.lines[0]) == expected
