"""Decision deadlines: every request has one, and Medicaid's are within the federal limit. Pure."""

from collections.abc import Iterator
from math import ceil
from typing import assert_never

from tenancy.checks.problem import Check, Problem
from tenancy.checks.verdict import FIXABLE, Fixed, facts_of, situations, verdict
from tenancy.contract import Contract
from tenancy.contract.aftercare import ClockRule
from tenancy.contract.declare import Span
from tenancy.contract.intake import FieldRule
from tenancy.vocabulary import CaseField, Category, ClockStart, Expiry, Fact, LineField, Severity, SpanUnit, Urgency

FEDERAL = "42 CFR 440.230(e)"
LIMIT_HOURS = {Urgency.STANDARD: 7 * 24, Urgency.EXPEDITED: 72}
STARTS = frozenset({ClockStart.RECEIPT, ClockStart.COMPLETENESS, ClockStart.ADMISSION, ClockStart.SERVICE})


def longest_hours(span: Span) -> float:
    """The most hours a period can last; of five business days a weekend belongs to them (holidays aside)."""
    match span.unit:
        case SpanUnit.MINUTES:
            return span.amount / 60
        case SpanUnit.HOURS:
            return span.amount
        case SpanUnit.CALENDAR_DAYS:
            return span.amount * 24
        case SpanUnit.BUSINESS_DAYS:
            return (span.amount + 2 * ceil(span.amount / 5)) * 24
        case SpanUnit.MONTHS:
            return span.amount * 31 * 24
        case _ as never:
            assert_never(never)


def lengths(contract: Contract) -> Iterator[Problem]:
    """A deadline lies after its start, and starts with something that comes before the decision."""
    for name, clock in contract.clocks.items():
        path = ("clocks", name)
        if clock.length.amount == 0:
            yield Problem((*path, "length", "amount"), "SPAN-ZERO", "a period of 0 is over before it starts.")
        if clock.starts not in STARTS:
            reason = f"a decision cannot be due after '{clock.starts}', which follows it."
            yield Problem((*path, "starts"), "CLOCK-START", reason)
        if clock.on_expiry is Expiry.VOID:
            reason = "a request nobody decided in time would be closed without a decision."
            yield Problem((*path, "on_expiry"), "CLOCK-VOID", reason, severity=Severity.WARNING)


def startable(contract: Contract) -> Iterator[Problem]:
    """A clock that runs from a day belongs only to requests that must name that day."""
    for name, clock in contract.clocks.items():
        if clock.starts not in {ClockStart.ADMISSION, ClockStart.SERVICE}:
            continue
        facts = facts_of(clock.when) & frozenset(FIXABLE) | {Fact.SERVICE}
        held = [fixed for fixed in situations(contract, facts) if verdict(clock.when, fixed) is not False]
        lacking = sorted({fixed[Fact.CATEGORY] for fixed in held if not _names_day(contract, clock.starts, fixed)})
        if lacking:
            day = "day of admission" if clock.starts is ClockStart.ADMISSION else "first day of service"
            reason = f"an {' and an '.join(lacking)} request may be without the {day} this clock runs from."
            hint = f"Ask for the {day} as required, or narrow 'when'."
            yield Problem(("clocks", name, "starts"), "CLOCK-DAY", reason, hint)


def _names_day(contract: Contract, starts: ClockStart, fixed: Fixed) -> bool:
    category, intake = Category(fixed[Fact.CATEGORY]), contract.intake
    if starts is ClockStart.ADMISSION:
        return _is_always_asked(intake.fields.get(CaseField.ADMIT_ON), category)
    if category is Category.INPATIENT:
        return _is_always_asked(intake.length_of_stay.fields.get(LineField.START_ON), category)
    service = contract.catalogue.services[fixed[Fact.SERVICE]]
    needs_lines = intake.procedures.required.get(category, False) and service.procedures_required is not False
    return needs_lines and _is_always_asked(intake.outpatient_line.get(LineField.START_ON), category)


def _is_always_asked(rule: FieldRule | None, category: Category) -> bool:
    return (
        rule is not None
        and rule.required
        and rule.shown_when is None
        and (not rule.categories or category in rule.categories)
    )


def covered(contract: Contract) -> Iterator[Problem]:
    """Every request that can be made has a deadline; under Medicaid one within seven days, or 72 hours if urgent.

    Requests for care already given (their latest start is the day of receipt) are not prior authorizations.
    """
    lasting = {name: clock for name, clock in contract.clocks.items() if clock.until_on is None}
    facts = frozenset().union(*(facts_of(clock.when) for clock in lasting.values())) & frozenset(FIXABLE)
    uncovered: set[str] = set()
    late: set[str] = set()
    for fixed in situations(contract, facts):
        said = f"{fixed[Fact.REQUEST_TYPE]} {fixed[Fact.URGENCY]}"
        sure = [clock for clock in lasting.values() if verdict(clock.when, fixed) is True]
        if not sure and not any(verdict(clock.when, fixed) is None for clock in lasting.values()):
            uncovered.add(said)
        elif contract.client.medicaid and not _is_retrospective(contract, fixed) and not _in_time(sure, fixed):
            late.add(said)
    if uncovered:
        reason = f"some requests have no deadline: {'; '.join(sorted(uncovered))}."
        yield Problem(("clocks",), "CLOCK-NONE", reason, severity=Severity.WARNING, at_key=True)
    if late:
        reason = f"no clock surely ends within the federal limit for: {'; '.join(sorted(late))}."
        hint = "At most 7 calendar days, 72 hours if expedited."
        yield Problem(("clocks",), "CLOCK-FEDERAL", reason, hint, FEDERAL, Severity.WARNING, at_key=True)


def _in_time(clocks: list[ClockRule], fixed: Fixed) -> bool:
    limit = LIMIT_HOURS[Urgency(fixed[Fact.URGENCY])]
    return any(clock.starts is ClockStart.RECEIPT and longest_hours(clock.length) <= limit for clock in clocks)


def _is_retrospective(contract: Contract, fixed: Fixed) -> bool:
    kind = contract.intake.request_types.get(fixed[Fact.REQUEST_TYPE])
    latest = kind.latest_start_days if kind else None
    return latest is not None and latest <= 0


CHECKS: tuple[Check, ...] = (lengths, startable, covered)
