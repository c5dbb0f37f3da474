"""Nothing grows past what one can read at a sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.places import ROOT

ROOMS = ("app", "tenancy", "launch", "bench")
MODULE_LINES = 400
FUNCTION_LINES = 40
VIEW_LINES = 20
PUBLIC_METHODS = 12


def modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def place(path: Path, line: int = 1) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_view_module(path: Path) -> bool:
    return path.name == "views.py" or path.name.endswith("_views.py")


def is_routed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
    return any(isinstance(call, ast.Attribute) and call.attr in {"route", "get", "post"} for call in calls)


def test_no_module_is_longer_than_400_lines() -> None:
    long = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{place(path, node.lineno)} {node.name}": lines_of(node)
        for path in modules()
        for node in functions(path)
        if lines_of(node) > FUNCTION_LINES
    }
    assert long == {}


def test_no_view_is_longer_than_20_lines() -> None:
    long = {
        f"{place(path, node.lineno)} {node.name}": lines_of(node)
        for path in modules()
        if is_view_module(path)
        for node in functions(path)
        if is_routed(node) and lines_of(node) > VIEW_LINES
    }
    assert long == {}


def test_no_class_has_more_than_12_public_methods() -> None:
    wide = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                public = [one for one in node.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
                if len(public) > PUBLIC_METHODS:
                    wide[f"{place(path, node.lineno)} {node.name}"] = len(public)
    assert wide == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        place(path)
        for path in modules()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("banned", ["common", "utils", "helpers", "misc", "core", "manager"])
def test_no_module_has_a_name_that_says_nothing(banned: str) -> None:
    assert [place(path) for path in modules() if banned in {path.stem, path.parent.name}] == []


def test_it_measures_what_it_claims(tmp_path: Path) -> None:
    source = tmp_path / "views.py"
    source.write_text("@blueprint.get('/')\ndef home():\n" + "    x = 1\n" * 25)
    (view,) = functions(source)
    assert is_routed(view)
    assert lines_of(view) == 26
    assert is_view_module(source)
