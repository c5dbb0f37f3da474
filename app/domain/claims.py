"""What proves an organization: its NPI and the contract's code, as typed, against the contract's rules. Pure.

Must not know the directory; whether anybody has these identifiers is asked elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.numbering import has_right_check_digit, is_npi
from tenancy.contract.people import Registration, RegistrationCode
from tenancy.vocabulary import IdentifierSet

_GAPS = re.compile(r"[\s\-]+")


class ClaimFault(StrEnum):
    """One thing wrong with the identifiers as typed."""

    NPI_MISSING = "npi_missing"
    NPI_WRONG = "npi_wrong"
    CODE_MISSING = "code_missing"
    CODE_WRONG = "code_wrong"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What an organization is looked up by; an empty one is not asked. Without an NPI the code stands alone."""

    npi: str
    code: str
    is_without_npi: bool = False


def identifiers_typed(npi: str, code: str) -> tuple[str, str]:
    """Both as compared: without spaces and hyphens, capital letters."""
    return _GAPS.sub("", npi).upper(), _GAPS.sub("", code).upper()


def claim_faults(rules: Registration, npi: str, code: str) -> tuple[ClaimFault, ...]:
    """What is wrong with the identifiers under the contract's rules (REG-05 to REG-08, GAP-18).

    The check digit (45 CFR 162.406) is asked of what is claimed to be an NPI: not where the contract lets an
    organization without one type its code in both fields.
    """
    npi, code = identifiers_typed(npi, code)
    is_any = rules.identifiers is IdentifierSet.ANY_OF
    found = []
    if code and not is_code(rules.code, code):
        found.append(ClaimFault.CODE_WRONG)
    if npi and not is_npi(npi) and not _is_fallback(rules, npi, code):
        found.append(ClaimFault.NPI_WRONG)
    if not npi and not (is_any and code):
        found.append(ClaimFault.NPI_MISSING)
    if not code and not (is_any and npi):
        found.append(ClaimFault.CODE_MISSING)
    return tuple(found)


def is_code(rules: RegistrationCode, code: str) -> bool:
    """Whether the code has the contract's form and its check digit is right."""
    return re.fullmatch(rules.pattern, code) is not None and has_right_check_digit(rules.check_digit, code)


def identifiers_of(rules: Registration, npi: str, code: str) -> Identifiers:
    """What to look up, of identifiers without fault."""
    npi, code = identifiers_typed(npi, code)
    return Identifiers("", code, is_without_npi=True) if _is_fallback(rules, npi, code) else Identifiers(npi, code)


def is_open(rules: Registration, today: date) -> bool:
    """Whether organizations may register on this local day (GEN-13)."""
    return rules.opens_on is None or today >= rules.opens_on


def _is_fallback(rules: Registration, npi: str, code: str) -> bool:
    return rules.npi_fallback_to_code and bool(code) and npi == code
