"""What reviewers and providers type, read into the values the services take. Knows no database and no rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.domain.errors import FieldFault, Invalid
from app.reviews.assignment import Reviewer
from app.reviews.determinations import LineDecision
from app.reviews.queries import VIEWS, WorklistFilter
from app.reviews.records import LedgerRow
from tenancy.vocabulary import Decision

FILTERS = ("view", "level", "status", "urgency", "service_type", "category", "text")


def worklist_filter(given: Mapping[str, str]) -> WorklistFilter:
    """The filters in an address; what is not known is left out."""
    kept = {name: given.get(name, "")[:60] for name in FILTERS}
    kept["view"] = kept["view"] if kept["view"] in VIEWS else "all"
    return WorklistFilter(**kept)


def decisions(given: Mapping[str, str], lines: tuple[LedgerRow, ...]) -> tuple[LineDecision, ...]:
    """The decisions typed for the open lines; a line without one is left alone. Raises Invalid."""
    faults: list[FieldFault] = []
    made = [_decision(given, row, faults) for row in lines if given.get(f"{row.field}.decision")]
    if faults:
        raise Invalid(tuple(faults))
    return tuple(made)


def version(given: Mapping[str, str]) -> int:
    """The version of the request that the page showed; a page without one is out of date."""
    typed = given.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def person(given: Mapping[str, str], known: Sequence[Reviewer]) -> Reviewer | None:
    """Who was chosen from a list of people; None for the team. Raises Invalid for somebody else."""
    chosen = given.get("reviewer", "")
    if not chosen:
        return None
    found = next((one for one in known if str(one.user_id) == chosen), None)
    if found is None:
        raise Invalid((FieldFault("reviewer", "Choose somebody from the list."),))
    return found


def _decision(given: Mapping[str, str], row: LedgerRow, faults: list[FieldFault]) -> LineDecision:
    def typed(name: str) -> str:
        return given.get(f"{row.field}.{name}", "").strip()

    word = typed("decision")
    if word not in set(Decision):
        faults.append(FieldFault(f"{row.field}.decision", "Choose a decision."))
        word = Decision.PEND
    return LineDecision(
        row.line_id,
        Decision(word),
        reason=typed("reason"),
        units=_whole(typed("units")),
        start_on=_day(f"{row.field}.start_on", typed("start_on"), faults),
        end_on=_day(f"{row.field}.end_on", typed("end_on"), faults),
        criterion=typed("criterion"),
        change=typed("change"),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _day(field: str, text: str, faults: list[FieldFault]) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        faults.append(FieldFault(field, "Enter the day as MM/DD/YYYY."))
        return None
