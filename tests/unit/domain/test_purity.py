"""The ground floor stands alone: it loads without the web, the database, YAML or the file checker."""

import importlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import app.domain

HOUSE = Path(app.domain.__file__).parent
MODULES = sorted(
    "app.domain." + ".".join(path.relative_to(HOUSE).with_suffix("").parts)
    for path in HOUSE.rglob("*.py")
    if path.name != "__init__.py"
)
BARRED = {
    "flask",
    "werkzeug",
    "jinja2",
    "sqlalchemy",
    "psycopg",
    "marshmallow",
    "yaml",
    "redis",
    "rq",
    "tenancy.loader",
}


def test_the_whole_ground_floor_loads_without_web_database_or_yaml() -> None:
    script = f"import sys, importlib; [importlib.import_module(m) for m in {MODULES}]; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=HOUSE.parent.parent
    )
    assert BARRED.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("name", ["flask", "sqlalchemy", "psycopg", "app.storage"])
def test_a_rule_test_that_imports_the_upper_floors_raises(name: str) -> None:
    with pytest.raises(ImportError):
        importlib.import_module(name)


def test_a_rule_test_that_opens_a_connection_raises() -> None:
    with pytest.raises(AssertionError, match="reached for the wire"), socket.socket() as wire:
        wire.connect(("127.0.0.1", 5432))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_reads_a_clock(name: str) -> None:
    text = Path(importlib.import_module(name).__file__ or "").read_text()
    for reading in ("datetime.now", "utcnow", "date.today", "time.time", "monotonic"):
        assert reading not in text
