"""The temporary member form asks what the contract says and tells every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from app.directory.member_form import read_temporary_member
from app.domain.errors import Invalid
from tenancy.contract import Contract
from tenancy.contract.intake import MemberInput
from tenancy.vocabulary import MemberField
from tests.builders import shipped

TODAY = date(2026, 11, 22)
Form = Callable[..., dict[str, str]]


def faults(contract: Contract, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field."""
    with pytest.raises(Invalid) as refused:
        read_temporary_member(contract, typed, today=TODAY)
    return {fault.field: fault.message for fault in refused.value.faults}


def test_a_complete_form_gives_columns(form: Form) -> None:
    values = read_temporary_member(shipped(), form(suffix="jr", middle_name="  Lee   Ann "), today=TODAY)
    assert values[MemberField.BIRTH_DATE] == date(1996, 4, 12)
    assert values[MemberField.MIDDLE_NAME] == "Lee Ann"
    assert values[MemberField.SUFFIX] == "Jr."
    assert values[MemberField.LANGUAGE] == "Spanish"
    assert values[MemberField.SEX] == "male"
    assert values[MemberField.COUNTRY] == "US"
    assert values[MemberField.PHONE] == "601-555-0142"
    assert values[MemberField.PREFIX] == ""


def test_every_required_field_that_is_empty_is_told_at_once() -> None:
    contract = shipped()
    required = {field.value for field, rule in contract.members.temporary_fields.items() if rule.required}
    told = faults(contract, {})
    assert set(told) == required
    assert (told["first_name"], told["sex"]) == ("Enter the first name.", "Choose the gender.")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("birth_date", "13/45/1996"),
        ("birth_date", "11/23/2026"),
        ("birth_date", "yesterday"),
        ("sex", "other"),
        ("country", "Mexico"),
        ("language", "Klingon"),
        ("postal_code", "3929"),
        ("postal_code", "39299-12"),
        ("phone", "555-0142"),
        ("email", "ryan at example"),
        ("first_name", "123"),
        ("last_name", "--"),
        ("address_1", "x" * 121),
    ],
)
def test_a_value_that_cannot_be_is_told_without_being_repeated(form: Form, field: str, typed: str) -> None:
    told = faults(shipped(), form(**{field: typed}))
    assert set(told) == {field}
    assert typed not in told[field]


def test_a_word_of_a_list_is_taken_for_its_value(form: Form) -> None:
    values = read_temporary_member(shipped(), form(sex="FEMALE", country="united states"), today=TODAY)
    assert (values[MemberField.SEX], values[MemberField.COUNTRY]) == ("female", "US")


def test_a_canadian_postal_code_has_its_own_form(form: Form) -> None:
    values = read_temporary_member(shipped(), form(country="CA", postal_code="k1a0b1"), today=TODAY)
    assert values[MemberField.POSTAL_CODE] == "K1A 0B1"
    assert "postal_code" in faults(shipped(), form(country="CA", postal_code="39299"))


def test_the_facilitys_address_stands_for_the_members(form: Form) -> None:
    facility = {
        MemberField.ADDRESS_1: "1 Clinic Way",
        MemberField.CITY: "Cotton Ferry",
        MemberField.STATE: "MS",
        MemberField.POSTAL_CODE: "38899",
        MemberField.LAST_NAME: "never",
    }
    typed = form(address_1="", city="", state="", postal_code="")
    values = read_temporary_member(shipped(), typed, today=TODAY, facility_address=facility)
    assert values[MemberField.ADDRESS_1] == "1 Clinic Way"
    assert values[MemberField.LAST_NAME] == "Núñez"


def test_the_contract_decides_what_is_asked_and_required(form: Form) -> None:
    contract = shipped()
    fields = {MemberField.LAST_NAME: MemberInput(label="Surname", required=True)}
    asked = replace(contract, members=replace(contract.members, temporary_fields=fields))
    assert read_temporary_member(asked, form(), today=TODAY) == {MemberField.LAST_NAME: "Núñez"}
    assert faults(asked, {"last_name": " "}) == {"last_name": "Enter the surname."}
