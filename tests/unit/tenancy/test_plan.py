from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, FactTest, Not
from tenancy.contract.declare import Span
from tenancy.explain import Origin
from tenancy.faults import Fault
from tenancy.plan import Area, Change, ChangeKind, Reach, differences, new_warnings, with_sources
from tenancy.reflection import yaml_name
from tenancy.release import Memory, canonical_text, release_of
from tenancy.saying import condition_said, counted, listed, said
from tenancy.stored import StoredUnreadable, contract_of
from tenancy.vocabulary import Fact, Feature, Operator, SpanUnit
from tests.builders import shipped

SLUGS = ("mississippi", "colorado", "west_virginia")
ATOMS = (FactTest, AnswerTest, All, AnyOf, Not)


def applied(value: Any, changes: list[Change], depth: int = 0) -> Any:
    """What the listed changes make of the old contract: if this is the new one, nothing went unlisted."""
    here = [change for change in changes if len(change.path) == depth]
    value = here[0].after if here and here[0].kind is ChangeKind.CHANGED else value
    deeper = [change for change in changes if len(change.path) > depth]
    order = next((change.after for change in here if change.kind is ChangeKind.ORDER), None)
    if isinstance(value, Mapping):
        made = _mapping(value, deeper, depth)
        return MappingProxyType({name: made[name] for name in order} if order else made)
    if isinstance(value, tuple) and deeper:
        return tuple(_at(item, str(index), deeper, depth) for index, item in enumerate(value))
    if is_dataclass(value) and deeper:
        given_ = {item.name: _at(getattr(value, item.name), yaml_name(item), deeper, depth) for item in fields(value)}
        return replace(value, **given_)  # type: ignore[type-var]
    return value


def _at(value: Any, step: str, changes: list[Change], depth: int) -> Any:
    return applied(value, [change for change in changes if change.path[depth] == step], depth + 1)


def _mapping(value: Mapping[Any, Any], changes: list[Change], depth: int) -> dict[Any, Any]:
    last = {change.path[depth]: change for change in changes if len(change.path) == depth + 1}
    kind = type(next(iter(value))) if value else str
    made: dict[Any, Any] = {}
    for name, item in value.items():
        step = name.isoformat() if isinstance(name, date) else str(name)
        if step in last and last[step].kind is ChangeKind.REMOVED:
            continue
        made[name] = _at(item, step, changes, depth)
    for step, change in last.items():
        if change.kind is ChangeKind.ADDED:
            made[date.fromisoformat(step) if kind is date else kind(step)] = change.after
    return made


def other(value: Any, draw: Any) -> Any:
    """The value with one small change somewhere inside it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, StrEnum):
        return draw(st.sampled_from([word for word in type(value) if word is not value] or [value]))
    if isinstance(value, str):
        return value + "!"
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, date):
        return value.replace(year=value.year + 1, day=1)
    if isinstance(value, time):
        return value.replace(minute=(value.minute + 1) % 60)
    return _inside(value, draw)


def _inside(value: Any, draw: Any) -> Any:
    if isinstance(value, Mapping) and value:
        names = list(value)
        act, name = draw(st.sampled_from(["drop", "turn", "change"])), draw(st.sampled_from(names))
        if act == "drop":
            return MappingProxyType({key: item for key, item in value.items() if key != name})
        if act == "turn":
            return MappingProxyType({key: value[key] for key in reversed(names)})
        return MappingProxyType({**value, name: other(value[name], draw)})
    if isinstance(value, tuple) and value:
        index = draw(st.integers(0, len(value) - 1))
        changed = draw(st.sampled_from([(), (other(value[index], draw),), (value[index], value[index])]))
        return (*value[:index], *changed, *value[index + 1 :])
    if is_dataclass(value) and not isinstance(value, ATOMS):
        name = draw(st.sampled_from([item.name for item in fields(value)]))
        return replace(value, **{name: other(getattr(value, name), draw)})  # type: ignore[type-var]
    return value


@cache
def _told() -> Memory:
    """What the shipped contracts' parts say: most of a changed contract is the very parts of a shipped one."""
    memory: Memory = {}
    for slug in SLUGS:
        release_of(shipped(slug), memory)
    return memory


@st.composite
def changed_contracts(draw: Any) -> tuple[Contract, Contract]:
    old = new = shipped(draw(st.sampled_from(SLUGS)))
    for _ in range(draw(st.integers(0, 4))):
        new = other(new, draw)
    return (old, new) if draw(st.booleans()) else (new, old)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed_contracts())
def test_no_effective_change_goes_unlisted(pair: tuple[Contract, Contract]) -> None:
    old, new = pair
    changes, told = differences(old, new), dict(_told())
    assert (not changes) == (release_of(old, told) == release_of(new, told))
    assert canonical_text(applied(old, list(changes)), told) == canonical_text(new, told)
    assert all(change.sentence.strip() and change.meaning and change.dotted for change in changes)


