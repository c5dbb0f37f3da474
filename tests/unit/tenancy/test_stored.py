"""A contract comes back from the content that names its release as it was, or is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import pytest

from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.release import canonical_text, release_of
from tenancy.stored import StoredUnreadable, contract_of
from tenancy.vocabulary import Fact, Operator
from tests.builders import shipped

EACH_OPERAND: tuple[Condition, ...] = (
    FactTest(Fact.MEMBER_AGE, Operator.AT_LEAST, (21,)),
    FactTest(Fact.REQUEST_START_ON, Operator.ON_OR_AFTER, (date(2026, 7, 1),)),
    AnswerTest("dose", Operator.AT_MOST, (Decimal("2.5"),)),
    Not(AnswerTest("urgent", Operator.EQUALS, (True,))),
)


def read(content: str) -> Contract:
    return contract_of(content, sha256(content.encode()).hexdigest())


def with_condition(condition: Condition) -> Contract:
    contract = shipped()
    clocks = {name: replace(clock, when=condition) for name, clock in contract.clocks.items()}
    return replace(contract, clocks=MappingProxyType(clocks))


@pytest.mark.parametrize("joined", [All, AnyOf])
def test_a_condition_over_words_numbers_amounts_and_days_comes_back_as_it_was(joined: Any) -> None:
    contract = with_condition(joined(EACH_OPERAND))
    assert contract_of(canonical_text(contract), release_of(contract)) == contract


def test_a_key_that_the_language_gained_since_takes_its_default() -> None:
    stored = json.loads(canonical_text(shipped()))
    del stored["client"]["medicaid"]
    assert not read(json.dumps(stored)).client.medicaid


def test_content_without_what_every_contract_says_is_refused() -> None:
    stored = json.loads(canonical_text(shipped()))
    del stored["identity"]
    with pytest.raises(StoredUnreadable, match="has no 'identity'"):
        read(json.dumps(stored))
