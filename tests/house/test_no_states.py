"""No state in code: what differs between states is in its contract."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from launch.places import ROOT
from tenancy.loader import load_directory

KINDS = {".py", ".html", ".txt", ".css", ".js", ".svg", ".sql", ".json", ".csv"}
_EVERY_STATE = (  # noqa: SIM905 - a paragraph is read more easily than fifty strings
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois "
    "indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri "
    "montana nebraska nevada new.hampshire new.jersey new.mexico new.york north.carolina north.dakota ohio oklahoma "
    "oregon pennsylvania rhode.island south.carolina south.dakota tennessee texas utah vermont virginia west.virginia "
    "wisconsin wyoming"
).split()
_ALSO_A_NAME = {"georgia", "virginia"}  # of people


def names_of_contracts() -> set[str]:
    """Slugs and subdomains of every contract in the checkout, and what each calls itself."""
    found = {path.stem for path in (ROOT / "contracts").glob("*.yaml")}
    for loaded in load_directory(ROOT / "contracts").good.values():
        identity = loaded.contract.identity
        found |= {identity.subdomain, identity.code, identity.display, identity.title}
    return {name for name in found if len(name) > 3}


def pattern_of(names: set[str]) -> re.Pattern[str]:
    """Any of the names as a word of its own, whatever stands between its parts."""
    loose = sorted({re.sub(r"[^a-z0-9]+", "[^a-z0-9]?", name.lower()) for name in names}, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(loose)})(?![a-z])", re.IGNORECASE)


def places_in(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in KINDS or "vendor" in path.parts or "data" in path.parts or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.name}:{number}: {line.strip()[:80]}")
    return found


@pytest.mark.parametrize("room", ["app", "tenancy", "migrations"])
def test_no_contract_is_named_in_code(room: str) -> None:
    assert places_in(ROOT / room, pattern_of(names_of_contracts())) == []


@pytest.mark.parametrize("room", ["app", "tenancy"])
def test_no_state_at_all_is_named_in_code(room: str) -> None:
    states = {name for name in _EVERY_STATE if name not in _ALSO_A_NAME}
    assert places_in(ROOT / room, pattern_of(states)) == []


def test_it_would_notice(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("if tenant.slug == 'west_virginia':\n    pass\n")
    (tmp_path / "page.html").write_text("<p>Health First Colorado</p>\n")
    found = places_in(tmp_path, pattern_of(names_of_contracts() | {"West Virginia", "colorado"}))
    assert [line.partition(":")[0] for line in found] == ["page.html", "rule.py"]
