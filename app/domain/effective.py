"""Which dated rules are in force, and which date of a request decides that. Reads no clock."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from app.domain.draft import Draft, Line, LineValue, Stay
from app.domain.earlier import earlier_end
from tenancy.contract import Contract
from tenancy.contract.declare import Dated
from tenancy.vocabulary import CaseField, Category, DecidingDate, LineField, WindowStart

Rule = TypeVar("Rule", bound=Dated)


def in_force(rule: Dated, on: date) -> bool:
    """Whether the rule is in force on that day; its first and its last day belong to it."""
    return (rule.from_on is None or rule.from_on <= on) and (rule.until_on is None or on <= rule.until_on)


def those_in_force(rules: Mapping[str, Rule], on: date) -> tuple[tuple[str, Rule], ...]:
    """The rules of a keyed part that are in force on that day, in the contract's order, with their keys."""
    return tuple((name, rule) for name, rule in rules.items() if in_force(rule, on))


def deciding_date(contract: Contract, draft: Draft, received_on: date) -> date:
    """The day that decides which dated rules a request meets, as ``intake.rules_decided_by`` says.

    The first day of service, else the day of receipt, stands in for what is not entered yet: for the day of
    admission, or the last day of an earlier approval, that is the first day of service, for the first day of service
    the day of receipt.
    """
    by = contract.intake.rules_decided_by
    if by is DecidingDate.RECEIPT:
        return received_on
    own = {DecidingDate.ADMISSION: admitted_on, DecidingDate.EARLIER_END: earlier_end}.get(by)
    return (own(draft) if own else None) or first_day(draft) or received_on


def window_day(starts: WindowStart, draft: Draft, *, on: date) -> date | None:
    """The day a window for the first day of service is counted from; ``None`` while that day is not known."""
    own = {WindowStart.ADMISSION: admitted_on, WindowStart.EARLIER_END: earlier_end}.get(starts)
    return own(draft) if own else on


def admitted_on(draft: Draft) -> date | None:
    """The day of admission, if entered."""
    return as_day(draft.fields.get(CaseField.ADMIT_ON))


def first_day(draft: Draft) -> date | None:
    """The first day of service: the stay's, else the earliest of the lines; ``None`` while none is entered."""
    return _of_stay(draft, LineField.START_ON) or min(_days(draft.lines, LineField.START_ON), default=None)


def last_day(draft: Draft) -> date | None:
    """The last day of service: the stay's, else the latest of the lines; ``None`` while none is entered."""
    return _of_stay(draft, LineField.END_ON) or max(_days(draft.lines, LineField.END_ON), default=None)


def _of_stay(draft: Draft, field: LineField) -> date | None:
    if draft.stay is None or draft.category is not Category.INPATIENT:
        return None
    return as_day(draft.stay.values.get(field))


def days_between(first: date | None, last: date | None) -> int | None:
    """Days from the first to the last, both counted; ``None`` if one is not known or the last comes first."""
    if first is None or last is None or last < first:
        return None
    return (last - first).days + 1


def length_of(part: Line | Stay) -> int | None:
    """Days of a line or stay, both ends counted; ``None`` while a date is not entered."""
    return days_between(as_day(part.values.get(LineField.START_ON)), as_day(part.values.get(LineField.END_ON)))


def as_day(value: object) -> date | None:
    """The value if it is a day."""
    return value if isinstance(value, date) else None


def _days(lines: Iterable[Line], field: LineField) -> list[date]:
    values: list[LineValue] = [line.values.get(field) for line in lines]
    return [value for value in values if isinstance(value, date)]