@pytest.mark.parametrize(("one", "two"), [("colorado", "mississippi"), ("west_virginia", "colorado")])
def test_two_states_differ_by_exactly_what_is_listed(one: str, two: str) -> None:
    changes = differences(shipped(one), shipped(two))
    assert canonical_text(applied(shipped(one), list(changes))) == canonical_text(shipped(two))


def with_window(contract: Contract, amount: int) -> Contract:
    right = replace(contract.rights["reconsideration"], window=Span(amount=amount, unit=SpanUnit.CALENDAR_DAYS))
    return replace(contract, rights=MappingProxyType({**contract.rights, "reconsideration": right}))


def test_a_shorter_window_is_said_with_what_it_rests_on() -> None:
    (change,) = differences(with_window(shipped(), 30), with_window(shipped(), 20))
    assert change.sentence.endswith("window: was 30 calendar days, is now 20 calendar days.")
    assert (change.area, change.reach) == (Area.RIGHTS, Reach.NEW_CASES)
    assert change.rests_on == shipped().rights["reconsideration"].citation


def test_a_function_is_switched() -> None:
    features = MappingProxyType({**shipped().features, Feature.COPY: False})
    (change,) = differences(shipped(), replace(shipped(), features=features))
    assert change.sentence.endswith("“copy”: is switched off.")
    (back,) = differences(replace(shipped(), features=features), shipped())
    assert back.sentence.endswith("is switched on.")


def test_the_source_of_a_change_is_the_new_authors_else_the_old_ones() -> None:
    changes = differences(with_window(shipped(), 30), with_window(shipped(), 20))
    path = changes[0].dotted
    here, there = Origin("a.yaml", 1, 1, "RCN-02"), Origin("b.yaml", 1, 1, "")
    assert "RCN-02" in with_sources(changes, {path: here}, {})[0].rests_on
    assert with_sources(changes, {path: here}, {path: there}) == changes
    plain = (replace(changes[0], rests_on=""),)
    assert with_sources(plain, {}, {path: here})[0].rests_on == "RCN-02"


def test_only_new_warnings_are_told() -> None:
    known, fresh = Fault("a.yaml", 1, 1, "LIST-UNUSED", "x"), Fault("a.yaml", 2, 1, "CLOCK-FEDERAL", "y")
    assert new_warnings((known,), (replace(known, line=9), fresh)) == (fresh,)


def test_conditions_are_said_as_people_say_them() -> None:
    young = FactTest(Fact.MEMBER_AGE, Operator.LESS_THAN, (21,))
    dme = FactTest(Fact.SERVICE, Operator.ONE_OF, ("dme", "home_health"))
    since = FactTest(Fact.REQUEST_START_ON, Operator.ON_OR_AFTER, (date(2026, 1, 1),))
    codes = FactTest(Fact.PROCEDURES, Operator.IN_RANGE, ("E0100", "E0199"))
    answer = AnswerTest("uses_oxygen", Operator.EQUALS, (True,))
    assert condition_said(All((young, AnyOf((dme, since))))) == (
        "member age is less than 21 and (service is one of dme, home health or first day of service is on or after"
        " 01/01/2026)"
    )
    assert condition_said(Not(codes)) == "not (procedures is from E0100 to E0199)"
    assert condition_said(answer) == "the answer to “uses oxygen” is yes"
    assert condition_said(All(())) == "always"
    assert condition_said(AnyOf(())) == "never"
    assert condition_said(All((AnyOf((young,)),))) == "member age is less than 21"


def test_values_are_said_as_people_say_them() -> None:
    assert said(Span(amount=1, unit=SpanUnit.BUSINESS_DAYS)) == "1 business day"
    assert said(time(17, 0)) == "17:00"
    assert said(SpanUnit.BUSINESS_DAYS) == "business days"
    assert said(MappingProxyType({date(2026, 11, 26): "Thanksgiving"})) == "11/26/2026: “Thanksgiving”"
    assert said(MappingProxyType({})) == "nothing"
    assert said(5) == "5"
    assert said("x" * 1000).endswith("…")
    assert counted(2, "hours") == "2 hours"
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_stored_contract_is_the_contract_that_was_stored() -> None:
    for slug in ("colorado", "mississippi", "west_virginia"):
        contract = shipped(slug)
        assert canonical_text(contract_of(canonical_text(contract), release_of(contract))) == canonical_text(contract)


def test_stored_content_that_is_not_a_contract_is_refused() -> None:
    from hashlib import sha256

    with pytest.raises(StoredUnreadable, match="not what its name says"):
        contract_of("{}", "0" * 64)
    for content in ("{}", "[]", "nothing", '{"identity": 5}', '{"identity": {}}'):
        with pytest.raises(StoredUnreadable, match="cannot be read by this edition"):
            contract_of(content, sha256(content.encode()).hexdigest())
