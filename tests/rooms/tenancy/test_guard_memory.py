"""The guard remembers statements that passed; one too many to remember is checked each time."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.storage.db import Databases
from tests.databases import contract_slugs


def test_a_statement_passes_although_no_more_are_remembered(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenancy.scope._MOST_PASSED", 0)
    with databases.app.session(contract_slugs()[0]) as session:
        assert session.scalar(text("SELECT 41 + 1 AS never_seen_before")) == 42
