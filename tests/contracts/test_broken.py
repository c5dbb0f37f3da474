"""Every rule of the check has a small broken contract and the exact report it must bring."""

import ast
from datetime import date
from pathlib import Path

import pytest

from tenancy.extends import Library
from tenancy.loader import load_contract, read_contract
from tenancy.rules import RULES

BROKEN = Path(__file__).parent / "broken"
SAMPLES = sorted(BROKEN.glob("*.yaml"))
LIBRARY = Library(BROKEN.resolve())
TODAY = date(2026, 11, 2)
SHOWN_ELSEWHERE = {"FAULTS-MANY", "FILE-SIZE", "FILE-UNREADABLE", "IDENTITY-TAKEN", "YAML-MANY"}
"""Rules whose sample cannot be one small file; tests/unit/tenancy shows them."""


def report(path: Path) -> str:
    return "".join(f"{fault}\n" for fault in read_contract(path, LIBRARY, today=TODAY).faults)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_contract_brings_exactly_its_report(path: Path) -> None:
    assert report(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_broken_contract_has_one_fault_only(path: Path) -> None:
    assert len(path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()) == 1


def test_the_contract_they_all_extend_is_whole() -> None:
    whole = load_contract(BROKEN / "base" / "whole.yaml", root=BROKEN)
    assert whole.warnings == ()


def test_every_report_has_its_sample() -> None:
    assert {path.stem for path in BROKEN.glob("*.txt")} == {path.stem for path in SAMPLES}


def test_there_are_at_least_sixty_samples() -> None:
    assert len(SAMPLES) >= 60


def test_every_rule_is_shown_by_a_sample() -> None:
    shown = {path.read_text(encoding="utf-8").split()[2] for path in BROKEN.glob("*.txt")}
    assert shown | SHOWN_ELSEWHERE == set(RULES)


def test_every_rule_of_the_code_is_explained_and_no_other() -> None:
    used: set[str] = set()
    for path in (Path(__file__).parents[2] / "tenancy").rglob("*.py"):
        if path.name != "rules.py":
            used |= {word for word in _texts(path) if word in RULES or _looks_like_a_code(word)}
    assert used == set(RULES)


def _texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _looks_like_a_code(word: str) -> bool:
    first, *rest = word.split("-")
    return bool(rest) and all(part.isascii() and part.isalpha() and part.isupper() for part in (first, *rest))
