"""Actions that are chosen from a list need the list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tenancy.checks.aftercare import lists_of_actions
from tenancy.contract import Contract
from tenancy.loader import load_contract

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def colorado() -> Contract:
    return load_contract(ROOT / "contracts" / "colorado.yaml").contract


def test_a_talk_without_time_zones_and_a_discharge_to_nowhere_are_told(colorado: Contract) -> None:
    bare = replace(colorado, catalogue=replace(colorado.catalogue, lists={}))
    found = {problem.path[-1]: problem.code for problem in lists_of_actions(bare)}
    assert found == {"discharge": "LIST-WANTED", "peer_to_peer": "LIST-WANTED"}


def test_a_contract_with_its_lists_is_fine(colorado: Contract) -> None:
    assert list(lists_of_actions(colorado)) == []
