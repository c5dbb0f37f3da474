"""What people type when they register or finish an account. Reads forms by the contract's fields, knows no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.accounts.people import states_of
from app.accounts.registration import Registrant
from app.domain.account_form import read_account_fields
from app.domain.claims import ClaimFault, Identifiers, claim_faults, identifiers_of
from app.domain.credentials import PasswordFault, PasswordPolicy, spelled_out
from app.domain.errors import FieldFault, Invalid
from app.domain.wording import in_sentence
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField, CodeKind, Factor

_LONGEST = 200
_LONGEST_CODE = 40
_SECRETS = (AccountField.PASSWORD, AccountField.SECRET_QUESTION)
_ANSWER = "secret_answer"
_ACCOUNT = (AccountField.USERNAME, *_SECRETS)


def read_identifiers(form: Mapping[str, str], contract: Contract) -> Identifiers:
    """NPI and code as typed. Raises Invalid with every fault."""
    npi, code = form.get("npi", "")[:_LONGEST_CODE], form.get("code", "")[:_LONGEST_CODE]
    faults = claim_faults(contract.registration, npi, code)
    if faults:
        raise Invalid(tuple(_claim_fault(contract, fault) for fault in faults))
    return identifiers_of(contract.registration, npi, code)


def parts_of(asked: Mapping[AccountField, AccountInput]) -> tuple[tuple[str, dict[AccountField, AccountInput]], ...]:
    """The parts of the page about the person, each with its title and the fields it holds (REG-09 to REG-11)."""
    account = {field: rule for field, rule in asked.items() if field in _ACCOUNT}
    contact = {field: rule for field, rule in asked.items() if field not in _ACCOUNT}
    parts = ((_("Account Information"), account), (_("Contact Information"), contact))
    return tuple((title, fields) for title, fields in parts if fields)


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
    """The second page: everything about the person."""

    person: Registrant

    def __repr__(self) -> str:
        return "<PersonForm>"

    @classmethod
    def read(cls, form: Mapping[str, str], contract: Contract) -> PersonForm:
        """Raises Invalid with every fault, in the order of the contract's fields."""
        asked = contract.registration.fields
        faults, plain = list(_secret_faults(form, asked)), {}
        try:
            plain = read_account_fields(asked, form, states=states_of(contract))
        except Invalid as refused:
            faults += refused.faults
        if faults:
            order = [field.value for _title, fields in parts_of(asked) for field in fields]
            raise Invalid(tuple(sorted(faults, key=lambda fault: _place(order, fault.field))))
        return cls(
            Registrant(
                plain,
                password=form.get("password", "") if AccountField.PASSWORD in asked else "",
                secret_question=form.get("secret_question", "").strip(),
                secret_answer=form.get(_ANSWER, ""),
            )
        )


def _place(order: list[str], field: str) -> int:
    """Where a fault stands on the page; what is typed beside a field stands with it."""
    field = AccountField.SECRET_QUESTION.value if field == _ANSWER else field
    return next((place for place, name in enumerate(order) if field.startswith(name)), len(order))


def _secret_faults(form: Mapping[str, str], asked: Mapping[AccountField, AccountInput]) -> Iterator[FieldFault]:
    """What is wrong with the password and the secret question, each typed beside its second half."""
    for field in (one for one in _SECRETS if one in asked):
        rule, typed = asked[field], form.get(field.value, "")
        if rule.required and not typed.strip():
            yield FieldFault(field.value, _("Enter the %(label)s.", label=in_sentence(rule.label)))
        elif field is AccountField.SECRET_QUESTION and (len(typed) > _LONGEST or not typed.strip().isprintable()):
            yield FieldFault(field.value, _("Use plain text of at most %(most)s characters.", most=_LONGEST))
        if field is AccountField.PASSWORD and rule.confirm and typed != form.get("password_again", ""):
            yield FieldFault("password_again", _("The two entries differ."))
    if AccountField.SECRET_QUESTION in asked and not form.get(_ANSWER, "").strip():
        yield FieldFault(_ANSWER, _("Enter the answer to your question."))


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


def how_to_type(contract: Contract, channel: Factor) -> str:
    """What a number must look like, in a sentence for the page."""
    digits = contract.factors.phone_digits
    if contract.factors.phone_extensions and channel is Factor.VOICE:
        return _("Enter a number of %(digits)s digits; an extension may follow, such as x12.", digits=digits)
    return _("Enter a direct number of %(digits)s digits, without extension.", digits=digits)
