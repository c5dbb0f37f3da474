"""The credential policy a portal applies: the contract's own, held to the platform's floor. Pure.

``clamp`` is the one place where the two meet; the check, publishing and every sign-in read its answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tenancy.contract import Contract
from tenancy.contract.declare import Span
from tenancy.contract.floor import Floor
from tenancy.vocabulary import Factor, ResetStep, SpanUnit, Waivable

NIST = "NIST SP 800-63B-4, 3.1.1.2"
NIST_CHANNEL = "NIST SP 800-63B-4, 3.1.3.1"
ASVS = "OWASP ASVS 5.0, 6.1.1"
ASVS_CODE = "OWASP ASVS 5.0, 6.5.1"
HIPAA = "45 CFR 164.312(a)(2)(iii)"
WCAG = "WCAG 2.2, 2.2.1"
RESTRICTED = frozenset({Factor.SMS, Factor.VOICE, Factor.EMAIL})
STRONG = (Factor.TOTP, Factor.PASSKEY)
MINUTES = {
    SpanUnit.MINUTES: 1,
    SpanUnit.HOURS: 60,
    SpanUnit.CALENDAR_DAYS: 1440,
    SpanUnit.BUSINESS_DAYS: 1440,
    SpanUnit.MONTHS: 44640,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What a new password must be. Lengths in code points after NFKC; kinds are asked below ``classes_below`` only."""

    minimum: int
    maximum: int
    classes_below: int
    upper: bool
    lower: bool
    digit: bool
    special: bool
    special_characters: str
    documented_maximum: int


