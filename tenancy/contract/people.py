"""Registration, factors, sign-in, sessions, roles and profiles, as a contract sets them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenancy.contract.declare import Dated, Span, key
from tenancy.vocabulary import (
    AccountField,
    CheckDigit,
    ClaimProof,
    CodeKind,
    Factor,
    IdentifierSet,
    ResetStep,
    Role,
    SignInStyle,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInput:
    """One field asked of a person."""

    label: str = key("Label shown.")
    required: bool = key("Whether it must be filled.")
    hint: str = key("Help under the label.", default="")
    confirm: bool = key("Whether it is typed twice.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCode:
    """The code that proves a claim to an organization."""

    kind: CodeKind = key("Which identifier it is.")
    label: str = key("Label of the code's field.")
    hint: str = key("Help under it.", default="")
    pattern: str = key("Regular expression the whole code must match.")
    check_digit: CheckDigit = key(
        "How its last digit checks the others: luhn (as an NPI's own, ISO/IEC 7812-1), mod_11 (weights 2, 3, … from the"
        " right; X stands for 10) or none.",
        default=CheckDigit.NONE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How an organization gets its account."""

    opens_on: date | None = key("First day registration is open.", default=None)
    entry_label: str = key("The link under the sign-in boxes.")
    title: str = key("Title of the first page.")
    user_title: str = key("Title of the second page.")
    code: RegistrationCode = key("The code asked for beside the NPI.")
    npi_label: str = key("Label of the NPI field.")
    npi_hint: str = key("Help under the NPI field.", default="")
    npi_fallback_to_code: bool = key("Whether an organization without an NPI may type its code in both fields.")
    identifiers: IdentifierSet = key("Whether both identifiers are needed or any one.")
    proof: ClaimProof = key(
        "What the first person who claims an organization shows beside its identifiers: the link sent to the e-mail"
        " typed, a code told to the telephone number in the provider directory, or a decision of staff.",
        default=ClaimProof.EMAIL,
    )
    fields: Mapping[AccountField, AccountInput] = key("Fields asked of the first administrator, in order.")
    username_immutable: bool = key("Whether the user name is fixed for ever.")
    username_advice: str = key("Advice on choosing user names; empty if none.", default="")
    owner_text: str = key("Who should register, in words.")
    success_text: str = key("What the page says when registration is done.")
    more_label: str = key("Button that registers a further provider.")
    more_title: str = key("Title of that dialog.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsVersion(Dated):
    """One version of the terms of use."""

    title: str = key("Title of the agreement.")
    accept_label: str = key("Text beside the check box.")
    paragraphs: tuple[str, ...] = key("The agreement.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Second factors offered and how they behave."""

    required: bool = key("Whether a second factor is asked at every sign-in.")
    offered: tuple[Factor, ...] = key("Factors to choose from, in order.")
    phone_digits: int = key("Digits of a phone number.", minimum=7, maximum=15)
    phone_extensions: bool = key("Whether extensions are supported.")
    code_digits: int = key("Digits of a one-time code.", minimum=6, maximum=8)
    code_life: Span = key("How long a one-time code works.")
    code_tries: int = key("Wrong tries after which a code is worth nothing.", default=5, minimum=1, maximum=10)
    link_life: Span = key("How long an enrolment link works.")
    first_login_label: str = key("Link for the first sign-in; empty if none.", default="")
    trouble_label: str = key("Link for people who are stuck.")
    email_fallback: bool = key("Whether the registered e-mail may stand in for the phone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Why a rule under the platform's floor may stand on paper. The portal applies the floor all the same."""

    reason: str = key("Why the rule cannot be changed yet, in one sentence.", minimum=10)
    owner: str = key("Who answers for it.", minimum=3)
    until: date = key("Last day of the waiver; after it the contract cannot be published.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """The password sentence of the guide; the platform clamps it to its floor."""

    minimum: int = key("Shortest password.", minimum=1, maximum=64)
    documented_maximum: int = key("Longest password the guide speaks of; recorded, not enforced.", minimum=8)
    upper: bool = key("Whether an upper-case letter is asked.")
    lower: bool = key("Whether a lower-case letter is asked.")
    digit: bool = key("Whether a digit is asked.")
    special: bool = key("Whether a special character is asked.")
    special_characters: str = key("The special characters the guide lists; empty for any.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The sign-in page and lock-out."""

    style: SignInStyle = key("Layout of the provider box.")
    title: str = key("Title of the page.")
    staff_label: str = key("Title of the box for the operator's staff.")
    provider_label: str = key("Title of the provider box.")
    provider_text: str = key("Who is meant by it.")
    lockout_attempts: int = key("Failures before the account locks.", minimum=3, maximum=10)
    lockout: Span = key("How long a first lock lasts.")
    remember_workday: bool = key("Whether sign-in is remembered for the rest of the workday.")
    password: PasswordRules = key("Rules for passwords.")
    reset: tuple[ResetStep, ...] = key("Steps of recovering a forgotten password, in order.")
    reset_label: str = key("Text of the forgotten-password link.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """Idle sign-off."""

    idle_minutes: int = key("Minutes without activity before the warning.", minimum=5, maximum=60)
    countdown_minutes: int = key("Minutes the warning counts down before sign-off.", minimum=2, maximum=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRule:
    """One role of a provider group."""

    label: str = key("Name shown.")
    manages_users: bool = key("Whether it may add and manage users of its group.")
    reads_reports: bool = key("Whether it may read reports.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Groups, users and roles."""

    roles: Mapping[Role, RoleRule] = key("Every role.")
    default_role: Role = key("Role of a new user.")
    groups_tab: str = key("Title of the groups tab.")
    users_tab: str = key("Title of the users tab.")
    new_user_fields: Mapping[AccountField, AccountInput] = key("Fields of the new-user form, in order.")
    profile_fields: Mapping[AccountField, AccountInput] = key("Fields of the profile page, in order.")
    phone_format: str = key("How a phone number is written.")
    fax_note: str = key("What the fax number is used for.")
    duty_text: str = key("What administrators owe; empty if not stated.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Favourites a user keeps."""

    sections: tuple[str, ...] = key("Titles of the sections, in order.")
    limit: int | None = key("Most favourites of a kind; empty for no limit.", default=None)
