"""Whether care needs an authorization: the first rule that fits, lists by the day of service, nothing by default."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from app.domain.authorization import authorization_verdict, draft_verdicts, needs_nothing
from app.domain.draft import Draft, Line, Stay
from tenancy.contract import Contract
from tenancy.contract.conditions import FactTest
from tenancy.contract.requirement import CodeList, CodeListVersion, Requirement, RequirementRule
from tenancy.vocabulary import CaseField, Category, CodeSystem, Fact, LineField, Need, Operator
from tests.builders import shipped

TODAY = date(2026, 11, 23)
OLD = CodeListVersion(
    from_on=date(2026, 1, 1), until_on=date(2026, 9, 30), published_on=date(2025, 11, 1), codes=("E0141",)
)
NEW = CodeListVersion(from_on=date(2026, 10, 1), published_on=date(2026, 8, 1), codes=("E02*", "K0001"))
AT_HOME = FactTest(Fact.PLACE_OF_SERVICE, Operator.EQUALS, ("home",))
INPATIENT = FactTest(Fact.CATEGORY, Operator.EQUALS, ("inpatient",))


def rule(need: Need, text: str, **more: object) -> RequirementRule:
    return RequirementRule(need=need, text=text, citation="Rule 1", **more)  # type: ignore[arg-type]


def contract_with(**rules: RequirementRule) -> Contract:
    lists = {"beds": CodeList(title="Beds", versions=MappingProxyType({"v1": OLD, "v2": NEW}))}
    requirement = Requirement(
        title="Is it?", lists=lists, rules=rules, otherwise=Need.ASK, otherwise_text="Ask us.", caution="No promise."
    )
    return replace(shipped(), requirement=requirement)


def line(code: str, on: date | None = None) -> Line:
    return Line("1", CodeSystem.HCPCS, code, "", {LineField.START_ON: on})


def draft(*lines: Line, place: str | None = None, category: Category = Category.OUTPATIENT) -> Draft:
    return Draft(category=category, fields={CaseField.PLACE_OF_SERVICE: place}, lines=lines)


@pytest.mark.parametrize(
    ("code", "on", "need"),
    [
        ("E0250", date(2026, 10, 1), Need.NEEDED),
        ("e0250", date(2026, 11, 1), Need.NEEDED),
        ("K0001", None, Need.NEEDED),
        ("K0002", None, Need.ASK),
        ("E0250", date(2026, 9, 30), Need.ASK),
        ("E0141", date(2026, 9, 30), Need.NEEDED),
        ("E0141", date(2026, 10, 1), Need.ASK),
    ],
)
def test_the_version_of_the_day_of_service_decides(code: str, on: date | None, need: Need) -> None:
    contract = contract_with(beds=rule(Need.NEEDED, "Beds do.", lists=("beds",)))
    asked = line(code, on)
    assert authorization_verdict(contract, draft(asked), asked, received_on=TODAY).need is need


def test_a_day_before_the_first_version_of_a_list_is_not_told_from() -> None:
    contract = contract_with(beds=rule(Need.NOT_NEEDED, "Beds do not.", lists=("beds",)))
    asked = line("E0250", date(2025, 12, 31))
    told = authorization_verdict(contract, draft(asked), asked, received_on=TODAY)
    assert (told.need, told.missing) == (Need.ASK, ())


def test_the_answer_names_its_rule_its_list_and_its_version() -> None:
    contract = contract_with(beds=rule(Need.NEEDED, "Beds do.", lists=("beds",)))
    asked = line("E0250")
    told = authorization_verdict(contract, draft(asked), asked, received_on=TODAY)
    assert (told.rule, told.text, told.citation, told.on) == ("beds", "Beds do.", "Rule 1", TODAY)
    assert told.listing is not None
    assert (told.listing.title, told.listing.version, told.listing.since) == ("Beds", "v2", date(2026, 10, 1))


def test_the_first_rule_that_fits_decides_and_what_is_unknown_is_asked_for() -> None:
    free = rule(Need.NOT_NEEDED, "Not at home.", lists=("beds",), when=AT_HOME)
    contract = contract_with(free=free, beds=rule(Need.NEEDED, "Beds do.", lists=("beds",)))
    asked = line("E0250")
    for place, need in (("home", Need.NOT_NEEDED), ("office", Need.NEEDED), (None, Need.ASK)):
        assert authorization_verdict(contract, draft(asked, place=place), asked, received_on=TODAY).need is need
    unsure = authorization_verdict(contract, draft(asked), asked, received_on=TODAY)
    assert unsure.missing == (Fact.PLACE_OF_SERVICE,)


def test_what_is_unknown_does_not_matter_where_every_way_leads_to_the_same_answer() -> None:
    home = rule(Need.NEEDED, "At home.", lists=("beds",), when=AT_HOME)
    contract = contract_with(home=home, beds=rule(Need.NEEDED, "Beds do.", lists=("beds",)))
    asked = line("E0250")
    assert authorization_verdict(contract, draft(asked), asked, received_on=TODAY).text == "Beds do."


def test_a_rule_out_of_force_says_nothing() -> None:
    over = rule(Need.NOT_NEEDED, "Never.", until_on=date(2026, 11, 22))
    asked = line("E0250")
    assert authorization_verdict(contract_with(over=over), draft(asked), asked, received_on=TODAY).text == "Ask us."


def test_a_stay_is_asked_about_without_a_code() -> None:
    contract = contract_with(
        beds=rule(Need.NOT_NEEDED, "Beds do not.", lists=("beds",)), stay=rule(Need.NEEDED, "Stays do.", when=INPATIENT)
    )
    inpatient = replace(draft(line("E0250"), category=Category.INPATIENT), stay=Stay())
    told = draft_verdicts(contract, inpatient, received_on=TODAY)
    assert [one.text for one in told] == ["Stays do.", "Beds do not."]
    assert not needs_nothing(told)
    assert needs_nothing(told[1:])
    assert not needs_nothing(())
