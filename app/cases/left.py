"""What is left to do before a request can be sent, as its pages tell it. Knows no row and no page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.completeness import missing
from app.domain.draft import Draft
from app.domain.missing import Missing
from app.domain.requirement import disclaimer_in_force
from tenancy.contract import Contract
from tenancy.vocabulary import DisclaimerStyle, Severity


def told_left(contract: Contract, draft: Draft, *, on: date) -> tuple[Missing, ...]:
    """What is missing, wrong or advised; a disclaimer that is agreed to in the act of sending is not to be done before.

    Source: SUB-01, SUB-02.
    """
    in_force = disclaimer_in_force(contract, on=on)
    is_asked_last = in_force is not None and in_force[1].style is DisclaimerStyle.DIALOG
    return tuple(one for one in missing(contract, draft, on=on) if not (is_asked_last and one.field == "disclaimer"))


def count_left(told: Sequence[Missing]) -> int:
    """How many of them keep the request from being sent: advice does not."""
    return sum(one.severity is not Severity.WARNING for one in told)
