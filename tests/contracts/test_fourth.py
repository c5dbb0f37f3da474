"""A fourth, invented state: written in YAML alone, unlike the shipped ones in every part, and whole."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from app.console.scenarios import run_scenarios
from app.guides.faq import answers
from app.guides.writing import write_guide
from launch.places import ROOT
from tenancy.contract import Contract
from tenancy.loader import read_directory
from tenancy.release import canonical_value
from tenancy.scenarios import read_scenarios
from tests.databases import contract_slugs
from tests.fourth import FILES, SLUG, folder_with_fourth


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_with_fourth(tmp_path_factory.mktemp("fourth"))


def test_it_is_without_fault_and_unlike_the_others_in_every_part(folder: Path) -> None:
    found = {one.slug: one for one in read_directory(folder)}
    fourth = found[SLUG]
    assert fourth.faults == ()
    assert fourth.loaded is not None
    same = []
    for slug in contract_slugs():
        other = found[slug].loaded
        assert other is not None
        same += [
            f"{part.name} is that of {slug}"
            for part in fields(Contract)
            if canonical_value(getattr(fourth.loaded.contract, part.name), {})
            == canonical_value(getattr(other.contract, part.name), {})
        ]
    assert same == []


def test_its_scenarios_show_every_rule_at_work(folder: Path) -> None:
    loaded = next(one.loaded for one in read_directory(folder) if one.slug == SLUG)
    assert loaded is not None
    outcomes = run_scenarios(loaded.contract, read_scenarios(folder, SLUG))
    assert [f"{one.scenario} {one.what}: {one.found}" for one in outcomes.failures] == []
    assert outcomes.uncovered == ()


def test_its_handbook_speaks_its_own_words(folder: Path) -> None:
    loaded = next(one.loaded for one in read_directory(folder) if one.slug == SLUG)
    assert loaded is not None
    guide = write_guide(loaded, on=date(2026, 11, 23))
    assert guide.chapter("requests").title == "Making a referral"
    assert guide.chapter("members").title == "Finding a child"
    known = {fact.key: fact.words for fact in guide.facts()}
    assert known["rights.ombudsman.window"] == "45 business days from the decision"
    assert known["clocks.waiting"].startswith("1 month from receipt")
    assert answers(loaded.contract, guide)[0].question == "Does the school nurse need an account?"


def test_nothing_but_yaml_was_written_for_it() -> None:
    own = [path.relative_to(ROOT).as_posix() for path in FILES.rglob("*") if path.is_file()]
    assert sorted(own) == [
        "tests/contracts/fourth/franklin.yaml",
        "tests/contracts/fourth/scenarios/franklin.yaml",
    ]
