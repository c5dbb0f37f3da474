"""Whether authorization is required: the lists a rule names exist, their entries are codes, silence is no yes. Pure."""

import re
from collections.abc import Iterator

from tenancy.checks.problem import Check, Problem
from tenancy.contract import Contract
from tenancy.faults import did_you_mean
from tenancy.vocabulary import Need

ENTRY = re.compile(r"[A-Z0-9]{5,7}|[A-Z0-9]{1,6}\*")


def named_lists(contract: Contract) -> Iterator[Problem]:
    """Every list a rule names is there."""
    lists = contract.requirement.lists
    for name, rule in contract.requirement.rules.items():
        for index, called in enumerate(rule.lists):
            if called not in lists:
                path = ("requirement", "rules", name, "lists", str(index))
                yield Problem(path, "REF-CODES", f"there is no code list '{called}'.", did_you_mean(called, lists))


def entries(contract: Contract) -> Iterator[Problem]:
    """Every entry of a list is a code or the beginning of codes."""
    for name, one in contract.requirement.lists.items():
        for version, kept in one.versions.items():
            for index, code in enumerate(kept.codes):
                if not ENTRY.fullmatch(code):
                    path = ("requirement", "lists", name, "versions", version, "codes", str(index))
                    hint = "Write a whole code such as E0141, or a beginning with a star such as E02*."
                    yield Problem(path, "CODES-ENTRY", f"'{code}' is no code.", hint)


def silence(contract: Contract) -> Iterator[Problem]:
    """Where no rule fits, care is never said to be free of authorization."""
    if contract.requirement.otherwise is Need.NOT_NEEDED:
        reason = "care that no rule names would be said to need no authorization."
        yield Problem(("requirement", "otherwise"), "REQUIREMENT-SILENT", reason, "Write needed or ask.")


CHECKS: tuple[Check, ...] = (named_lists, entries, silence)
