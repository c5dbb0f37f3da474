"""What was approved for the member before, as rules ask for it; where nobody looked, nothing is known. Knows no row."""

from datetime import date, timedelta
from decimal import ROUND_UP, Decimal

from app.domain.conditions import plain_code
from app.domain.draft import Approval, Draft, Line
from tenancy.vocabulary import CaseField, Fact, LineField

EARLIER_FACTS = frozenset({Fact.EARLIER_APPROVED, Fact.EARLIER_SERVICES, Fact.LINE_YEARLY})
"""Those that are not known unless somebody looks up what was approved before."""
YEAR = timedelta(days=365)
WEEK = 7


def earlier_services(draft: Draft) -> tuple[str, ...] | None:
    """The services that were approved for the member before, each once; ``None`` if nobody looked."""
    if draft.earlier is None:
        return None
    return tuple(dict.fromkeys(one.service for one in draft.earlier if one.service))


def is_earlier_approved(draft: Draft) -> bool | None:
    """Whether the number named on the request is an approval of this member; ``None`` if none is named."""
    number = _number(draft)
    if draft.earlier is None or not number:
        return None
    return any(number in one.numbers for one in draft.earlier)


def earlier_end(draft: Draft) -> date | None:
    """The last day of the earlier approval: of the one that is named, else of the case that goes on.

    Else of the same service. Of several the latest counts; ``None`` where there is none or its end is not known.
    """
    number, service = _number(draft), draft.fields.get(CaseField.SERVICE_TYPE)
    known = draft.earlier or ()
    if number:
        meant = [one for one in known if number in one.numbers]
    else:
        meant = [one for one in known if one.is_of_this_case] or [one for one in known if one.service == service]
    return max((one.ends_on for one in meant if one.ends_on is not None), default=None)


def quantity_a_day(line: Line, days: int | None) -> Decimal | None:
    """Units asked for per day of the line's period, both ends counted, rounded up to hundredths."""
    quantity = _quantity(line)
    return None if quantity is None or days is None else _rounded(Decimal(quantity) / days)


def quantity_a_week(line: Line, days: int | None) -> Decimal | None:
    """Units asked for per seven days, rounded up to hundredths; what lasts less than a week fills one."""
    quantity = _quantity(line)
    return None if quantity is None or days is None else _rounded(Decimal(quantity * WEEK) / max(days, WEEK))


def quantity_in_a_year(draft: Draft, line: Line) -> int | None:
    """Units of the line's code asked for here, with those approved in the 365 days up to the line's last day.

    An approval counts by its first day. ``None`` while the line's quantity or last day is not entered, or if nobody
    looked up what was approved before.
    """
    last = line.values.get(LineField.END_ON) or line.values.get(LineField.START_ON)
    if draft.earlier is None or _quantity(line) is None or not isinstance(last, date):
        return None
    code = plain_code(line.code)
    asked = sum(_quantity(one) or 0 for one in draft.lines if plain_code(one.code) == code)
    return asked + sum(one.units for one in draft.earlier if plain_code(one.code) == code and _within(one, last))


def _within(approval: Approval, last: date) -> bool:
    return approval.starts_on is not None and last - YEAR < approval.starts_on <= last


def _quantity(line: Line) -> int | None:
    value = line.values.get(LineField.QUANTITY)
    return value if isinstance(value, int) else None


def _number(draft: Draft) -> str:
    return str(draft.fields.get(CaseField.EARLIER_NUMBER) or "").strip().upper()


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_UP)
