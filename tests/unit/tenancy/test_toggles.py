from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenancy.asking import ask, compared, side_by_side, split, who_speaks_of
from tenancy.keeping import kept
from tenancy.loader import load_contract
from tenancy.toggles import (
    ToggleChange,
    ToggleRefused,
    flips_at,
    local_instant,
    next_instant,
    problems_of_switch,
    standing,
    switched,
)
from tenancy.vocabulary import ActionKind, Feature, Navigation
from tests.builders import CONTRACTS, shipped

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def change(number: int = 1, **keys: Any) -> ToggleChange:
    given = {"feature": Feature.COPY, "is_on": False, "starts_at": NOW, "made_at": NOW, **keys}
    return ToggleChange(number=number, slug="made_up", author="Mae", reason="A trial", **given)


def test_the_latest_change_of_a_function_counts() -> None:
    assert flips_at((change(1), change(2, is_on=True)), NOW) == {Feature.COPY: True}
    assert flips_at((change(2, is_on=True), change(1)), NOW) == {Feature.COPY: True}


def test_a_change_runs_from_its_start_until_just_before_its_end() -> None:
    one = change(ends_at=NOW + HOUR)
    assert [one.runs_at(NOW + minutes * HOUR / 2) for minutes in (-1, 0, 1, 2)] == [False, True, True, False]
    assert next_instant((one,), NOW - HOUR) == NOW
    assert next_instant((one,), NOW) == NOW + HOUR
    assert next_instant((one,), NOW + HOUR) is None


def test_an_undo_brings_back_what_was_before_and_can_itself_be_undone() -> None:
    first, second = change(1, is_on=True), change(2)
    back = change(3, is_on=True, undoes=2)
    assert standing((first, second, back)) == (first,)
    assert standing((first, second, back, change(4, undoes=3))) == (first, second)


def test_a_growing_share_keeps_the_groups_it_had() -> None:
    groups = [uuid4() for _ in range(400)]
    in_share = {share: {one for one in groups if change(share=share).applies_to(one)} for share in (1, 20, 60, 99)}
    assert in_share[1] <= in_share[20] <= in_share[60] <= in_share[99]
    assert 40 <= len(in_share[20]) <= 130
    assert not change(share=50).applies_to(None)


def test_named_groups_are_meant_and_no_others() -> None:
    ours = UUID(int=7)
    one = change(groups=frozenset({ours}))
    assert [one.applies_to(who) for who in (ours, uuid4(), None)] == [True, False, False]
    assert not one.is_for_everybody
    assert change().is_for_everybody


def test_what_makes_no_sense_without_the_function_goes_with_it() -> None:
    contract = switched(shipped(), {Feature.COPY: False, Feature.PREFERENCES: False})
    assert ActionKind.COPY not in contract.actions.kinds
    assert Navigation.PREFERENCES not in [item.place for item in contract.layout.navigation]
    assert problems_of_switch(shipped(), {Feature.COPY: False, Feature.PREFERENCES: False}) == ()


def test_an_old_case_keeps_its_rules_and_loses_the_actions_of_functions_that_are_off() -> None:
    loaded = load_contract(CONTRACTS / "mississippi.yaml")
    assert kept(loaded, loaded) is loaded
    off = switched(loaded.contract, {Feature.COPY: False})
    present = replace(loaded, contract=replace(off, rights=MappingProxyType({})), release="1" * 64)
    own = kept(present, loaded)
    assert (own.release, own.contract.rights) == (loaded.release, loaded.contract.rights)
    assert (own.contract.features, own.contract.actions.kinds) == (off.features, off.actions.kinds)


def test_a_switch_that_changes_nothing_leaves_the_contract_itself() -> None:
    contract = shipped()
    assert switched(contract, {}) is contract
    assert switched(contract, {Feature.COPY: contract.features[Feature.COPY]}) is contract


def test_a_switch_against_a_rule_of_the_contract_names_the_rule() -> None:
    contract = shipped("colorado")
    codes = {problem.code for problem in problems_of_switch(contract, {Feature.QUESTIONNAIRES: False})}
    assert "QUESTION-OFF" in codes
    problem = problems_of_switch(contract, {Feature.QUESTIONNAIRES: False})[0]
    assert problem.code in str(ToggleRefused("No.", (problem,)))


def test_an_instant_is_typed_in_the_contracts_zone() -> None:
    contract = shipped("colorado")
    assert local_instant(contract, "2026-11-30T06:00").astimezone(UTC) == datetime(2026, 11, 30, 13, tzinfo=UTC)
    assert local_instant(contract, "2026-11-30T06:00+00:00") == datetime(2026, 11, 30, 6, tzinfo=UTC)
    with pytest.raises(ToggleRefused, match="there is no 02:30"):
        local_instant(contract, "2027-03-14T02:30")
    with pytest.raises(ToggleRefused, match="Write the instant"):
        local_instant(contract, "Monday")


def test_a_search_over_contracts_says_who_speaks_of_it_and_where() -> None:
    both = {"colorado": shipped("colorado"), "mississippi": shipped()}
    found = ask(both, "Reconsideration WINDOW")
    assert ("mississippi", "rights.reconsideration.window") in {(one.slug, one.path) for one in found}
    assert ask(both, "  ") == ()
    assert who_speaks_of(both, "no such words anywhere") == {"colorado": 0, "mississippi": 0}
    assert who_speaks_of(both, "fax")["colorado"] > 0
    found = ask(both, "peer-to-peer window")
    assert {one.path.rpartition(".")[0] for one in found} == {"rights.peer_to_peer"}
    assert ("mississippi", "1 business day") in {(one.slug, one.value) for one in found}
    assert split("Sign-in › lockout attempts") == ("Sign-in", "lockout attempts")
    assert split("Sign-in") == ("", "Sign-in")


def test_contracts_stand_side_by_side() -> None:
    both = {"colorado": shipped("colorado"), "mississippi": shipped()}
    rows = {row.path: row for row in side_by_side(both, "rights.reconsideration")}
    assert rows["rights.reconsideration.window"].values == {"colorado": "nothing", "mississippi": "30 calendar days"}
    assert not rows["rights.reconsideration.window"].is_same
    assert any(row.values["mississippi"] == "" for row in side_by_side(both, "rights.fair_hearing"))
    assert side_by_side(both, "identity.state")[0].path == "identity.state"
    assert len(compared(both["colorado"], both["mississippi"])) > 10
