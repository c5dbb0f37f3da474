"""Telephone numbers that codes go to: in E.164 with the prefix +1, an extension behind it (RFC 3966).

The guides know numbers of ten digits only (MFA-04), and the countries whose numbers have ten digits share one prefix:
the North American Numbering Plan's. Of them the United States with its territories and Canada are dialled; a code to
another one costs a toll and is what telephone fraud is after.

Must not know requests, rows or who owns a number.
"""

from __future__ import annotations

import re

from tenancy.contract import Contract
from tenancy.vocabulary import Factor

EXTENSION = ";ext="
PREFIX = "+1"
HOME = "US"
COUNTRIES = {
    HOME: "United States",
    "AS": "American Samoa",
    "CA": "Canada",
    "GU": "Guam",
    "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "U.S. Virgin Islands",
}
"""Where numbers may be (MFA-06), by ISO 3166's two letters, the usual one first."""
_WITH_EXTENSION = re.compile(r"(.*?)(?:x|ext\.?|extension|;ext=)\s*(\d{1,6})", re.IGNORECASE | re.ASCII)


def dialled(contract: Contract, typed: str, channel: Factor) -> str:
    """What is dialled for a number as typed, ``+13035550177`` or ``+13035550177;ext=12``; empty when it is none.

    The contract says how many digits a number has and whether an extension may follow (MFA-04); a text message never
    reaches one.
    """
    found = _WITH_EXTENSION.fullmatch(typed.strip())
    base, extension = (found[1], found[2]) if found else (typed, "")
    if extension and not (contract.factors.phone_extensions and channel is Factor.VOICE):
        return ""
    digits = "".join(character for character in base if character.isascii() and character.isdigit())
    wanted = contract.factors.phone_digits
    digits = digits.removeprefix("1") if len(digits) == wanted + 1 else digits
    is_number = len(digits) == wanted and digits[0] not in "01"
    return f"{PREFIX}{digits}{EXTENSION if extension else ''}{extension}" if is_number else ""


def country_codes() -> tuple[tuple[str, str], ...]:
    """The entries of the list a country is chosen from, ``United States (+1)`` first."""
    return tuple((key, f"{name} ({PREFIX})") for key, name in COUNTRIES.items())


def line_of(number: str) -> str:
    """The number without its extension: what is counted and told apart."""
    return number.partition(EXTENSION)[0]


def as_typed(number: str) -> str:
    """A dialled number as its owner would type it; empty for none."""
    line, _between, extension = number.partition(EXTENSION)
    return line.removeprefix(PREFIX) + (f" x{extension}" if extension else "")
