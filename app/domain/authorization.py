"""Whether care needs an authorization under a contract, and by which rule. Reads no clock and no row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.conditions import Facts, facts_used, plain_code, truth
from app.domain.draft import Draft, Line
from app.domain.effective import as_day, first_day, those_in_force
from app.domain.facts import facts_of, line_facts
from tenancy.contract import Contract
from tenancy.contract.requirement import CodeList, CodeListVersion, RequirementRule
from tenancy.vocabulary import Fact, LineField, Need

WITHOUT_LINE = {Fact.LINE_CODE: None, Fact.LINE_SYSTEM: None}


@dataclass(frozen=True, slots=True)
class Listing:
    """A version of a code list that holds on the day, and what it is called."""

    name: str
    title: str
    version: str
    since: date | None
    published_on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and where it comes from; ``missing`` are the facts that would have to be known to tell.

    ``rule`` is empty where no rule fits. ``on`` is the day of service that decided which rules are in force.
    """

    need: Need
    text: str
    on: date
    rule: str = ""
    citation: str = ""
    listing: Listing | None = None
    missing: tuple[Fact, ...] = ()


def authorization_verdict(contract: Contract, draft: Draft, line: Line | None, *, received_on: date) -> Verdict:
    """Whether a line of a request needs an authorization, or its stay where no line is given.

    The first rule in force on the day of service that fits decides. A rule of which it is unknown whether it fits
    counts for neither side: unless all that is known leads to the same answer, nobody is told anything but what is
    missing. Where no rule fits, what the contract says of the rest holds; it is never 'not needed'.
    Raises ``Unanswerable``.
    """
    on = day_of_service(draft, line, received_on)
    facts: Facts = (
        line_facts(draft, line, received_on=received_on)
        if line
        else {**facts_of(draft, received_on=received_on), **WITHOUT_LINE}
    )
    unsure: list[RequirementRule] = []
    found = _otherwise(contract, on)
    for name, rule in those_in_force(contract.requirement.rules, on):
        fits, listing = _fits(contract, rule, line, facts, on)
        if fits is None:
            unsure.append(rule)
        elif fits:
            found = Verdict(rule.need, rule.text, on, name, rule.citation, listing)
            break
    if all(rule.need is found.need for rule in unsure):
        return found
    missing = {fact for rule in unsure if rule.when for fact in facts_used(rule.when) if facts.get(fact) is None}
    return Verdict(Need.ASK, contract.requirement.otherwise_text, on, missing=tuple(sorted(missing)))


def day_of_service(draft: Draft, line: Line | None, received_on: date) -> date:
    """The first day of the line, else of the request, else the day of receipt."""
    own = as_day(line.values.get(LineField.START_ON)) if line else None
    return own or first_day(draft) or received_on


def needs_nothing(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether a request with these verdicts need not be sent: there is one at least, and each says so."""
    return bool(verdicts) and all(one.need is Need.NOT_NEEDED for one in verdicts)


def draft_verdicts(contract: Contract, draft: Draft, *, received_on: date) -> tuple[Verdict, ...]:
    """The verdict on each line of a draft in order; on its stay, first, where it has one."""
    stay: tuple[Line | None, ...] = (None,) if draft.stay is not None else ()
    parts = (*stay, *draft.lines)
    return tuple(authorization_verdict(contract, draft, part, received_on=received_on) for part in parts)


def version_in_force(one: CodeList, on: date) -> tuple[str, CodeListVersion] | None:
    """The version of a code list that holds on the day, or None on a day before its first."""
    return next(iter(those_in_force(one.versions, on)), None)


def is_listed(code: str, entries: tuple[str, ...]) -> bool:
    """Whether a code is one of the entries, or begins as one that ends in a star."""
    wanted = plain_code(code)
    return any(wanted.startswith(entry[:-1]) if entry.endswith("*") else wanted == entry for entry in entries)


def _otherwise(contract: Contract, on: date) -> Verdict:
    return Verdict(contract.requirement.otherwise, contract.requirement.otherwise_text, on)


def _fits(
    contract: Contract, rule: RequirementRule, line: Line | None, facts: Facts, on: date
) -> tuple[bool | None, Listing | None]:
    """Whether the rule fits, None while that is unknown, and the list that names the code."""
    listing: Listing | None = None
    on_list: bool | None = True
    if rule.lists:
        on_list, listing = _on_a_list(contract, rule, line, on)
    applies = True if rule.when is None else truth(rule.when, facts)
    if on_list is False or applies is False:
        return False, None
    return (None, None) if on_list is None or applies is None else (True, listing)


def _on_a_list(
    contract: Contract, rule: RequirementRule, line: Line | None, on: date
) -> tuple[bool | None, Listing | None]:
    """Whether one of the rule's lists names the code; None where a list has no version for the day."""
    if line is None:
        return False, None
    is_known = True
    for name, one, kept in _versions(contract, rule, on):
        if kept is None:
            is_known = False
        elif is_listed(line.code, kept[1].codes):
            return True, Listing(name, one.title, kept[0], kept[1].from_on, kept[1].published_on)
    return (False if is_known else None), None


def _versions(
    contract: Contract, rule: RequirementRule, on: date
) -> Iterator[tuple[str, CodeList, tuple[str, CodeListVersion] | None]]:
    for name in rule.lists:
        one = contract.requirement.lists[name]
        yield name, one, version_in_force(one, on)
