"""The daily sequence: one for all, in order, never twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from app.storage.db import Databases
from app.storage.numbers import next_case_sequence, take_case_sequences

DAY = date(2026, 11, 22)


def take(databases: Databases, day: date = DAY) -> int:
    with databases.control.session(is_durable=False) as control:
        return next_case_sequence(control, day)


def test_each_day_counts_from_one(databases: Databases) -> None:
    assert [take(databases), take(databases), take(databases, date(2026, 11, 23))] == [1, 2, 1]


def test_fifty_at_once_get_fifty_numbers(databases: Databases) -> None:
    with ThreadPoolExecutor(10) as people:
        numbers = list(people.map(lambda _: take(databases), range(50)))
    assert sorted(numbers) == list(range(1, 51))


def test_a_number_is_gone_even_if_its_taker_fails(databases: Databases) -> None:
    with databases.control.session(is_durable=False) as control:
        assert next_case_sequence(control, DAY) == 1
        control.rollback()
    assert take(databases) == 2


def test_a_day_goes_on_after_its_ten_thousandth_number(databases: Databases) -> None:
    with databases.control.session(is_durable=False) as control:
        assert take_case_sequences(control, DAY, 9_999) == range(1, 10_000)
    assert [take(databases), take(databases)] == [10_000, 10_001]


def test_several_numbers_taken_at_once_follow_each_other_and_are_nobody_elses(databases: Databases) -> None:
    with databases.control.session(is_durable=False) as control:
        assert list(take_case_sequences(control, DAY, 3)) == [1, 2, 3]
    assert take(databases) == 4
