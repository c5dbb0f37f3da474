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
def test_every_key_code_sample_and_place_of_the_table_exists(row: list[str]) -> None:
    _, _, keys, codes, sample, place, _ = row
    assert [key for key in quoted(keys) if not stands(key)] == []
    assert [code for code in quoted(codes) if code not in RULES] == []
    assert [name for name in quoted(sample) if not (BROKEN / f"{name}.yaml").is_file()] == []
    report = (BROKEN / f"{quoted(sample)[0]}.txt").read_text(encoding="utf-8")
    assert report.split()[2] in quoted(codes)
    assert [path for path in quoted(place) if not (ROOT / path).is_file()] == []
