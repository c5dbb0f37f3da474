"""A contract's credential policy against the platform's floor: what is weaker needs a waiver to be published. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from tenancy.checks.problem import Problem
from tenancy.contract import Contract
from tenancy.contract.credentials import clamp
from tenancy.contract.floor import Floor
from tenancy.vocabulary import Severity

NEAR = timedelta(days=60)


def below_floor(contract: Contract, floor: Floor) -> Iterator[Problem]:
    """Everything the portal does not take from the contract as written, unless a waiver says why it stands there."""
    changes = clamp(contract, floor).changes
    for change in changes:
        if change.rule not in contract.waivers:
            hint = f"Change it, or add waivers.{change.rule} with a reason, an owner and a last day."
            yield Problem(change.path, change.code, change.reason, hint, change.citation)
    needed = {change.rule for change in changes}
    for rule in contract.waivers:
        if rule not in needed:
            reason = f"nothing in this contract needs a waiver of '{rule}'."
            yield Problem(("waivers", rule), "WAIVER-UNUSED", reason, "Remove it.", "", Severity.WARNING, at_key=True)


def ended_waivers(contract: Contract, today: date) -> Iterator[Problem]:
    """Waivers whose last day is over or near: the contract cannot be published; what is in force stays in force."""
    for rule, waiver in contract.waivers.items():
        path, hint = ("waivers", rule, "until"), f"Ask {waiver.owner}: change the rule, or agree on a new day."
        if waiver.until < today:
            reason = f"the waiver of '{rule}' ended on {waiver.until.isoformat()}."
            yield Problem(path, "WAIVER-EXPIRED", reason, hint)
        elif waiver.until - today <= NEAR:
            reason = f"the waiver of '{rule}' ends on {waiver.until.isoformat()}."
            yield Problem(path, "WAIVER-ENDING", reason, hint, severity=Severity.WARNING)
