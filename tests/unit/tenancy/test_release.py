"""A release is named by what the contract says, not by how its text is written."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from tenancy.loader import load_contract
from tenancy.release import _Writer, release_of
from tests.unit.tenancy.conftest import Write

SERVICES = """catalogue:
  services:
    {0}: {{label: A, categories: [outpatient]}}
    {1}: {{label: A, categories: [outpatient]}}
"""
REWRITTEN = """# why
session:
  countdown_minutes: 3
  idle_minutes: 20
  source: SESS-01
client: {name: 'Lakeland Health Plan'}
"""


def release(path: Path) -> str:
    return load_contract(path).release


def test_comments_quotes_sources_and_the_order_of_keys_do_not_count(write: Write) -> None:
    plain = release(write("one", "session: {idle_minutes: 20, countdown_minutes: 3}\n"))
    assert release(write("two", REWRITTEN)) == plain


def test_the_split_over_files_does_not_count(write: Write) -> None:
    plain = release(write("one", "session: {idle_minutes: 20}\n"))
    write("base/times", "session: {idle_minutes: 20}\n", extends="")
    assert release(write("two", extends="extends: [base/whole, base/times]\n")) == plain


def test_a_default_written_out_does_not_count(write: Write) -> None:
    plain = release(write("one"))
    assert release(write("two", "client: {medicaid: false}\n")) == plain


def test_every_value_counts(write: Write) -> None:
    plain = release(write("one"))
    assert release(write("two", "session: {idle_minutes: 16}\n")) != plain
    assert release(write("three", "questionnaires: {dme: {required: false}}\n")) != plain


def test_the_order_of_lists_and_of_an_authors_own_keys_counts(write: Write) -> None:
    plain = release(write("one", "sign_in: {reset: [email_link, factor]}\n" + SERVICES.format("one", "two")))
    assert release(write("two", "sign_in: {reset: [email_link, factor]}\n" + SERVICES.format("two", "one"))) != plain


def test_what_is_remembered_gives_the_same_name(write: Write) -> None:
    contract = load_contract(write("one")).contract
    memory: dict[int, tuple[object, str]] = {}
    assert release_of(contract, memory) == release_of(contract, memory) == release_of(contract)


def test_values_of_each_kind_are_told_apart() -> None:
    write = _Writer({}).write
    values = [1, "1", True, "true", None, "null", Decimal(1), date(2026, 1, 1), "2026-01-01", time(8), (), ("",)]
    texts = [write(value) for value in values]
    assert len(set(texts)) == len(values)
    assert write(Decimal("1.50")) == write(Decimal("1.5"))


def test_what_is_no_contract_value_has_no_name() -> None:
    with pytest.raises(TypeError):
        _Writer({}).write(object())
