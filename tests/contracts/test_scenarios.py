from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from app.console.scenarios import run_scenarios
from launch.places import ROOT
from tenancy.contract.declare import Span
from tenancy.faults import ContractError
from tenancy.loader import ContractShelf
from tenancy.scenarios import read_scenarios
from tenancy.vocabulary import SpanUnit
from tests.databases import contract_slugs

FOLDER = ROOT / "contracts"


@pytest.mark.parametrize("slug", contract_slugs())
def test_every_rule_of_a_contract_is_shown_at_work_and_answers_as_expected(shelf: ContractShelf, slug: str) -> None:
    outcomes = run_scenarios(shelf.good[slug].contract, read_scenarios(FOLDER, slug))
    assert [f"{one.scenario} {one.what}: {one.found}" for one in outcomes.failures] == []
    assert outcomes.uncovered == ()


def test_a_failure_shows_the_rules_that_decided(shelf: ContractShelf) -> None:
    contract = shelf.good["mississippi"].contract
    clocks = {
        name: replace(rule, length=Span(amount=2, unit=SpanUnit.CALENDAR_DAYS))
        for name, rule in contract.clocks.items()
    }
    changed = replace(contract, clocks=MappingProxyType(clocks))
    outcomes = run_scenarios(changed, read_scenarios(FOLDER, "mississippi"))
    failure = next(one for one in outcomes.failures if one.what == "due")
    assert failure.expected != failure.found
    assert any("holds: " in line for line in failure.trace)
    gone = replace(contract, clocks=MappingProxyType({}))
    lost = run_scenarios(gone, read_scenarios(FOLDER, "mississippi")).failures
    assert any("the contract has no such rule" in line for one in lost for line in one.trace)


def test_a_contract_without_scenarios_has_none(tmp_path: Path) -> None:
    assert read_scenarios(tmp_path, "nowhere") == {}


@pytest.mark.parametrize("text", ["", "a: [", "scenarios: {x: {title: 5}}", "other: {}", "- a"])
def test_a_wrong_file_of_scenarios_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "made_up.yaml").write_text(text)
    with pytest.raises(ContractError) as refused:
        read_scenarios(tmp_path, "made_up")
    assert refused.value.faults
