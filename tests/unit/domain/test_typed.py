"""Typed text into values and back."""

from contextlib import suppress
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import typed
from app.domain.typed import Unreadable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("03/14/2026", date(2026, 3, 14)),
        (" 3/4/2026 ", date(2026, 3, 4)),
        ("03-14-2026", date(2026, 3, 14)),
        ("3.4.2026", date(2026, 3, 4)),
        ("2026-03-14", date(2026, 3, 14)),
        ("02/29/2028", date(2028, 2, 29)),
        ("01/01/1900", date(1900, 1, 1)),
        ("12/31/2100", date(2100, 12, 31)),
    ],
)
def test_a_day_is_read(raw: str, expected: date) -> None:
    assert typed.day(raw) == expected


LIKE_DAYS = "as MM/DD/YYYY, for example 03/14/2026"


@pytest.mark.parametrize(
    ("raw", "how"),
    [
        ("tomorrow", LIKE_DAYS),
        ("03/14/26", LIKE_DAYS),
        ("20260314", LIKE_DAYS),
        ("3/14", LIKE_DAYS),
        ("٠٣/14/2026", LIKE_DAYS),
        ("02/29/2027", "as a day that exists, MM/DD/YYYY"),
        ("13/01/2026", "as a day that exists, MM/DD/YYYY"),
        ("00/10/2026", "as a day that exists, MM/DD/YYYY"),
        ("12/31/1899", "between 01/01/1900 and 12/31/2100"),
        ("01/01/2101", "between 01/01/1900 and 12/31/2100"),
    ],
)
def test_a_day_that_cannot_be_read_is_refused(raw: str, how: str) -> None:
    with pytest.raises(Unreadable) as raised:
        typed.day(raw)
    assert raised.value.how == how == str(raised.value)


@given(st.dates(typed.EARLIEST, typed.LATEST))
def test_a_day_reads_as_it_is_shown(value: date) -> None:
    assert typed.day(typed.day_shown(value)) == value == typed.day(value.isoformat())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("02:30 PM", time(14, 30)),
        ("2:30pm", time(14, 30)),
        ("2:30 p.m.", time(14, 30)),
        ("2:30 a", time(2, 30)),
        ("12:00 AM", time(0, 0)),
        ("12:00 PM", time(12, 0)),
        ("12:59 am", time(0, 59)),
        ("1:00 AM", time(1, 0)),
        ("14:30", time(14, 30)),
        ("00:00", time(0, 0)),
        ("23:59:59", time(23, 59)),
    ],
)
def test_a_time_is_read(raw: str, expected: time) -> None:
    assert typed.clock_time(raw) == expected


NO_TIMES = ["noon", "٠2:30", "2:30 m", "2:30.", "2.30 PM", "13:00 PM", "0:30 AM", "24:00", "10:60", "2 PM"]


@pytest.mark.parametrize("raw", NO_TIMES)
def test_a_time_that_cannot_be_read_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"for example 02:30 PM"):
        typed.clock_time(raw)


@given(st.times())
def test_a_time_reads_as_it_is_shown(value: time) -> None:
    assert typed.clock_time(typed.time_shown(value)) == value.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("12", 12), (" 1,200 ", 1200), ("0", 0), ("-3", -3), ("+4", 4), ("007", 7), ("999999", 999_999)],
)
def test_a_whole_number_is_read(raw: str, expected: int) -> None:
    assert typed.whole(raw) == expected


@pytest.mark.parametrize(
    ("raw", "how"),
    [
        ("1.5", "as a whole number, for example 12"),
        ("a few", "as a whole number, for example 12"),
        ("١٢", "as a whole number, for example 12"),
        ("9" * 21, "as a whole number, for example 12"),
        ("1000000", "as a number up to 999,999"),
        ("-1000000", "as a number up to 999,999"),
    ],
)
def test_a_whole_number_that_cannot_be_read_is_refused(raw: str, how: str) -> None:
    with pytest.raises(Unreadable, match=f"^{how}$"):
        typed.whole(raw)


