"""Reading what is asked of a person who registers, is added to a group or changes a profile.

Pure: gets the contract's fields and the typed text, gives values or every fault at once. Must not know accounts,
rows or pages; passwords and secret questions are read elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.domain import typed
from app.domain.addresses import is_address, probably_meant
from app.domain.errors import FieldFault, Invalid
from app.domain.wording import in_sentence
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField

LONGEST = 120
CONFIRM = "_confirm"
"""What the name of a field that is typed twice ends in the second time."""
SEEN = "email_seen"
"""The hidden field with the address as it was typed before: what was looked at once more may stand."""
SECRET = frozenset({AccountField.PASSWORD, AccountField.SECRET_QUESTION})
_USERNAME = re.compile(r"[^\W_][\w.@+-]{2,63}")
_POSTAL_CODE = re.compile(r"\d{5}(?:-\d{4})?", re.ASCII)
_EXTENSION = re.compile(r"\d{1,6}", re.ASCII)


def read_account_fields(
    fields: Mapping[AccountField, AccountInput], raw: Mapping[str, str], *, states: Mapping[str, str]
) -> dict[AccountField, str]:
    """The values of the contract's fields; phone and fax as ``601-555-0100``, ``states`` by their two letters.

    A required field must be filled, a confirmed one typed alike twice without regard to case (REG-11, USR-05,
    PROF-01). An e-mail address with a slip of the finger is asked for once more. Raises Invalid with every fault; no
    message repeats what was typed, but for the address that was probably meant.
    """
    values: dict[AccountField, str] = {}
    faults: list[FieldFault] = []
    for field, rule in fields.items():
        if field in SECRET:
            continue
        try:
            values[field] = _read(field, rule, raw, states)
            _confirm(field, rule, raw, values[field])
        except _Wrong as wrong:
            faults.append(FieldFault(wrong.field, str(wrong)))
    if faults:
        raise Invalid(tuple(faults))
    return values


class _Wrong(ValueError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _read(field: AccountField, rule: AccountInput, raw: Mapping[str, str], states: Mapping[str, str]) -> str:
    text, label = raw.get(field.value, "").strip(), in_sentence(rule.label)
    if not text:
        if rule.required:
            raise _Wrong(field.value, f"Enter the {label}.")
        return ""
    try:
        value = _state(text, states) if field is AccountField.STATE else _READERS.get(field, _line)(text)
    except typed.Unreadable as fault:
        raise _Wrong(field.value, f"Enter the {label} {fault.how}.") from None
    if field is AccountField.EMAIL and raw.get(SEEN, "").strip() != value and (meant := probably_meant(value)):
        raise _Wrong(field.value, f"Did you mean {meant}? If not, send the form again as it is.")
    return value


def _confirm(field: AccountField, rule: AccountInput, raw: Mapping[str, str], value: str) -> None:
    again = field.value + CONFIRM
    if rule.confirm and raw.get(again, "").strip().casefold() != value.casefold():
        raise _Wrong(again, f"Type the same {in_sentence(rule.label)} in both fields.")


def _line(text: str) -> str:
    return " ".join(typed.text(text, LONGEST).split())


def _name(text: str) -> str:
    name = _line(text)
    if not any(sign.isalpha() for sign in name):
        raise typed.Unreadable("in letters")
    return name


def _username(text: str) -> str:
    if _USERNAME.fullmatch(text) is None:
        raise typed.Unreadable("with 3 to 64 letters, digits, dots, dashes or underscores, and no spaces")
    return text


def email_address(text: str) -> str:
    """An e-mail address as typed, trimmed. Raises :class:`typed.Unreadable`."""
    address = text.strip()
    if not is_address(address) or not address.isprintable():
        raise typed.Unreadable("as name@example.com")
    return address


def _number(text: str) -> str:
    number = typed.phone(text)
    if len(number) > len("601-555-0100"):
        raise typed.Unreadable("without its extension, for example 601-555-0100")
    return number


def _extension(text: str) -> str:
    if _EXTENSION.fullmatch(text) is None:
        raise typed.Unreadable("in at most 6 digits")
    return text


def _postal_code(text: str) -> str:
    if _POSTAL_CODE.fullmatch(text) is None:
        raise typed.Unreadable("as five digits, or five and four such as 00501-1234")
    return text


def _state(text: str, states: Mapping[str, str]) -> str:
    if text in states:
        return text
    found = {word.casefold(): key for key, word in states.items()} | {key.casefold(): key for key in states}
    if text.casefold() not in found:
        raise typed.Unreadable("from the list")
    return found[text.casefold()]


_READERS: Mapping[AccountField, Callable[[str], str]] = MappingProxyType(
    {
        AccountField.USERNAME: _username,
        AccountField.FIRST_NAME: _name,
        AccountField.LAST_NAME: _name,
        AccountField.EMAIL: email_address,
        AccountField.PHONE: _number,
        AccountField.FAX: _number,
        AccountField.PHONE_EXTENSION: _extension,
        AccountField.POSTAL_CODE: _postal_code,
    }
)
