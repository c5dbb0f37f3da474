"""What the rules find wrong with an input, told beside it. Knows names of inputs and anchors of findings, no page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.missing import Missing
from tenancy.vocabulary import Severity


def told_beside(found: Sequence[Missing], subjects: Iterable[str]) -> Mapping[str, str]:
    """From anchors to the first thing wrong there; without the ``subjects`` (codes, titles) that stand above."""
    leads = [f"{subject}: " for subject in subjects]
    told: dict[str, str] = {}
    for one in found:
        if one.severity is Severity.ERROR:
            told.setdefault(one.anchor, _capital(one.message, leads))
    return told


def anchor_of(name: str) -> str:
    """The anchor of the rules' findings about the input of this name."""
    head, _, rest = name.partition(".")
    if head == "fax":
        return f"provider-{rest}-fax"
    return name.replace(".", "-") if rest else f"field-{name}"


def _capital(message: str, leads: Sequence[str]) -> str:
    for lead in leads:
        if message.startswith(lead):
            short = message.removeprefix(lead)
            return short[:1].upper() + short[1:]
    return message
