"""Writes the guide of a contract: its chapters in order. Knows no page and no PDF."""

from __future__ import annotations

from datetime import date

from app.guides import deciding, entering, requesting
from app.guides.blocks import Guide
from app.web.messages import gettext as _
from tenancy.loader import LoadedContract

LANGUAGE = "en"


def write_guide(loaded: LoadedContract, *, on: date) -> Guide:
    """The guide of a release as it holds on that day of the contract's calendar. Pure: the same gives the same."""
    contract, policy = loaded.contract, loaded.policy
    return Guide(
        title=_("User guide: %(title)s", title=contract.identity.title),
        lede=_("For everybody who works with %(product)s.", product=contract.brand.product),
        language=LANGUAGE,
        on=on,
        release=loaded.release,
        chapters=(
            entering.purpose(contract),
            entering.registering(contract, policy),
            entering.signing_in(contract, policy),
            entering.passwords(contract, policy),
            deciding.pages(contract),
            entering.people(contract),
            requesting.members(contract),
            requesting.requirement(contract, on),
            requesting.making(contract, on),
            requesting.questionnaires(contract, on),
            requesting.documents(contract, on),
            deciding.after_sending(contract),
            deciding.decision_times(contract, on),
            deciding.changing(contract),
            deciding.rights(contract, on),
            deciding.contacts(contract),
        ),
    )
