"""Parts that must speak of every word of a closed list, so that nothing has to be guessed later. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.vocabulary import Event, Feature, LetterKind, ReviewerLevel, Urgency, Word

Closed = TypeVar("Closed", bound=StrEnum)


def words(contract: Contract) -> Iterator[Problem]:
    """Every word users see is said, even where it is the usual one."""
    yield from _all_of(Word, contract.words, ("words",))


def features(contract: Contract) -> Iterator[Problem]:
    """Every function is switched on or off."""
    yield from _all_of(Feature, contract.features, ("features",))


def urgencies(contract: Contract) -> Iterator[Problem]:
    """Every urgency has a label."""
    yield from _all_of(Urgency, contract.intake.urgencies, ("intake", "urgencies"))


def letters(contract: Contract) -> Iterator[Problem]:
    """Every letter has a wording."""
    yield from _all_of(LetterKind, contract.letters.kinds, ("letters", "kinds"))


def events(contract: Contract) -> Iterator[Problem]:
    """Every event has a notification."""
    yield from _all_of(Event, contract.notices.events, ("notices", "events"))


def reviewers(contract: Contract) -> Iterator[Problem]:
    """Every reviewer level has its decisions."""
    yield from _all_of(ReviewerLevel, contract.review.may, ("review", "may"))
    yield from _all_of(ReviewerLevel, contract.review.levels, ("review", "levels"))


def _all_of(known: type[Closed], given: Mapping[Closed, object], path: Path) -> Iterator[Problem]:
    for word in known:
        if word not in given:
            yield Problem(path, "ENTRY-MISSING", f"'{word}' is missing.", at_key=True)


CHECKS: tuple[Check, ...] = (words, features, urgencies, letters, events, reviewers)
