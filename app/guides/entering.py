"""Chapters about getting in: what the portal is for, registering, signing in, passwords, the people of a group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.domain.access import ROLE_PERMISSIONS, Permission
from app.domain.credentials import Effective, spelled_out
from app.domain.typed import day_shown
from app.domain.wording import listed
from app.guides.blocks import Block, Chapter, Fact, Figure, Heading, facts, items, says, table
from app.web.messages import gettext as _
from app.web.messages import ngettext
from tenancy.contract import Contract
from tenancy.contract.people import AccountInput
from tenancy.vocabulary import AccountField, ClaimProof, Factor, IdentifierSet, Navigation, ResetStep, Role

FACTORS: Mapping[Factor, str] = {
    Factor.EMAIL: _("a code by e-mail"),
    Factor.SMS: _("a code by text message"),
    Factor.VOICE: _("a code told in a phone call"),
    Factor.TOTP: _("an authenticator app"),
    Factor.PASSKEY: _("a passkey"),
}
RESETS: Mapping[ResetStep, str] = {
    ResetStep.EMAIL_LINK: _("Open the link in the e-mail we send you."),
    ResetStep.FACTOR: _("Show your second sign-in step."),
    ResetStep.SECRET_QUESTION: _("Answer your secret question."),
}
PROOFS: Mapping[ClaimProof, str] = {
    ClaimProof.PHONE_ON_FILE: _("We call the number the provider directory has for your organization, with a code."),
    ClaimProof.STAFF: _("Our staff looks at your registration before you can go on."),
}


def yes_no(value: bool) -> str:
    """Yes or no."""
    return _("Yes") if value else _("No")


def minutes(length: timedelta) -> str:
    """A length of time as ``15 minutes`` or ``12 hours``."""
    whole = int(length.total_seconds() // 60)
    if whole >= 60 and whole % 60 == 0:
        return ngettext("%(num)s hour", "%(num)s hours", whole // 60)
    return ngettext("%(num)s minute", "%(num)s minutes", whole)


def purpose(contract: Contract) -> Chapter:
    """What the portal is for, whom it serves and what can be done here."""
    portal, opens = contract.portal, contract.portal.submission_opens_on
    programs = tuple(one.label for one in contract.client.programs.values())
    blocks: tuple[Block, ...] = (
        *says(portal.welcome, portal.use_text, portal.availability),
        Figure("sign-in", _("The first page of the portal, where you sign in.")),
        *items(portal.functions),
        Heading(_("What is reviewed")),
        *says(_("Requests are reviewed for %(name)s.", name=contract.client.on_behalf_of or contract.client.name)),
        *items(contract.client.scope),
        *says(_("Programs: %(names)s.", names=listed(list(programs))) if programs else ""),
        *facts(
            Fact("portal.submission_opens_on", _("First day for sending requests"), day_shown(opens))
            if opens
            else None,
        ),
        *says(portal.browser_advice, portal.bookmark_advice),
    )
    return Chapter("purpose", _("What the portal is for"), blocks)


def registering(contract: Contract, policy: Effective) -> Chapter:
    """How an organization gets its account, and what it needs for that."""
    rules = contract.registration
    steps = (
        _("On the sign-in page choose “%(label)s”.", label=rules.entry_label),
        _("Enter the %(npi)s and the %(code)s.", npi=rules.npi_label, code=rules.code.label),
        _("Fill in your own details and send the form."),
        *(PROOFS[one] for one in (rules.proof,) if one in PROOFS),
        _("Open the link in the e-mail we send you, and set up your second sign-in step."),
    )
    hints = ((rules.npi_label, rules.npi_hint), (rules.code.label, rules.code.hint))
    blocks: tuple[Block, ...] = (
        *says(rules.owner_text),
        *items(steps, is_ordered=True),
        *items(tuple(f"{label}: {hint}" for label, hint in hints if hint)),
        *facts(*_registration_facts(contract, policy)),
        Heading(rules.user_title),
        *_asked(rules.fields),
        *says(contract.users.fax_note, rules.username_advice),
        *says(_("For a further organization, sign in and choose “%(label)s”.", label=rules.more_label)),
    )
    return Chapter("registering", _("Registering your organization"), blocks)


def _registration_facts(contract: Contract, policy: Effective) -> tuple[Fact | None, ...]:
    rules = contract.registration
    needed = _("both are needed") if rules.identifiers is IdentifierSet.ALL_OF else _("one of them is enough")
    without = _("You cannot register here without one. Ask us for help.")
    if rules.npi_fallback_to_code:
        without = _("Enter your %(code)s in both fields.", code=rules.code.label)
    elif rules.identifiers is IdentifierSet.ANY_OF:
        without = _("The %(code)s alone is enough.", code=rules.code.label)
    return (
        Fact("registration.opens_on", _("First day for registering"), day_shown(rules.opens_on))
        if rules.opens_on
        else None,
        Fact("registration.identifiers", f"{rules.npi_label}, {rules.code.label}", needed),
        Fact("registration.npi_fallback_to_code", _("If you have no %(label)s", label=rules.npi_label), without),
        Fact("registration.username_immutable", _("Can a user name be changed later?"), _("No. Choose it with care."))
        if rules.username_immutable
        else None,
        Fact("factors.link_life", _("How long the link in our e-mail works"), minutes(policy.link_life)),
    )


def _asked(fields: Mapping[AccountField, AccountInput]) -> tuple[Block, ...]:
    rows = tuple((one.label, yes_no(one.required), one.hint) for one in fields.values())
    return table(_("What we ask for"), (_("Field"), _("Must be filled in"), _("Good to know")), rows)


def signing_in(contract: Contract, policy: Effective) -> Chapter:
    """Signing in with its second step, what happens after wrong tries, and when one is signed off."""
    labels = contract.factors
    blocks: tuple[Block, ...] = (
        *says(contract.sign_in.provider_text),
        *items(
            (
                _("Under “%(title)s” enter your user name and password.", title=contract.sign_in.provider_label),
                _("Show your second sign-in step."),
                _("The first time, read the terms of use and agree to them."),
            ),
            is_ordered=True,
        ),
        *says(*(_("First time here? Choose “%(label)s”.", label=one) for one in (labels.first_login_label,) if one)),
        *says(_("If you are stuck, choose “%(label)s”.", label=labels.trouble_label)),
        *facts(*_factor_facts(policy), *_lock_facts(policy)),
        Heading(_("If you step away")),
        *says(_("What you typed is saved. After signing in again you go on where you were.")),
        *facts(
            Fact("session.idle_minutes", _("We ask whether you are still there after"), minutes(policy.idle)),
            Fact("session.countdown_minutes", _("Time to answer before you are signed off"), minutes(policy.countdown)),
        ),
    )
    return Chapter("signing-in", _("Signing in"), blocks)


def _factor_facts(policy: Effective) -> tuple[Fact | None, ...]:
    kinds = listed([FACTORS[one] for one in policy.factors], "or")
    tries = ngettext("after %(num)s wrong try", "after %(num)s wrong tries", policy.code_tries)
    return (
        Fact("factors.offered", _("Second sign-in step"), kinds),
        Fact("factors.code_digits", _("Digits of a code"), str(policy.code_digits)),
        Fact("factors.code_life", _("How long a code works"), minutes(policy.code_life)),
        Fact("factors.code_tries", _("A code is worth nothing"), tries),
    )


def _lock_facts(policy: Effective) -> tuple[Fact | None, ...]:
    wrong = ngettext("after %(num)s wrong password", "after %(num)s wrong passwords", policy.lockout_attempts)
    longest = minutes(policy.longest_lock)
    again = _(
        "%(first)s. Each further lock lasts twice as long, up to %(longest)s.",
        first=minutes(policy.lockout),
        longest=longest,
    )
    rest = _("For the rest of the day, at most %(most)s", most=minutes(policy.remember_most))
    return (
        Fact("sign_in.lockout_attempts", _("Sign-in is locked"), wrong),
        Fact("sign_in.lockout", _("How long it stays locked"), again),
        Fact(
            "sign_in.remember_workday",
            _("Can a device be remembered?"),
            rest if policy.remembers else _("No, the second step is asked every time"),
        ),
    )


def passwords(contract: Contract, policy: Effective) -> Chapter:
    """What a password must be, and how to get a new one."""
    steps = tuple(RESETS[step] for step in policy.reset)
    blocks: tuple[Block, ...] = (
        *says(_("Three or four words that do not belong together make a good password. Spaces are welcome.")),
        *facts(*_password_facts(policy)),
        Heading(contract.sign_in.reset_label),
        *says(_("Choose “%(label)s” on the sign-in page.", label=contract.sign_in.reset_label)),
        *items((*steps, _("Choose a new password.")), is_ordered=True),
        *says(_("Nobody at our side knows your password or asks you for it.")),
    )
    return Chapter("passwords", _("Passwords"), blocks)


def _password_facts(policy: Effective) -> tuple[Fact | None, ...]:
    figures, rule = dict(spelled_out(policy.password)), policy.password
    longest = _("%(most)s characters", most=rule.maximum)
    if rule.documented_maximum < rule.maximum:
        longest = _(
            "%(most)s characters. Older papers speak of %(written)s; the portal takes longer ones.",
            most=rule.maximum,
            written=rule.documented_maximum,
        )
    names = {
        "upper": _("a capital letter"),
        "lower": _("a small letter"),
        "digit": _("a digit"),
        "special": _("a mark such as %(marks)s", marks=" ".join(rule.special_characters) or "#"),
    }
    kinds = listed([name for kind, name in names.items() if kind in figures])
    below = _("Below %(figure)s characters a password also needs", figure=rule.classes_below)
    return (
        Fact("sign_in.password.minimum", _("Shortest"), _("%(least)s characters", least=rule.minimum)),
        Fact("sign_in.password.documented_maximum", _("Longest"), longest),
        Fact("sign_in.password.kinds", below, kinds) if kinds else None,
        Fact(
            "sign_in.password.known",
            _("Refused whatever its length"),
            _("a password that many people use, or one made of your own name"),
        ),
    )


def people(contract: Contract) -> Chapter:
    """The people of an organization: roles, who may add others, their profile."""
    users, setup = contract.users, _place(contract, Navigation.SETUP)
    rows = tuple(Fact(f"users.roles.{role}", one.label, _role(role)) for role, one in users.roles.items())
    blocks: tuple[Block, ...] = (
        *says(users.duty_text),
        *says(
            _(
                "Administrators find these pages under “%(place)s”: %(groups)s, %(users)s.",
                place=setup,
                groups=users.groups_tab,
                users=users.users_tab,
            )
        ),
        Figure("people", _("The people of an organization with their roles.")),
        *facts(*rows, Fact("users.default_role", _("Role of a new person"), users.roles[users.default_role].label)),
        Heading(_("A new person")),
        *_asked(users.new_user_fields),
        Heading(_("Your own profile")),
        *says(users.fax_note, _("Write phone numbers like %(shape)s.", shape=users.phone_format)),
    )
    return Chapter("people", _("People and roles"), blocks)


def _role(role: Role) -> str:
    may = ROLE_PERMISSIONS[role]
    manages = _("Works on requests and manages people") if Permission.GROUP_MANAGE in may else _("Works on requests")
    return _("%(work)s, reads reports", work=manages) if Permission.REPORT_READ in may else manages


def _place(contract: Contract, place: Navigation) -> str:
    return next((one.label for one in contract.layout.navigation if one.place is place), place.value.title())
