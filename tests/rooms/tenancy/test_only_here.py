"""Proof 8: engines, Sessions and raw SQL are made in ``tenancy/`` and ``app/storage/`` only, by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.places import ROOT

MAKERS = {"create_engine", "sessionmaker", "scoped_session", "engine_from_config", "create_async_engine", "QueuePool"}
SESSIONS = {"Session", "TenantSession", "ControlSession", "BoundSession", "TenantDatabase", "ControlDatabase"}
RAW = {"text", "exec_driver_sql", "raw_connection", "driver_connection", "get_raw_connection", "execution_options"}
DRIVERS = {"psycopg", "psycopg2", "asyncpg"}
NAMES_OF_ERRORS = {"psycopg.errors"}
HARMLESS = {"populate_existing", "yield_per", "synchronize_session"}


def sources() -> list[Path]:
    """The application's modules outside storage."""
    return [path for path in (ROOT / "app").rglob("*.py") if "storage" not in path.relative_to(ROOT / "app").parts[:1]]


def faults_in(source: str) -> Iterator[str]:
    """Everything in the source that only ``tenancy`` and ``app.storage`` may do."""
    tree = ast.parse(source)
    from_sqlalchemy = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node)
        elif isinstance(node, ast.Call):
            yield from _calls(node, from_sqlalchemy)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for name in names:
        if name.split(".")[0] in DRIVERS and name not in NAMES_OF_ERRORS:
            yield f"line {node.lineno} imports the driver {name}"


def _calls(node: ast.Call, from_sqlalchemy: dict[str, str]) -> Iterator[str]:
    called = node.func
    if isinstance(called, ast.Name):
        name = from_sqlalchemy.get(called.id, called.id)
        if name in MAKERS | SESSIONS or (called.id in from_sqlalchemy and name in RAW and not _in_ddl(node)):
            yield f"line {node.lineno} calls {name}"
    elif isinstance(called, ast.Attribute) and called.attr in (MAKERS | SESSIONS | RAW) - {"text", "Session"}:
        words = {word.arg for word in node.keywords} or {None}
        yield from [f"line {node.lineno} calls {called.attr}"] * bool(words - HARMLESS)


def _in_ddl(node: ast.Call) -> bool:
    """A constant text that names a column or an index condition in a model, no statement."""
    if all(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "one_of" for one in node.args):
        return True
    words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return bool(words) and not any(
        str(word).lstrip(" (").split(" ")[0].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SET", "CALL"}
        for word in words
    )


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_it_makes_no_engine_session_or_raw_sql(path: Path) -> None:
    assert list(faults_in(path.read_text())) == []


@pytest.mark.parametrize(
    "mistake",
    [
        "from sqlalchemy import create_engine\ncreate_engine('postgresql://')",
        "import sqlalchemy as sa\nsa.create_engine('postgresql://')",
        "from sqlalchemy.orm import Session as S\nS(engine)",
        "from sqlalchemy import text\nsession.execute(text('SELECT 1'))",
        "from sqlalchemy import text as t\nsession.execute(t(words))",
        "session.connection().exec_driver_sql('SELECT 1')",
        "engine.raw_connection()",
        "session.connection().execution_options(charter_binding=other)",
        "session.connection().execution_options(**options)",
        "import psycopg",
        "from psycopg import sql",
        "from tenancy.scope import TenantDatabase\nTenantDatabase(dsn)",
    ],
)
def test_the_check_sees(mistake: str) -> None:
    assert list(faults_in(mistake))
