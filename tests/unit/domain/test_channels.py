"""Whether a service may be asked for in the portal."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from app.domain.channels import channel_advice
from app.domain.completeness import missing
from app.domain.missing import Missing
from tenancy.contract import Contract
from tenancy.vocabulary import CaseField, Channel, ChannelUse, SectionName, Severity
from tests.builders import ON, contract, draft

CALL = "Call the number on the card."
MUST, BEST, MAY, NOT = tuple(ChannelUse)
TOLD = {"": None, "warning": (CALL, Severity.WARNING), "error": (CALL, Severity.ERROR)}


def asked_by(**uses: ChannelUse) -> Contract:
    made = contract()
    name, service = "dme", made.catalogue.services["dme"]
    channels = MappingProxyType({Channel(word): use for word, use in uses.items()})
    services = {name: replace(service, channels=channels, channel_text=CALL)}
    return replace(made, catalogue=replace(made.catalogue, services=MappingProxyType(services)))


@pytest.mark.parametrize(
    ("uses", "told"),
    [
        ({}, ""),
        ({"portal": MAY}, ""),
        ({"portal": MUST, "fax": NOT}, ""),
        ({"portal": MAY, "fax": MAY}, ""),
        ({"portal": BEST, "fax": BEST}, ""),
        ({"portal": MUST, "fax": BEST}, ""),
        ({"portal": MAY, "fax": BEST}, "warning"),
        ({"portal": MAY, "fax": MAY, "phone": BEST}, "warning"),
        ({"portal": NOT, "fax": MAY}, "error"),
        ({"fax": MAY}, "error"),
        ({"portal": MAY, "phone": MUST}, "error"),
    ],
)
def test_a_service_is_asked_for_here_unless_its_channels_say_otherwise(uses: dict[str, ChannelUse], told: str) -> None:
    one = asked_by(**uses)
    assert channel_advice(one, draft()) == TOLD[told]


@pytest.mark.parametrize("chosen", [None, "unknown"])
def test_nothing_is_said_before_a_known_service_is_chosen(chosen: str | None) -> None:
    assert channel_advice(asked_by(fax=MAY), draft(fields={CaseField.SERVICE_TYPE: chosen})) is None


def test_a_request_that_belongs_elsewhere_is_not_ready_and_says_where_to_go() -> None:
    one = asked_by(fax=MAY)
    found = missing(one, draft(), on=ON)
    said = [item for item in found if item.message == CALL]
    section = SectionName.SERVICE_DETAILS
    assert said == [Missing(section, "service_type", CALL, Severity.ERROR, "field-service_type")]
