"""Periods of force: none ends before it starts; of texts that must be accepted exactly one is in force. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from tenancy.checks.problem import Check, Path, Problem
from tenancy.checks.walk import dated_in
from tenancy.contract import Contract
from tenancy.contract.declare import Dated
from tenancy.vocabulary import Severity


def periods(contract: Contract) -> Iterator[Problem]:
    """A rule's last day is not before its first."""
    for path, rule in dated_in(contract):
        if rule.from_on and rule.until_on and rule.until_on < rule.from_on:
            reason = f"this period ends on {rule.until_on}, before it starts on {rule.from_on}."
            yield Problem((*path, "until"), "PERIOD-ENDS-FIRST", reason)


def disclaimers(contract: Contract) -> Iterator[Problem]:
    """On every day from the first disclaimer on exactly one is in force."""
    path = ("intake", "disclaimers")
    yield from _versions(contract.intake.disclaimers, path, "disclaimer")


def terms(contract: Contract) -> Iterator[Problem]:
    """On every day from the first terms of use on exactly one version is in force."""
    yield from _versions(contract.terms, ("terms",), "version of the terms")


def code_lists(contract: Contract) -> Iterator[Problem]:
    """On every day from the first version of a code list on exactly one is in force."""
    for name, one in contract.requirement.lists.items():
        yield from _versions(one.versions, ("requirement", "lists", name, "versions"), "version of this list")


def _versions(rules: Mapping[str, Dated], path: Path, called: str) -> Iterator[Problem]:
    ordered = sorted(rules.items(), key=lambda item: item[1].from_on or date.min)
    if not any(rule.until_on is None for _, rule in ordered):
        hint = "Leave out 'until' of the last one, or add the one that follows it."
        yield Problem(path, "VERSION-NONE", f"there comes a day without a {called} in force.", hint, at_key=True)
    for (name, rule), (later_name, later) in pairwise(ordered):
        here = (*path, later_name)
        if rule.until_on is None or later.from_on is None or later.from_on <= rule.until_on:
            reason = f"'{later_name}' and '{name}' are in force on the same day."
            hint = f"Let '{name}' end the day before '{later_name}' starts."
            yield Problem(here, "VERSION-OVERLAP", reason, hint, at_key=True)
        elif later.from_on > rule.until_on + timedelta(days=1):
            reason = f"no {called} is in force between '{name}' and '{later_name}'."
            yield Problem(here, "VERSION-GAP", reason, at_key=True)


def opening(contract: Contract) -> Iterator[Problem]:
    """Requests are not accepted before anybody can register."""
    registration, submission = contract.registration.opens_on, contract.portal.submission_opens_on
    if registration and submission and submission < registration:
        reason = f"requests open on {submission}, before registration on {registration}."
        yield Problem(("portal", "submission_opens_on"), "OPENING-ORDER", reason, severity=Severity.WARNING)


def calendar(contract: Contract) -> Iterator[Problem]:
    """No day is both added and removed."""
    for index, day in enumerate(contract.calendar.remove):
        if day in contract.calendar.add:
            path = ("calendar", "remove", str(index))
            yield Problem(path, "CALENDAR-CLASH", f"{day} is both added and removed as a day off.")


def formats(contract: Contract) -> Iterator[Problem]:
    """The office opens before it closes; dates are asked for as they are read."""
    if contract.formats.office_closes <= contract.formats.office_opens:
        yield Problem(("formats", "office_closes"), "OFFICE-HOURS", "the office closes before it opens.")
    if contract.formats.date != "MM/DD/YYYY":
        reason = f"'{contract.formats.date}' would mislead: typed dates are read as month, day, year."
        yield Problem(("formats", "date"), "DATE-FORMAT", reason, "Write MM/DD/YYYY.")


CHECKS: tuple[Check, ...] = (periods, disclaimers, terms, code_lists, opening, calendar, formats)
