"""What people type about themselves: every field's form, every fault at once, nothing repeated back."""

from __future__ import annotations

import pytest

from app.domain.account_form import read_account_fields
from app.domain.errors import Invalid
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField

STATES = {"CO": "Colorado", "MS": "Mississippi"}


def read(field: AccountField, text: str, *, required: bool = False, label: str = "Value") -> str:
    rule = AccountInput(label=label, required=required)
    return read_account_fields({field: rule}, {field.value: text}, states=STATES)[field]


def fault(field: AccountField, text: str, **options: object) -> str:
    with pytest.raises(Invalid) as refused:
        read(field, text, **options)  # type: ignore[arg-type]
    (found,) = refused.value.faults
    assert found.field == field.value
    return found.message


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (AccountField.USERNAME, " j.doe-7 ", "j.doe-7"),
        (AccountField.FIRST_NAME, "  Ana   Maria ", "Ana Maria"),
        (AccountField.LAST_NAME, "O'Neill-Ng", "O'Neill-Ng"),
        (AccountField.EMAIL, " a.b+c@clinic.example ", "a.b+c@clinic.example"),
        (AccountField.PHONE, "(601) 555 0100", "601-555-0100"),
        (AccountField.FAX, "1-601-555-0100", "601-555-0100"),
        (AccountField.PHONE_EXTENSION, "12", "12"),
        (AccountField.POSTAL_CODE, "00501-1234", "00501-1234"),
        (AccountField.STATE, "CO", "CO"),
        (AccountField.STATE, "mississippi", "MS"),
        (AccountField.STATE, "co", "CO"),
        (AccountField.ADDRESS_1, "1 Main\tSt", "1 Main St"),
        (AccountField.CITY, "", ""),
    ],
)
def test_it_keeps_what_was_meant(field: AccountField, typed: str, kept: str) -> None:
    assert read(field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed", "how"),
    [
        (AccountField.USERNAME, "zq", "with 3 to 64 letters"),
        (AccountField.USERNAME, "two words", "with 3 to 64 letters"),
        (AccountField.USERNAME, "_hidden", "with 3 to 64 letters"),
        (AccountField.FIRST_NAME, "123", "in letters"),
        (AccountField.EMAIL, "somebody", "as name@example.com"),
        (AccountField.EMAIL, "a@b,c@d.example", "as name@example.com"),
        (AccountField.EMAIL, "a@" + "b" * 250 + ".example", "as name@example.com"),
        (AccountField.EMAIL, "a\u200b@b.example", "as name@example.com"),
        (AccountField.PHONE, "555-0142", "as ten digits"),
        (AccountField.PHONE, "601-555-0100 x12", "without its extension"),
        (AccountField.PHONE_EXTENSION, "twelve", "in at most 6 digits"),
        (AccountField.POSTAL_CODE, "9050", "as five digits"),
        (AccountField.STATE, "Atlantis", "from the list"),
        (AccountField.CITY, "x" * 121, "in at most 120 characters"),
    ],
)
def test_it_says_how_to_type_it_and_never_repeats_it(field: AccountField, typed: str, how: str) -> None:
    message = fault(field, typed)
    assert message.startswith(f"Enter the value {how}")
    assert typed not in message


def test_what_must_be_filled_is_asked_for_in_the_contracts_words() -> None:
    assert fault(AccountField.FAX, " ", required=True, label="Fax Number") == "Enter the fax number."


def test_a_confirmed_field_is_typed_alike_twice_whatever_its_case() -> None:
    fields = {AccountField.EMAIL: AccountInput(label="Email", required=True, confirm=True)}
    typed = {"email": "A@b.example", "email_confirm": "a@B.example"}
    assert read_account_fields(fields, typed, states={})[AccountField.EMAIL] == "A@b.example"
    with pytest.raises(Invalid) as refused:
        read_account_fields(fields, typed | {"email_confirm": ""}, states={})
    assert [(one.field, one.message) for one in refused.value.faults] == [
        ("email_confirm", "Type the same email in both fields.")
    ]


def test_every_fault_comes_at_once_and_secrets_are_left_to_others() -> None:
    needed = AccountInput(label="X", required=True)
    fields = dict.fromkeys((AccountField.PASSWORD, AccountField.FIRST_NAME, AccountField.EMAIL), needed)
    with pytest.raises(Invalid) as refused:
        read_account_fields(fields, {"email": "no"}, states={})
    assert [one.field for one in refused.value.faults] == ["first_name", "email"]


def test_a_slip_of_the_finger_in_an_address_is_asked_about_once_and_may_stand() -> None:
    message = fault(AccountField.EMAIL, "jo@gmial.com")
    assert message == "Did you mean jo@gmail.com? If not, send the form again as it is."
    fields = {AccountField.EMAIL: AccountInput(label="Email", required=True)}
    again = {"email": " jo@gmial.com", "email_seen": "jo@gmial.com "}
    assert read_account_fields(fields, again, states={})[AccountField.EMAIL] == "jo@gmial.com"