@pytest.mark.parametrize(
    ("raw", "expected", "shown"),
    [
        ("12", "12", "12"),
        ("12.50", "12.50", "12.5"),
        (".5", "0.5", "0.5"),
        ("3.", "3", "3"),
        ("-0.25", "-0.25", "-0.25"),
        ("1,200.0001", "1200.0001", "1200.0001"),
        ("999999", "999999", "999999"),
        ("100", "100", "100"),
    ],
)
def test_a_number_is_read_exactly(raw: str, expected: str, shown: str) -> None:
    assert typed.number(raw) == Decimal(expected)
    assert typed.number_shown(typed.number(raw)) == shown


@pytest.mark.parametrize("raw", ["", ".", "1e5", "NaN", "Infinity", "1.23456", "0x10"])
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"^as a number, for example"):
        typed.number(raw)


@pytest.mark.parametrize("raw", ["999999.0001", "-1000000"])
def test_a_number_too_large_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"^as a number up to 999,999$"):
        typed.number(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12.50", "12.50"),
        ("$ 12", "12.00"),
        ("$1,234.5", "1234.50"),
        ("0", "0.00"),
        ("-3", "-3.00"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_an_amount_is_read_in_cents(raw: str, expected: str) -> None:
    assert str(typed.money(raw)) == expected


@pytest.mark.parametrize("raw", ["12.505", "twelve", "€5", "1e3", "."])
def test_what_is_no_amount_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"^in dollars and cents, for example 12.50$"):
        typed.money(raw)


def test_an_amount_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"^as an amount up to 9,999,999.99$"):
        typed.money("10000000")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("rt", ("RT",)),
        ("RT NU", ("RT", "NU")),
        ("rt,nu; 59", ("RT", "NU", "59")),
        ("RT RT", ("RT",)),
        ("A1 A2 A3 A4", ("A1", "A2", "A3", "A4")),
    ],
)
def test_modifiers_are_read(raw: str, expected: tuple[str, ...]) -> None:
    assert typed.modifiers(raw) == expected


@pytest.mark.parametrize("raw", ["RTNU", "R", "RT X", "R-", "A1 A2 A3 A4 A5", "ÄÖ"])
def test_what_are_no_modifiers_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"^as two letters or digits each"):
        typed.modifiers(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("6015550100", "601-555-0100"),
        ("(601) 555-0100", "601-555-0100"),
        ("+1 601.555.0100", "601-555-0100"),
        ("601-555-0100 x12", "601-555-0100 ext. 12"),
        ("601-555-0100 ext. 12", "601-555-0100 ext. 12"),
        ("601-555-0100 EXTENSION 123456", "601-555-0100 ext. 123456"),
    ],
)
def test_a_phone_number_is_read(raw: str, expected: str) -> None:
    assert typed.phone(raw) == expected
    assert typed.phone(expected) == expected


@pytest.mark.parametrize(
    "raw", ["555-0100", "26015550100", "601-555-010O", "٦015550100", "x12", "601-555-0100 x1234567"]
)
def test_what_is_no_phone_number_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"^as ten digits, for example 601-555-0100$"):
        typed.phone(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Walker \n", "Walker"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x07c\td", "abc\td"),
        ("\ud800x", "x"),
        ("Äpfel 🙂", "Äpfel 🙂"),
        ("abcde", "abcde"),
    ],
)
def test_text_is_kept_without_control_characters(raw: str, expected: str) -> None:
    assert typed.text(raw, 10) == expected


def test_text_too_long_is_refused() -> None:
    assert typed.text("x" * 1000, 1000) == "x" * 1000
    with pytest.raises(Unreadable, match=r"^in at most 1,000 characters$"):
        typed.text("x" * 1001, 1000)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(raw: str) -> None:
    for read in (typed.day, typed.clock_time, typed.whole, typed.number, typed.money, typed.modifiers, typed.phone):
        with suppress(Unreadable):
            assert read(raw) is not None
