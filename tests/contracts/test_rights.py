"""Every decision against the member leads somewhere: no right waits for one that never opens."""

import pytest

from tenancy.loader import ContractShelf
from tenancy.vocabulary import Decision, Outcome


@pytest.mark.parametrize("slug", ["colorado", "mississippi", "west_virginia"])
def test_what_must_be_used_first_opens_after_the_same_decision(slug: str, shelf: ContractShelf) -> None:
    contract = shelf.good[slug].contract
    for name, reason in contract.review.reasons.items():
        for decision in {Decision.DENY, Decision.MODIFY} & set(reason.decisions):
            partial = {Outcome.PARTIAL} if decision is Decision.MODIFY else set()
            assert reason.outcome, name
            found = {reason.outcome, Outcome.ANY} | partial
            opened = {right for right, rule in contract.rights.items() if found & set(rule.after)}
            assert "reconsideration" in opened, f"{name}: nobody looks at it again"
            for right in opened:
                first = set(contract.rights[right].exhaust_first)
                assert not first or first & opened, f"{name}: {right} waits for {sorted(first)}"
