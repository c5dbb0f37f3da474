"""The clone that tests share is clean when the next test begins."""

from __future__ import annotations

import psycopg

from tests.databases import Clone


def count(clone: Clone, table: str) -> int:
    with psycopg.connect(clone.dsns.superuser) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])


def test_it_removes_rows_a_test_committed(clone: Clone) -> None:
    with psycopg.connect(clone.dsns.superuser) as connection:
        connection.execute("INSERT INTO control.case_number_day (day, last) VALUES ('2026-01-02', 5)")
    clone.sweep()
    assert count(clone, "control.case_number_day") == 0


def test_it_brings_back_rows_a_test_removed(clone: Clone) -> None:
    before = count(clone, "control.tenant")
    with psycopg.connect(clone.dsns.superuser) as connection:
        connection.execute("DELETE FROM control.tenant")
    clone.sweep()
    assert before > 0
    assert count(clone, "control.tenant") == before


def test_it_lets_each_login_connect(clone: Clone) -> None:
    for dsn in (clone.dsns.app, clone.dsns.control, clone.dsns.migrate):
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
