"""Who may import whom, beyond what import-linter's contracts say of whole rooms."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from launch.places import ROOT

MAIL_SERVER = "aiosmtpd"  # the mail sink runs inside the environment


def imported(path: Path) -> set[str]:
    """The names of all modules a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder that is none would be invisible to the contracts on rooms."""
    folders = {path.parent for room in ("app", "tenancy", "launch") for path in (ROOT / room).rglob("*.py")}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_the_launcher_needs_nothing_but_python() -> None:
    allowed = sys.stdlib_module_names | {"launch"}
    strangers = {
        f"{path.name}: {name}"
        for path in [ROOT / "run", *(ROOT / "launch").glob("*.py")]
        for name in imported(path)
        if name.partition(".")[0] not in allowed
        and not (path.name == "mailsink.py" and name.partition(".")[0] == MAIL_SERVER)
    }
    assert strangers == set()


def test_only_the_edges_read_the_environment() -> None:
    """Settings come in through ``Settings.from_env``; a rule that reads a variable cannot be tried by a test."""
    edges = {"app/wsgi.py", "app/worker.py", "app/cli.py", "tenancy/handover.py"}  # the last hands it to pg_dump
    readers = set()
    for room in ("app", "tenancy"):
        for path in (ROOT / room).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            is_edge = name in edges or name.endswith("commands.py")
            if not is_edge and {"os.environ", "os.getenv"} & (imported(path) | attributes(path)):
                readers.add(name)
    assert readers == set()


def attributes(path: Path) -> set[str]:
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def test_every_room_of_the_house_is_named_in_the_contracts() -> None:
    """A room the contracts do not know could import anything."""
    rules = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert sorted(room for room in rooms if f'"(app.{room})"' not in rules) == []


def test_no_module_of_a_room_meets_both_the_web_and_the_database() -> None:
    """Views and what they show know the web; services and queries know the database; nothing knows both."""
    both = set()
    for path in (ROOT / "app").glob("*/**/*.py"):
        if path.relative_to(ROOT / "app").parts[0] in {"web", "storage"}:
            continue
        tops = {name.partition(".")[0] for name in imported(path)}
        if tops & {"flask", "werkzeug", "flask_login"} and tops & {"sqlalchemy", "psycopg"}:
            both.add(path.relative_to(ROOT).as_posix())
    assert both == set()
