"""Numbers people read aloud: Case IDs, temporary member IDs, authorization numbers, and the NPI's check digit.

Pure text and arithmetic. Must not know where a sequence comes from or which contract is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from tenancy.vocabulary import CheckDigit

_NPI_PREFIX = "80840"
"""Issuer prefix that turns an NPI into a full card number for the check (ISO 7812; CMS, 45 CFR 162.406)."""

_CASE_ID = re.compile(r"(\d{2})(\d{3})(\d{4}|[1-9]\d{4,})", re.ASCII)
_TEMPORARY = re.compile(r"TEMP(\d{5})(\d{8})(\d{5}|[1-9]\d{5,})", re.ASCII)
_AUTHORIZATION = re.compile(r"9\d{8,}", re.ASCII)
_NPI = re.compile(r"[12]\d{9}", re.ASCII)
_WEIGHED = re.compile(r"[0-9A-Za-z]+")


class NumberRefused(ValueError):
    """A sequence, code or day that no number can be made of."""


@dataclass(frozen=True, slots=True)
class CaseIdParts:
    """What a Case ID says: two-digit year, day of that year, and the place in that day's sequence."""

    year: int
    day_of_year: int
    sequence: int


def case_id(local_day: date, sequence: int) -> str:
    """The Case ID ``YYDDDNNNN``: year, day of the year and four digits of that day's sequence, from 1.

    ``local_day`` is the contract's own date at submission. From the ten-thousandth case of a day the sequence
    widens to five digits: year and day stay where they are, so no ID can mean two cases.
    Raises NumberRefused for a sequence below 1. Source: CASE-08, GAP-13, GAP-14.
    """
    if sequence < 1:
        raise NumberRefused("the daily sequence of cases starts at 1")
    return f"{local_day:%y%j}{sequence:04d}"


def case_id_parts(text: str) -> CaseIdParts | None:
    """What the text says as a Case ID, or None when it cannot be one. Source: CASE-08."""
    found = _CASE_ID.fullmatch(text)
    if found is None:
        return None
    year, day_of_year, sequence = (int(group) for group in found.groups())
    if not 1 <= day_of_year <= 366 or sequence < 1:
        return None
    return CaseIdParts(year, day_of_year, sequence)


def temporary_member_number(client_code: str, local_day: date, sequence: int) -> str:
    """The ID of a member who has none yet: ``TEMP``, the contract's five digits, ``YYYYMMDD``, five digits.

    The sequence counts one contract's temporary members of one local day, from 0; beyond 99999 it widens.
    Raises NumberRefused for a client code that is not five digits or a negative sequence. Source: TMP-04.
    """
    if re.fullmatch(r"\d{5}", client_code, re.ASCII) is None:
        raise NumberRefused("a client code is five digits")
    if sequence < 0:
        raise NumberRefused("the daily sequence of temporary members starts at 0")
    return f"TEMP{client_code}{local_day.year:04d}{local_day:%m%d}{sequence:05d}"


def is_temporary_member_number(text: str) -> bool:
    """Whether the text has the form of a temporary member's ID, date included. Source: TMP-04."""
    found = _TEMPORARY.fullmatch(text)
    if found is None:
        return False
    day = found.group(2)
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return True


def authorization_number(sequence: int) -> str:
    """The number of an authorization: ``9``, seven digits of the sequence from 1, and a Luhn check digit.

    Nine digits as in the guides (CASE-11). The leading 9 keeps it apart from Case IDs until the year 2090, the
    check digit catches a mistyped digit. Beyond 9,999,999 it widens. Raises NumberRefused below 1.
    """
    if sequence < 1:
        raise NumberRefused("the sequence of authorizations starts at 1")
    body = f"9{sequence:07d}"
    return body + luhn_digit(body)


def is_authorization_number(text: str) -> bool:
    """Whether the text is an authorization number whose check digit holds. Source: CASE-11."""
    return _AUTHORIZATION.fullmatch(text) is not None and luhn_digit(text[:-1]) == text[-1]


def is_npi(text: str) -> bool:
    """Whether the text is a National Provider Identifier: ten digits, first 1 or 2, check digit right.

    The check is Luhn over ``80840`` followed by the NPI (45 CFR 162.406; CMS NPI check digit).
    """
    return _NPI.fullmatch(text) is not None and npi_check_digit(text[:9]) == text[9]


def npi_check_digit(first_nine: str) -> str:
    """The tenth digit of the NPI that starts with these nine digits.

    Raises NumberRefused when they are not nine digits. Source: CMS NPI check digit (Luhn over 80840).
    """
    if re.fullmatch(r"\d{9}", first_nine, re.ASCII) is None:
        raise NumberRefused("an NPI has nine digits before its check digit")
    return luhn_digit(_NPI_PREFIX + first_nine)


def has_right_check_digit(kind: CheckDigit, text: str) -> bool:
    """Whether the last sign of a code checks those before it; letters count from A = 10 on.

    ``luhn`` is ISO/IEC 7812-1, annex B. ``mod_11`` weighs with 2, 3, … from the right and subtracts from 11; a result
    of 10 is written X, one of 11 as 0. A sign that is neither letter nor digit has no value, so no check digit is
    right behind it. Nothing is checked for ``none``.
    """
    if kind is CheckDigit.NONE:
        return True
    return _WEIGHED.fullmatch(text[:-1]) is not None and CHECK_DIGITS[kind](text[:-1]) == text[-1]


def check_digit(kind: CheckDigit, before: str) -> str:
    """The sign that makes the code right; empty for ``none``."""
    return "" if kind is CheckDigit.NONE else CHECK_DIGITS[kind](before)


def _as_digits(text: str) -> str:
    return "".join(str(int(sign, 36)) for sign in text)


def _mod_11(text: str) -> str:
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(_as_digits(text)), 2))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def luhn_digit(digits: str) -> str:
    """The check digit that makes the digits pass the Luhn test (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


CHECK_DIGITS: Mapping[CheckDigit, Callable[[str], str]] = MappingProxyType(
    {CheckDigit.LUHN: lambda text: luhn_digit(_as_digits(text)), CheckDigit.MOD_11: _mod_11}
)