@dataclass(frozen=True, slots=True)
class Change:
    """One rule the platform does not take from the contract as it stands there."""

    rule: Waivable
    path: tuple[str, ...]
    code: str
    reason: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The policy in force: never under the floor. ``changes`` is what was not taken from the contract as written."""

    password: PasswordPolicy
    lockout_attempts: int
    lockout: timedelta
    longest_lock: timedelta
    idle: timedelta
    countdown: timedelta
    link_life: timedelta
    code_life: timedelta
    code_digits: int
    code_tries: int
    factors: tuple[Factor, ...]
    reset: tuple[ResetStep, ...]
    remembers: bool
    remember_most: timedelta
    changes: tuple[Change, ...]


def minutes(span: Span) -> int:
    """A period in minutes, a month counted as 31 days."""
    return span.amount * MINUTES[span.unit]


def clamp(contract: Contract, floor: Floor) -> Effective:
    """The contract's policy held to the floor: stricter stays, weaker is raised. Total: any contract has an answer.

    A waiver lets a contract be published; of the rules themselves it keeps only the e-mail code as a factor.
    Sources: NIST SP 800-63B-4, OWASP ASVS 5.0, 45 CFR 164.312.
    """
    sign_in, session, factors = contract.sign_in, contract.session, contract.factors
    return Effective(
        password=_password(contract, floor),
        lockout_attempts=min(sign_in.lockout_attempts, floor.lockout_attempts_most),
        lockout=_minutes(max(minutes(sign_in.lockout), floor.lockout_minutes_least)),
        longest_lock=_minutes(floor.lockout_minutes_longest),
        idle=_minutes(min(session.idle_minutes, floor.idle_minutes_most)),
        countdown=_minutes(max(session.countdown_minutes, floor.countdown_minutes_least)),
        link_life=_minutes(min(minutes(factors.link_life), floor.link_minutes_most)),
        code_life=_minutes(min(minutes(factors.code_life), floor.code_minutes_most)),
        code_digits=max(factors.code_digits, floor.code_digits_least),
        code_tries=min(factors.code_tries, floor.code_tries_most),
        factors=_offered(contract),
        reset=_reset(contract),
        remembers=sign_in.remember_workday,
        remember_most=timedelta(hours=floor.remember_hours_most),
        changes=tuple(_changes(contract, floor)),
    )


def _minutes(amount: int) -> timedelta:
    return timedelta(minutes=amount)


def _least_password(contract: Contract, floor: Floor) -> int:
    return floor.password_minimum if contract.factors.required else floor.password_minimum_alone


def _password(contract: Contract, floor: Floor) -> PasswordPolicy:
    written = contract.sign_in.password
    return PasswordPolicy(
        minimum=max(written.minimum, _least_password(contract, floor)),
        maximum=floor.password_maximum,
        classes_below=floor.password_classes_below,
        upper=written.upper,
        lower=written.lower,
        digit=written.digit,
        special=written.special,
        special_characters=written.special_characters,
        documented_maximum=written.documented_maximum,
    )


def _offered(contract: Contract) -> tuple[Factor, ...]:
    """The factors offered: e-mail under a waiver only, and always one that rests on neither telephone nor mailbox."""
    is_waived = Waivable.EMAIL_FACTOR in contract.waivers
    kept = tuple(factor for factor in contract.factors.offered if factor is not Factor.EMAIL or is_waived)
    return (*kept, *STRONG) if RESTRICTED.issuperset(kept) else kept


def _reset(contract: Contract) -> tuple[ResetStep, ...]:
    """Mail link, then second factor, then what else is asked: a secret question is never enough by itself."""
    always = (ResetStep.EMAIL_LINK, ResetStep.FACTOR)
    return (*always, *(step for step in contract.sign_in.reset if step not in always))


def _changes(contract: Contract, floor: Floor) -> Iterator[Change]:
    sign_in, session = contract.sign_in, contract.session
    password = sign_in.password.minimum
    path: tuple[str, ...] = ("sign_in", "password", "minimum")
    yield from _least(Waivable.PASSWORD_MINIMUM, path, password, _least_password(contract, floor), NIST)
    path = ("sign_in", "lockout_attempts")
    yield from _most(Waivable.LOCKOUT_ATTEMPTS, path, sign_in.lockout_attempts, floor.lockout_attempts_most, ASVS)
    path = ("sign_in", "lockout")
    yield from _least(Waivable.LOCKOUT, path, minutes(sign_in.lockout), floor.lockout_minutes_least, ASVS)
    path = ("session", "idle_minutes")
    yield from _most(Waivable.IDLE_MINUTES, path, session.idle_minutes, floor.idle_minutes_most, HIPAA)
    path = ("session", "countdown_minutes")
    yield from _least(Waivable.COUNTDOWN_MINUTES, path, session.countdown_minutes, floor.countdown_minutes_least, WCAG)
    yield from _code_changes(contract, floor)
    yield from _factor_changes(contract)


def _code_changes(contract: Contract, floor: Floor) -> Iterator[Change]:
    factors = contract.factors
    path: tuple[str, ...] = ("factors", "link_life")
    yield from _most(Waivable.LINK_LIFE, path, minutes(factors.link_life), floor.link_minutes_most, "")
    path = ("factors", "code_life")
    yield from _most(Waivable.CODE_LIFE, path, minutes(factors.code_life), floor.code_minutes_most, ASVS_CODE)
    path = ("factors", "code_digits")
    yield from _least(Waivable.CODE_DIGITS, path, factors.code_digits, floor.code_digits_least, ASVS_CODE)
    path = ("factors", "code_tries")
    yield from _most(Waivable.CODE_TRIES, path, factors.code_tries, floor.code_tries_most, ASVS_CODE)


def _factor_changes(contract: Contract) -> Iterator[Change]:
    offered, path = contract.factors.offered, ("factors", "offered")
    if Factor.EMAIL in offered:
        where = (*path, str(offered.index(Factor.EMAIL)))
        reason = "a code by e-mail is no second factor where the password can be reset by e-mail."
        yield Change(Waivable.EMAIL_FACTOR, where, "FACTOR-EMAIL", reason, NIST_CHANNEL)
    if offered and RESTRICTED.issuperset(offered):
        reason = "every factor offered rests on a telephone or a mailbox; totp and passkey are offered as well."
        yield Change(Waivable.RESTRICTED_FACTORS, path, "FACTOR-RESTRICTED", reason, NIST_CHANNEL)


def _least(rule: Waivable, path: tuple[str, ...], value: int, least: int, citation: str) -> Iterator[Change]:
    if value < least:
        reason = f"{value} is below the platform's floor of {least}; {least} applies."
        yield Change(rule, path, "FLOOR-LEAST", reason, citation)


def _most(rule: Waivable, path: tuple[str, ...], value: int, most: int, citation: str) -> Iterator[Change]:
    if value > most:
        reason = f"{value} is beyond the platform's limit of {most}; {most} applies."
        yield Change(rule, path, "FLOOR-MOST", reason, citation)
