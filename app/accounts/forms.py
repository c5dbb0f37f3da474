"""What people type when they sign in. Reads forms, knows no rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.domain.errors import FieldFault, Invalid, NotFound
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.vocabulary import Factor, SignInStyle

_LONGEST_NAME = 256
_LONGEST_PASSWORD = 4096


@dataclass(frozen=True, slots=True)
class SignInForm:
    """User name and password as typed, and the factor a button asked for."""

    username: str
    password: str
    factor: Factor | None

    def __repr__(self) -> str:
        return "<SignInForm>"

    @classmethod
    def read(cls, form: Mapping[str, str]) -> SignInForm:
        """Raises Invalid when something is empty or senselessly long."""
        username, password = form.get("username", ""), form.get("password", "")
        faults = []
        if not username.strip() or len(username) > _LONGEST_NAME:
            faults.append(FieldFault("username", _("Enter your user name.")))
        if not password or len(password) > _LONGEST_PASSWORD:
            faults.append(FieldFault("password", _("Enter your password.")))
        if faults:
            raise Invalid(tuple(faults))
        return cls(username, password, _factor(form))


@dataclass(frozen=True, slots=True)
class CodeForm:
    """A code as typed, spaces and dashes dropped."""

    factor: Factor
    code: str

    @classmethod
    def read(cls, form: Mapping[str, str], digits: int) -> CodeForm:
        """Raises Invalid when it cannot be a code."""
        code = form.get("code", "").replace(" ", "").replace("-", "")
        factor = _factor(form)
        if factor is None or not (code.isascii() and code.isdigit() and len(code) == digits):
            raise Invalid((FieldFault("code", _("Enter the %(digits)s digits of the code.", digits=digits)),))
        return cls(factor, code)


def channel_of(form: Mapping[str, str]) -> Factor:
    """Where a fresh code is wanted: the telephone where a button said so, else the registered e-mail."""
    asked = _factor(form)
    return asked if asked in (Factor.SMS, Factor.VOICE) else Factor.EMAIL


def group_id(form: Mapping[str, str]) -> UUID:
    """The group a button of the switcher named. Raises NotFound."""
    try:
        return UUID(form.get("group", ""))
    except ValueError:
        raise NotFound from None


def sign_in_buttons(contract: Contract) -> tuple[tuple[str, str], ...]:
    """The buttons of the provider box as (factor, label), in the contract's style (AUTH-03, MFA-10).

    A way that the contract does not offer has no button; the registered e-mail is one where it may stand in.
    """
    ways = {
        SignInStyle.PHONE_EMAIL: (
            (Factor.SMS, _("Login with phone")),
            (Factor.EMAIL, _("Login with email")),
            (Factor.TOTP, _("Login with authenticator app")),
        ),
        SignInStyle.ONE_LOGIN: ((Factor.EMAIL, _("To authenticate with email, click here")),),
    }
    rules, style = contract.factors, contract.sign_in.style
    offered = {*rules.offered, *([Factor.EMAIL] if rules.email_fallback else [])}
    chosen = tuple((factor.value, label) for factor, label in ways.get(style, ()) if factor in offered)
    return chosen if style is SignInStyle.PHONE_EMAIL and chosen else (("", _("Login")), *chosen)


def _factor(form: Mapping[str, str]) -> Factor | None:
    named = form.get("factor", "")
    return Factor(named) if named in set(Factor) else None
