"""What people type when they register or finish an account. Reads forms by the contract's fields, knows no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.accounts.enrolment import dialled
from app.accounts.registration import Registrant
from app.domain.addresses import is_address, probably_meant
from app.domain.claims import ClaimFault, Identifiers, claim_faults, identifiers_of
from app.domain.credentials import PasswordFault, PasswordPolicy, spelled_out
from app.domain.errors import FieldFault, Invalid
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField, CodeKind

_LONGEST = 200
_LONGEST_CODE = 40
_SECRETS = (AccountField.PASSWORD, AccountField.SECRET_QUESTION)
_NUMBERS = (AccountField.PHONE, AccountField.FAX)


def read_identifiers(form: Mapping[str, str], contract: Contract) -> Identifiers:
    """NPI and code as typed. Raises Invalid with every fault."""
    npi, code = form.get("npi", "")[:_LONGEST_CODE], form.get("code", "")[:_LONGEST_CODE]
    faults = claim_faults(contract.registration, npi, code)
    if faults:
        raise Invalid(tuple(_claim_fault(contract, fault) for fault in faults))
    return identifiers_of(contract.registration, npi, code)


def _claim_fault(contract: Contract, fault: ClaimFault) -> FieldFault:
    rules = contract.registration
    told = {
        ClaimFault.NPI_MISSING: ("npi", _("Enter the %(label)s.", label=rules.npi_label)),
        ClaimFault.NPI_WRONG: ("npi", _("That is not an NPI. Check its ten digits.")),
        ClaimFault.CODE_MISSING: ("code", _("Enter the %(label)s.", label=rules.code.label)),
        ClaimFault.CODE_WRONG: ("code", _("That is not a %(kind)s. Check it.", kind=code_name(rules.code.kind))),
    }
    return FieldFault(*told[fault])


def code_name(kind: CodeKind) -> str:
    """What the registration code is, in words."""
    names = {
        CodeKind.MEDICAID_ID: _("Medicaid ID"),
        CodeKind.BCBS_ID: _("BCBS ID"),
        CodeKind.LICENCE: _("licence number"),
        CodeKind.TAX_ID: _("tax ID"),
        CodeKind.OTHER: _("registration code"),
    }
    return names[kind]


@dataclass(frozen=True, slots=True)
class PersonForm:
    """The second page: everything about the person, and whether an odd address was looked at once more."""

    person: Registrant

    def __repr__(self) -> str:
        return "<PersonForm>"

    @classmethod
    def read(cls, form: Mapping[str, str], contract: Contract) -> PersonForm:
        """Raises Invalid with every fault."""
        asked = contract.registration.fields
        faults = list(_person_faults(form, asked, contract))
        if faults:
            raise Invalid(tuple(faults))
        plain = {field: form.get(field.value, "").strip() for field in asked if field not in _SECRETS}
        return cls(
            Registrant(
                plain,
                password=form.get("password", "") if AccountField.PASSWORD in asked else "",
                secret_question=form.get("secret_question", "").strip(),
                secret_answer=form.get("secret_answer", ""),
            )
        )


def _person_faults(
    form: Mapping[str, str], asked: Mapping[AccountField, AccountInput], contract: Contract
) -> Iterator[FieldFault]:
    for field, rule in asked.items():
        typed = form.get(field.value, "")
        if rule.required and not typed.strip():
            yield FieldFault(field.value, _("Enter: %(label)s.", label=rule.label))
        elif len(typed) > _LONGEST and field is not AccountField.PASSWORD:
            yield FieldFault(field.value, _("%(label)s is too long.", label=rule.label))
        elif typed.strip():
            yield from _value_faults(field, typed, form, contract)
        if rule.confirm and typed and form.get(f"{field.value}_again", "").strip() != typed.strip():
            yield FieldFault(f"{field.value}_again", _("The two entries differ."))
    if AccountField.SECRET_QUESTION in asked and not form.get("secret_answer", "").strip():
        yield FieldFault("secret_answer", _("Enter the answer to your question."))


def _value_faults(field: AccountField, typed: str, form: Mapping[str, str], contract: Contract) -> Iterator[FieldFault]:
    if field is AccountField.EMAIL:
        yield from email_faults(typed.strip(), form.get("email_seen", ""))
    elif field in _NUMBERS and not dialled(contract, typed):
        digits = contract.factors.phone_digits
        yield FieldFault(field.value, _("Enter a number of %(digits)s digits, without extension.", digits=digits))
    elif any(ord(character) < 32 for character in typed):
        yield FieldFault(field.value, _("Use plain text only."))


def email_faults(address: str, seen: str) -> Iterator[FieldFault]:
    """No address, or one with a slip of the finger; the same address sent a second time may stand."""
    if not is_address(address):
        yield FieldFault("email", _("Enter an e-mail address such as name@example.org."))
    elif (meant := probably_meant(address)) and seen != address:
        yield FieldFault("email", _("Did you mean %(meant)s? If not, send the form again as it is.", meant=meant))


def password_sentences(policy: PasswordPolicy) -> tuple[str, ...]:
    """The rules of passwords, told before one is typed."""
    figures = dict(spelled_out(policy))
    told = (
        _("%(least)s to %(most)s characters; spaces are welcome.", least=policy.minimum, most=policy.maximum),
        _("Three or four words that do not belong together make a good one."),
    )
    if "classes_below" not in figures:
        return told
    names = {
        "upper": _("a capital letter"),
        "lower": _("a small letter"),
        "digit": _("a digit"),
        "special": _("a mark such as %(marks)s", marks=policy.special_characters[:8] or "#"),
    }
    kinds = ", ".join(name for kind, name in names.items() if kind in figures)
    return (*told, _("Below %(figure)s characters it also needs: %(kinds)s.", figure=policy.classes_below, kinds=kinds))


def password_faults(faults: tuple[PasswordFault, ...], policy: PasswordPolicy) -> tuple[FieldFault, ...]:
    """Why a password was not taken, each with what to do."""
    told = {
        PasswordFault.SHORT: _("Use at least %(figure)s characters.", figure=policy.minimum),
        PasswordFault.LONG: _("Use at most %(figure)s characters.", figure=policy.maximum),
        PasswordFault.CONTROL: _("Use characters that can be typed on every keyboard."),
        PasswordFault.UPPER: _("Add a capital letter, or make it %(figure)s long.", figure=policy.classes_below),
        PasswordFault.LOWER: _("Add a small letter, or make it %(figure)s long.", figure=policy.classes_below),
        PasswordFault.DIGIT: _("Add a digit, or make it %(figure)s long.", figure=policy.classes_below),
        PasswordFault.SPECIAL: _("Add a mark such as # or ?, or make it %(figure)s long.", figure=policy.classes_below),
        PasswordFault.COMMON: _("Many people use this password or one like it. Choose another."),
        PasswordFault.PERSONAL: _("It is made of your own name or this portal's. Choose another."),
    }
    return tuple(FieldFault("password", told[fault]) for fault in faults)


def read_code(form: Mapping[str, str], digits: int) -> str:
    """A code as typed, spaces and dashes dropped. Raises Invalid when it cannot be one."""
    code = form.get("one_time_code", "").replace(" ", "").replace("-", "")
    if not (code.isascii() and code.isdigit() and len(code) == digits):
        raise Invalid((FieldFault("one_time_code", _("Enter the %(digits)s digits of the code.", digits=digits)),))
    return code
