"""Registration, factors, sign-in, roles: can people get in, and only as they should? Pure."""

from collections.abc import Iterator, Mapping

from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.contract.declare import Span
from tenancy.contract.people import AccountInput
from tenancy.patterns import refusal_of
from tenancy.vocabulary import AccountField, ResetStep, Role, Severity, SpanUnit

NEEDED = (AccountField.USERNAME, AccountField.FIRST_NAME, AccountField.LAST_NAME, AccountField.EMAIL)
SHORT = frozenset({SpanUnit.MINUTES, SpanUnit.HOURS, SpanUnit.CALENDAR_DAYS})
NIST = "NIST SP 800-63B"
REPORTING = {Role.GROUP_ADMIN_REPORTS: Role.GROUP_ADMIN, Role.ADMIN_REPORTS: Role.ADMIN}


def registration(contract: Contract) -> Iterator[Problem]:
    """Who registers can be named and written to; the code's pattern can be matched quickly."""
    rules = contract.registration
    yield from _needed(rules.fields, ("registration", "fields"))
    refusal = refusal_of(rules.code.pattern)
    if refusal:
        yield Problem(("registration", "code", "pattern"), "PATTERN-REFUSED", refusal)


def user_forms(contract: Contract) -> Iterator[Problem]:
    """A new user can be named and written to, and no administrator chooses anybody's password."""
    path = ("users", "new_user_fields")
    yield from _needed(contract.users.new_user_fields, path)
    for field in (AccountField.PASSWORD, AccountField.SECRET_QUESTION):
        if field in contract.users.new_user_fields:
            reason = f"an administrator never chooses a user's {field.replace('_', ' ')}; the user gets a link."
            yield Problem((*path, field), "FIELD-SECRET", reason, at_key=True)
    for field in (AccountField.USERNAME, AccountField.PASSWORD, AccountField.SECRET_QUESTION):
        if field in contract.users.profile_fields:
            reason = f"'{field}' is not changed on the profile page."
            yield Problem(("users", "profile_fields", field), "FIELD-SECRET", reason, at_key=True)


def _needed(fields: Mapping[AccountField, AccountInput], path: Path) -> Iterator[Problem]:
    for field in NEEDED:
        if field not in fields:
            yield Problem(path, "FIELD-MISSING", f"the field '{field}' is missing.", at_key=True)
        elif not fields[field].required:
            yield Problem((*path, field, "required"), "FIELD-OPTIONAL", f"'{field}' must be required.")


def factors(contract: Contract) -> Iterator[Problem]:
    """There is a second factor to choose, and links and codes work for some time."""
    rules, path = contract.factors, ("factors", "offered")
    if not rules.required:
        reason = "a second factor is asked at every sign-in; this cannot be waived."
        yield Problem(("factors", "required"), "FACTOR-OFF", reason, "Write required: true.", NIST)
    if not rules.offered:
        yield Problem(path, "FACTOR-NONE", "no second factor is offered.")
    yield from _short(rules.link_life, ("factors", "link_life"))
    yield from _short(rules.code_life, ("factors", "code_life"))


def sign_in(contract: Contract) -> Iterator[Problem]:
    """A lock lasts some time; a forgotten password can be recovered by steps that exist."""
    rules = contract.sign_in
    yield from _short(rules.lockout, ("sign_in", "lockout"))
    path = ("sign_in", "reset")
    if not rules.reset:
        yield Problem(path, "RESET-NONE", "a forgotten password could never be recovered.")
    elif rules.reset[0] is not ResetStep.EMAIL_LINK:
        reason = f"'{rules.reset[0]}' comes first; every recovery starts with a link by e-mail."
        yield Problem((*path, "0"), "RESET-ORDER", reason, "Put email_link first.")
    if ResetStep.SECRET_QUESTION in rules.reset and not _asks_question(contract):
        where = str(rules.reset.index(ResetStep.SECRET_QUESTION))
        reason = "the secret question is asked here but never set up at registration."
        yield Problem((*path, where), "RESET-QUESTION", reason, "Add registration.fields.secret_question.")
    password = rules.password
    if password.documented_maximum < password.minimum:
        reason = f"the longest password, {password.documented_maximum}, is shorter than the shortest."
        yield Problem(("sign_in", "password", "documented_maximum"), "PASSWORD-BOUNDS", reason)


def _asks_question(contract: Contract) -> bool:
    return AccountField.SECRET_QUESTION in contract.registration.fields


def _short(span: Span, path: Path) -> Iterator[Problem]:
    if span.unit not in SHORT:
        hint = "Use minutes, hours or calendar_days."
        yield Problem((*path, "unit"), "SPAN-UNIT", f"'{span.unit}' cannot measure this.", hint)
    if span.amount == 0:
        yield Problem((*path, "amount"), "SPAN-ZERO", "a period of 0 is over before it starts.")


def roles(contract: Contract) -> Iterator[Problem]:
    """The default role exists and is harmless; administrators manage; the reporting flavours differ by reports only."""
    users = contract.users
    for role in Role:
        if role not in users.roles:
            yield Problem(("users", "roles"), "ENTRY-MISSING", f"the role '{role}' is missing.", at_key=True)
    if users.default_role in users.roles and users.roles[users.default_role].manages_users:
        reason = f"every new user would manage others as '{users.default_role}'."
        yield Problem(("users", "default_role"), "ROLE-DEFAULT", reason, "Use staff.", severity=Severity.WARNING)
    if Role.GROUP_ADMIN in users.roles and not users.roles[Role.GROUP_ADMIN].manages_users:
        path = ("users", "roles", Role.GROUP_ADMIN, "manages_users")
        yield Problem(path, "ROLE-ADMIN", "nobody could add users: the group administrator must manage them.")
    yield from _reporting(contract)


def _reporting(contract: Contract) -> Iterator[Problem]:
    known = contract.users.roles
    for role, plain in REPORTING.items():
        if role in known and not known[role].reads_reports:
            path = ("users", "roles", role, "reads_reports")
            yield Problem(path, "ROLE-REPORTS", f"'{role}' is the flavour that reads reports.")
        if role in known and plain in known and known[role].manages_users != known[plain].manages_users:
            path, reason = (
                ("users", "roles", role, "manages_users"),
                f"'{role}' and '{plain}' differ in more than reports.",
            )
            yield Problem(path, "ROLE-REPORTS", reason, severity=Severity.WARNING)


def preferences(contract: Contract) -> Iterator[Problem]:
    """A limit of favourites leaves room for one."""
    limit = contract.preferences.limit
    if limit is not None and limit < 1:
        yield Problem(("preferences", "limit"), "NUMBER-LOW", f"{limit} favourites are none.", "Leave it empty.")


CHECKS: tuple[Check, ...] = (registration, user_forms, factors, sign_in, roles, preferences)
