"""A contract's credential policy against the platform's floor. Warns: the portal applies the floor anyway. Pure."""

from collections.abc import Iterator

from tenancy.checks.problem import Path, Problem
from tenancy.contract import Contract
from tenancy.contract.declare import Span
from tenancy.contract.floor import Floor
from tenancy.vocabulary import Severity, SpanUnit

MINUTES = {
    SpanUnit.MINUTES: 1,
    SpanUnit.HOURS: 60,
    SpanUnit.CALENDAR_DAYS: 1440,
    SpanUnit.BUSINESS_DAYS: 1440,
    SpanUnit.MONTHS: 44640,
}
NIST = "NIST SP 800-63B-4, 3.1.1.2"
ASVS = "OWASP ASVS 5.0, 6.1.1"
HIPAA = "45 CFR 164.312(a)(2)(iii)"
WCAG = "WCAG 2.2, 2.2.1"


def below_floor(contract: Contract, floor: Floor) -> Iterator[Problem]:
    """Everything the platform would raise to its floor. Lengths in characters and digits, times in minutes."""
    sign_in, session, factors = contract.sign_in, contract.session, contract.factors
    least = floor.password_minimum if factors.required else floor.password_minimum_alone
    yield from _least(("sign_in", "password", "minimum"), sign_in.password.minimum, least, NIST)
    yield from _most(("sign_in", "lockout_attempts"), sign_in.lockout_attempts, floor.lockout_attempts_most, ASVS)
    yield from _least(("sign_in", "lockout"), minutes(sign_in.lockout), floor.lockout_minutes_least, ASVS)
    yield from _most(("session", "idle_minutes"), session.idle_minutes, floor.idle_minutes_most, HIPAA)
    yield from _least(("session", "countdown_minutes"), session.countdown_minutes, floor.countdown_minutes_least, WCAG)
    yield from _most(("factors", "link_life"), minutes(factors.link_life), floor.link_minutes_most, "")
    yield from _least(("factors", "code_digits"), factors.code_digits, floor.code_digits_least, "")


def minutes(span: Span) -> int:
    """A period in minutes, a month counted as 31 days."""
    return span.amount * MINUTES[span.unit]


def _least(path: Path, value: int, least: int, citation: str) -> Iterator[Problem]:
    if value < least:
        reason = f"{value} is below the platform's floor of {least}; {least} applies."
        yield Problem(path, "FLOOR-LEAST", reason, citation=citation, severity=Severity.WARNING)


def _most(path: Path, value: int, most: int, citation: str) -> Iterator[Problem]:
    if value > most:
        reason = f"{value} is beyond the platform's limit of {most}; {most} applies."
        yield Problem(path, "FLOOR-MOST", reason, citation=citation, severity=Severity.WARNING)
