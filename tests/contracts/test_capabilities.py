"""The table of what a contract can express names only what there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from launch.places import ROOT
from tenancy.contract import Contract
from tenancy.reflection import Hint, hints_of, taken_apart, yaml_name
from tenancy.rules import RULES

PAGE = (ROOT / "docs" / "contracts" / "capabilities.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| \d+ \|.*$", PAGE, re.MULTILINE)]
BROKEN = ROOT / "tests" / "contracts" / "broken"


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def stands(path: str) -> bool:
    """Whether the classes of a contract hold this key."""
    cls: Any = Contract
    for step in path.replace("[]", ".*").split("."):
        if step != "*":
            names = {yaml_name(item): item.name for item in cls.__dataclass_fields__.values()}
            if step not in names:
                return False
            hint: Hint = hints_of(cls)[names[step]]
        else:
            hint = taken_apart(hint.arguments[1 if hint.bare is Mapping else 0])
        cls = hint.bare
    return True


def test_all_twenty_one_are_there() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 22))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_every_key_code_sample_place_and_test_of_the_table_exists(row: list[str]) -> None:
    _, _, keys, codes, sample, place, test = row
    assert [key for key in quoted(keys) if not stands(key)] == []
    assert [code for code in quoted(codes) if code not in RULES] == []
    assert [name for name in quoted(sample) if not (BROKEN / f"{name}.yaml").is_file()] == []
    report = (BROKEN / f"{quoted(sample)[0]}.txt").read_text(encoding="utf-8")
    assert report.split()[2] in quoted(codes)
    assert [path for path in quoted(place) + quoted(test) if not (ROOT / path).is_file()] == []
    assert quoted(test)


def keys_of(cls: Any, seen: set[Any]) -> set[str]:
    """The Python names of every key below a class of a contract."""
    if cls in seen or not hasattr(cls, "__dataclass_fields__"):
        return set()
    seen.add(cls)
    names = set(cls.__dataclass_fields__)
    for hint in hints_of(cls).values():
        for inner in (hint, *(taken_apart(one) for one in hint.arguments)):
            names |= keys_of(inner.bare, seen)
            names |= {name for one in inner.arguments for name in keys_of(taken_apart(one).bare, seen)}
    return names


def test_no_key_of_the_language_lies_idle() -> None:
    """Something beyond reading the file asks for each: the portal, a check that refuses, or publishing."""
    folders = (ROOT / "app", ROOT / "tenancy" / "checks")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html", ".typ"}]
    files += [ROOT / "tenancy" / "publication.py"]
    asked = set(re.findall(r"\.(\w+)", "\n".join(path.read_text(encoding="utf-8") for path in files)))
    keys = keys_of(Contract, set())
    assert len(keys) > 250
    assert sorted(keys - asked) == []
