"""What a fault of the database tells: its code and the names of tables and rules, never what a row holds (S13)."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.storage.db import Databases
from tests.databases import contract_slugs

SLUG = contract_slugs()[0]
CANARY = "Fernwood-canary-1977"

FAULTS: dict[str, tuple[str, Callable[[], dict[str, object]]]] = {
    "a number that is none": ("SELECT CAST(:canary AS integer)", lambda: {"canary": CANARY}),
    "a statement that is wrong": ("SELECT nothing FROM nowhere WHERE a = :canary", lambda: {"canary": CANARY}),
    "a row that is there already": (
        (
            "INSERT INTO outbox (id, kind, payload, key, created_at, due_at, state, attempts) VALUES"
            " (:one, 'a', '{}', :canary, now(), now(), 'due', 0), (:two, 'a', '{}', :canary, now(), now(), 'due', 0)"
        ),
        lambda: {"one": uuid4(), "two": uuid4(), "canary": CANARY},
    ),
    "a value that is missing": (
        "INSERT INTO outbox (id, kind, key) VALUES (:one, NULL, :canary)",
        lambda: {"one": uuid4(), "canary": CANARY},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_no_value_of_a_row_is_in_the_words_of(name: str, databases: Databases) -> None:
    statement, parameters = FAULTS[name]
    with pytest.raises(DBAPIError) as told, databases.app.session(SLUG) as session:
        session.execute(text(statement), parameters())
    assert CANARY not in "".join(traceback.format_exception(told.value)) + repr(told.value) + repr(told.value.orig)


def test_the_rule_that_was_broken_is_named(databases: Databases) -> None:
    statement, parameters = FAULTS["a row that is there already"]
    with pytest.raises(DBAPIError, match="23505 outbox uq_outbox_key"), databases.app.session(SLUG) as session:
        session.execute(text(statement), parameters())
