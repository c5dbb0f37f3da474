"""The audit trail: written with the act, linked, and any tampering is named."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.access import SYSTEM
from app.storage import audit
from app.storage.db import Databases
from app.storage.transaction import tenant_transaction
from tenancy.isolation import schema_of
from tenancy.scope import TenantSession
from tests.databases import Clone, contract_slugs

NOW = datetime(2026, 11, 22, 15, 30, 12, 345678, tzinfo=UTC)
SLUG = contract_slugs()[0]


def tell(session: TenantSession, *, action: str = "case:read") -> None:
    audit.record(
        session, actor=SYSTEM, action=action, object_type="case", object_id=uuid.uuid4(), detail={"é": "ü"}, now=NOW
    )


def tell_many(databases: Databases, transactions: int, events: int = 1) -> None:
    for _ in range(transactions):
        with tenant_transaction(databases.app, SLUG) as session:
            for _ in range(events):
                tell(session)


def broken(databases: Databases) -> tuple[audit.BrokenLink, ...]:
    with databases.app.session(SLUG) as session:
        return audit.verify(session)


def count(databases: Databases) -> int:
    with databases.app.session(SLUG) as session:
        return int(session.execute(text("SELECT count(*) FROM audit_event")).scalar_one())


@pytest.fixture
def tamper(clone: Clone) -> Iterator[Callable[[str], int]]:
    """Runs a statement as the superuser in the tenant's schema; how many rows it met."""
    with psycopg.connect(clone.dsns.superuser, autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{schema_of(SLUG)}"'.encode())
        yield lambda statement: connection.execute(statement.encode()).rowcount


def test_it_is_written_with_the_commit(databases: Databases) -> None:
    tell_many(databases, 1, events=3)
    assert count(databases) == 3
    assert broken(databases) == ()


def test_it_vanishes_with_the_rollback(databases: Databases) -> None:
    with databases.app.session(SLUG) as session:
        tell(session)
        session.rollback()
        session.commit()
    assert count(databases) == 0


def test_it_vanishes_with_the_savepoint_it_was_told_in_and_only_with_that(databases: Databases) -> None:
    with databases.app.session(SLUG) as session:
        tell(session, action="case:kept")
        with pytest.raises(RuntimeError), session.begin_nested():
            tell(session, action="case:lost")
            with session.begin_nested():
                tell(session, action="case:lost")
            raise RuntimeError
        with session.begin_nested():
            tell(session, action="case:kept")
        session.commit()
    with databases.app.session(SLUG) as session:
        assert set(session.scalars(text("SELECT action FROM audit_event"))) == {"case:kept"}
    assert count(databases) == 2


def test_two_commits_of_one_session_write_each_event_once(databases: Databases) -> None:
    with databases.app.session(SLUG) as session:
        tell(session)
        session.commit()
        tell(session)
        session.commit()
    assert count(databases) == 2
    assert broken(databases) == ()


def test_a_naive_instant_and_content_in_the_detail_are_refused(databases: Databases) -> None:
    with databases.app.session(SLUG) as session:
        with pytest.raises(ValueError, match="aware"):
            audit.record(
                session, actor=SYSTEM, action="a", object_type="b", object_id=None, now=NOW.replace(tzinfo=None)
            )
        with pytest.raises(ValueError, match="names and ids"):
            audit.record(
                session, actor=SYSTEM, action="a", object_type="b", object_id=None, detail={"a": "b" * 2000}, now=NOW
            )


def test_many_writers_at_once_never_break_the_chain(databases: Databases) -> None:
    writers = [threading.Thread(target=tell_many, args=(databases, 25, 2)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert count(databases) == 300
    assert broken(databases) == ()
    with databases.app.session(SLUG) as session:
        assert sum(head.position for head in audit.heads(session)) == 300


def test_writers_that_find_every_lane_taken_wait_their_turn(databases: Databases, clone: Clone) -> None:
    tell_many(databases, 1)
    with psycopg.connect(clone.dsns.superuser) as holder:
        holder.execute(f'SELECT * FROM "{schema_of(SLUG)}".audit_head FOR UPDATE'.encode())
        writer = threading.Thread(target=tell_many, args=(databases, 1))
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
        holder.rollback()
        writer.join(10)
    assert count(databases) == 2
    assert broken(databases) == ()


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_tenants_role_cannot_change_or_remove_an_event(databases: Databases, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), databases.app.session(SLUG) as session:
        session.execute(text(statement))


EDITS = {
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "actor_kind": "'staff'",
    "actor_id": "gen_random_uuid()",
    "actor_name": "'Somebody else'",
    "action": "action || '.'",
    "object_type": "'member'",
    "object_id": "gen_random_uuid()::text",
    "result": "'refused'",
    "detail": "'{}'",
    "id": "gen_random_uuid()",
    "hash": "repeat('0', 64)",
    "previous_hash": "repeat('f', 64)",
}


@pytest.mark.parametrize("column", EDITS)
def test_an_edit_of_any_column_is_found_where_it_was_made(
    databases: Databases, tamper: Callable[[str], int], column: str
) -> None:
    tell_many(databases, 1, events=5)
    assert tamper(f"UPDATE audit_event SET {column} = {EDITS[column]} WHERE position = 3") == 1
    assert (0, 3, "edited") in [(link.lane, link.position, link.reason) for link in broken(databases)]


def test_an_edit_with_its_hash_made_anew_is_found_at_the_event_behind_it(
    databases: Databases, clone: Clone, tamper: Callable[[str], int]
) -> None:
    tell_many(databases, 1, events=5)
    tamper("UPDATE audit_event SET action = 'case:other' WHERE position = 3")
    with databases.app.session(SLUG) as session:
        row = dict(session.execute(text("SELECT * FROM audit_event WHERE position = 3")).mappings().one())
    tamper(f"UPDATE audit_event SET hash = '{audit.link_hash(row)}' WHERE position = 3")
    assert [(link.position, link.reason) for link in broken(databases)] == [(4, "not linked to the event before it")]


@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_removed_event_is_found_also_at_the_ends(
    databases: Databases, tamper: Callable[[str], int], position: int
) -> None:
    tell_many(databases, 1, events=5)
    assert tamper(f"DELETE FROM audit_event WHERE position = {position}") == 1
    assert audit.BrokenLink(0, position, "removed") in broken(databases)


def test_an_event_slipped_in_behind_the_head_is_found(databases: Databases, tamper: Callable[[str], int]) -> None:
    tell_many(databases, 1, events=2)
    tamper(
        "INSERT INTO audit_event SELECT gen_random_uuid(), lane, 3, occurred_at, actor_kind, actor_id, actor_name,"
        " action, object_type, object_id, result, detail, hash, hash FROM audit_event WHERE position = 2"
    )
    assert {link.position for link in broken(databases)} == {3}


def test_a_whole_lane_removed_with_its_head_is_seen_in_heads_kept_elsewhere(
    databases: Databases, tamper: Callable[[str], int]
) -> None:
    tell_many(databases, 1, events=2)
    with databases.app.session(SLUG) as session:
        kept = audit.heads(session)
    tamper("DELETE FROM audit_event")
    tamper("UPDATE audit_head SET position = 0, hash = repeat('0', 64)")
    assert broken(databases) == ()
    with databases.app.session(SLUG) as session:
        assert audit.heads(session) != kept


def test_each_of_a_thousand_random_rows_tampered_with_is_named(
    databases: Databases, tamper: Callable[[str], int]
) -> None:
    tell_many(databases, 12, events=100)
    chance = random.Random(20261122)
    chosen = sorted(chance.sample(range(1, 1201), 1000))
    edited, removed = chosen[::2], chosen[1::2]
    places = ", ".join(map(str, edited))
    assert tamper(f"UPDATE audit_event SET result = 'refused' WHERE position IN ({places})") == 500
    assert tamper(f"DELETE FROM audit_event WHERE position IN ({', '.join(map(str, removed))})") == 500
    links = broken(databases)
    assert {link.position for link in links if link.reason == "edited"} == set(edited)
    assert {link.position for link in links if link.reason == "removed"} == set(removed)
