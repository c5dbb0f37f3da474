"""The contract that a submitted case lives under: its own release where that binds it, today's where it binds all.

What a plan says of a change's reach is what happens here: rules, deadlines, windows, rights and wording stay those the
case was submitted under; who may sign in, which functions are on and what the portal looks like are the same for all.
Pure; knows no case and no database.
"""

from dataclasses import replace
from typing import Any

from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.plan import PARTS, Reach
from tenancy.toggles import without_switched_off

KEPT = tuple(name for name, (_, reach) in PARTS.items() if reach is not Reach.EVERYBODY)


def kept(present: LoadedContract, sent_under: LoadedContract) -> LoadedContract:
    """The present contract with the parts that bind submitted cases taken from the release one was submitted under.

    Named by that release. A function that is switched off now takes its action away from old cases too.
    """
    if sent_under.release == present.release:
        return present
    own: dict[str, Any] = {name: getattr(sent_under.contract, name) for name in KEPT}
    merged: Contract = replace(present.contract, **own)
    return replace(
        present,
        contract=without_switched_off(merged),
        release=sent_under.release,
        provenance=sent_under.provenance,
    )
