"""What proves an organization, as typed: check digits, patterns, the fallback without an NPI, the day it opens."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.claims import ClaimFault, Identifiers, claim_faults, identifiers_of, identifiers_typed, is_open
from tenancy.contract.people import Registration
from tenancy.vocabulary import CheckDigit, IdentifierSet
from tests.builders import shipped

NPI, OTHER = "1234567893", "1234567890"
COLORADO, MISSISSIPPI = shipped("colorado").registration, shipped("mississippi").registration
ANY = replace(COLORADO, identifiers=IdentifierSet.ANY_OF)
CHECKED = replace(COLORADO, code=replace(COLORADO.code, check_digit=CheckDigit.LUHN))
F = ClaimFault


@pytest.mark.parametrize(
    ("rules", "npi", "code", "faults"),
    [
        (COLORADO, NPI, "19823458267", ()),
        (COLORADO, " 1234-567 893", "198 234", ()),
        (COLORADO, OTHER, "19823458267", (F.NPI_WRONG,)),
        (COLORADO, NPI, "12345", (F.CODE_WRONG,)),
        (COLORADO, NPI, "1234567890123", (F.CODE_WRONG,)),
        (COLORADO, "", "", (F.NPI_MISSING, F.CODE_MISSING)),
        (COLORADO, "", "19823458267", (F.NPI_MISSING,)),
        (COLORADO, NPI, "", (F.CODE_MISSING,)),
        (COLORADO, "19823458267", "19823458267", (F.NPI_WRONG,)),
        (MISSISSIPPI, "bc12345", "BC12345", ()),
        (MISSISSIPPI, "BC12345", "BC12346", (F.NPI_WRONG,)),
        (MISSISSIPPI, "", "", (F.NPI_MISSING, F.CODE_MISSING)),
        (ANY, "", "19823458267", ()),
        (ANY, NPI, "", ()),
        (ANY, "", "", (F.NPI_MISSING, F.CODE_MISSING)),
        (ANY, OTHER, "", (F.NPI_WRONG,)),
        (CHECKED, NPI, "79927398713", ()),
        (CHECKED, NPI, "79927398710", (F.CODE_WRONG,)),
    ],
)
def test_the_identifiers_are_judged_by_the_contract(
    rules: Registration, npi: str, code: str, faults: tuple[ClaimFault, ...]
) -> None:
    assert claim_faults(rules, npi, code) == faults


def test_the_same_code_twice_stands_for_no_npi_where_the_contract_says_so() -> None:
    assert identifiers_of(MISSISSIPPI, "bc12345", "BC 12345") == Identifiers("", "BC12345", is_without_npi=True)
    assert identifiers_of(MISSISSIPPI, NPI, "BC12345") == Identifiers(NPI, "BC12345")
    assert identifiers_of(COLORADO, NPI, NPI) == Identifiers(NPI, NPI)
    assert identifiers_of(ANY, NPI, "") == Identifiers(NPI, "")


def test_spaces_and_hyphens_do_not_count() -> None:
    assert identifiers_typed(" 12-34 ", "ab c-1") == ("1234", "ABC1")


def test_registration_opens_on_its_day() -> None:
    assert not is_open(COLORADO, date(2021, 3, 31))
    assert is_open(COLORADO, date(2021, 4, 1))
    assert is_open(MISSISSIPPI, date(1999, 1, 1))
