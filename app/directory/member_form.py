"""Reading the temporary member form: what the contract asks for, what was typed, what is wrong with it.

Pure: gets the contract and the typed text, gives columns or every fault at once. Must not know rows or pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from app.domain import typed
from app.domain.errors import FieldFault, Invalid
from app.domain.wording import in_sentence
from tenancy.contract import Contract
from tenancy.contract.intake import MemberInput
from tenancy.vocabulary import MemberField

_LONGEST = 120
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_ZIP = re.compile(r"\d{5}(?:-\d{4})?", re.ASCII)
_CANADIAN = re.compile(r"([A-Z]\d[A-Z]) ?(\d[A-Z]\d)", re.ASCII)
_CANADA = "CA"
_KEPT_AS_VALUE = frozenset({MemberField.SEX, MemberField.STATE, MemberField.COUNTRY})
_ADDRESS = (
    MemberField.ADDRESS_1,
    MemberField.ADDRESS_2,
    MemberField.CITY,
    MemberField.STATE,
    MemberField.POSTAL_CODE,
)

ENTER = "Enter the {label}."
CHOOSE_ONE = "Choose the {label}."
ENTER_AS = "Enter the {label} {how}."
CHOOSE = "Choose the {label} from the list."
IN_FUTURE = "The {label} is in the future. Check the year."


class _Wrong(ValueError):
    """The end of the sentence ``Enter the …``."""


def read_temporary_member(
    contract: Contract,
    raw: Mapping[str, str],
    *,
    today: date,
    facility_address: Mapping[MemberField, str] | None = None,
) -> dict[MemberField, str | date]:
    """The columns of a temporary member from what was typed into the contract's form (TMP-02).

    Every field of the contract's form that is marked required must be filled, a field with a list holds one of its
    values, dates lie in the past, phone, e-mail and postal code have their form. ``facility_address`` stands for
    the address typed when "use facility address" is ticked. Raises Invalid with every fault at once.
    """
    text = dict(raw)
    text.update({field.value: value for field, value in (facility_address or {}).items() if field in _ADDRESS})
    values: dict[MemberField, str | date] = {}
    faults: list[FieldFault] = []
    for field, rule in contract.members.temporary_fields.items():
        try:
            values[field] = _read(contract, field, rule, text, today)
        except _Wrong as wrong:
            faults.append(FieldFault(field.value, str(wrong)))
    if faults:
        raise Invalid(tuple(faults))
    return values


def _read(
    contract: Contract, field: MemberField, rule: MemberInput, text: Mapping[str, str], today: date
) -> str | date:
    value = text.get(field.value, "").strip()
    label = in_sentence(rule.label)
    if not value:
        if rule.required:
            raise _Wrong((CHOOSE_ONE if rule.list else ENTER).format(label=label))
        return ""
    if rule.list:
        return _chosen(contract, field, rule.list, value, label)
    try:
        return _typed(field, value, text, today, label)
    except typed.Unreadable as fault:
        raise _Wrong(ENTER_AS.format(label=label, how=fault.how)) from None


def _chosen(contract: Contract, field: MemberField, name: str, value: str, label: str) -> str:
    words = contract.catalogue.lists.get(name, {})
    if value in words:
        return value if field in _KEPT_AS_VALUE else words[value]
    by_word = {word.casefold(): key for key, word in words.items()}
    key = by_word.get(value.casefold())
    if key is None:
        raise _Wrong(CHOOSE.format(label=label))
    return key if field in _KEPT_AS_VALUE else words[key]


def _typed(field: MemberField, value: str, text: Mapping[str, str], today: date, label: str) -> str | date:
    if field is MemberField.BIRTH_DATE:
        day = typed.day(value)
        if day > today:
            raise _Wrong(IN_FUTURE.format(label=label))
        return day
    if field is MemberField.POSTAL_CODE:
        return _postal_code(value, text.get(MemberField.COUNTRY.value, "").strip())
    return _READERS.get(field, _line)(value)


def _line(value: str) -> str:
    return " ".join(typed.text(value, _LONGEST).split())


def _name(value: str) -> str:
    name = _line(value)
    if not any(char.isalpha() for char in name):
        raise typed.Unreadable("in letters")
    return name


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value) is None or len(value) > 254:
        raise typed.Unreadable("as name@example.com")
    return value


def _postal_code(value: str, country: str) -> str:
    if country == _CANADA:
        found = _CANADIAN.fullmatch(value.upper())
        if found is None:
            raise typed.Unreadable("as A1A 1A1")
        return f"{found[1]} {found[2]}"
    if _ZIP.fullmatch(value) is None:
        raise typed.Unreadable("as five digits, or five and four such as 00501-1234")
    return value


_READERS: Mapping[MemberField, Callable[[str], str]] = {
    MemberField.FIRST_NAME: _name,
    MemberField.LAST_NAME: _name,
    MemberField.PHONE: typed.phone,
    MemberField.EMAIL: _email,
}
