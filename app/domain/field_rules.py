"""What is wrong with the value of one field, or of a field beside its neighbours. Knows no draft as a whole."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType

from app.domain import typed
from app.domain.draft import FieldValue, Line, LineValue, Stay
from app.domain.effective import as_day
from app.domain.fields import LONGEST_TEXT, AskedField, Entry
from app.domain.typed import Unreadable, are_modifiers, day_shown, is_plausible_day
from app.domain.wording import counted, in_sentence, with_article
from tenancy.contract.intake import RequestType
from tenancy.vocabulary import CaseField, LineField, WindowStart

Asked = AskedField[CaseField] | AskedField[LineField]
Value = FieldValue | LineValue
SINCE: Mapping[WindowStart, str] = MappingProxyType(
    {
        WindowStart.RECEIPT: "",
        WindowStart.ADMISSION: " from the day of admission",
        WindowStart.EARLIER_END: " from the end of the earlier approval",
    }
)
"""How a window says what it is counted from."""


def fault(asked: Asked, value: Value) -> str:
    """Why the field's value will not do, as a sentence that says what to do; empty if it will.

    A field that must be filled and is not; a choice that is not offered; a day outside 1900 to 2100; a duration or
    quantity that is not above zero; a rate below zero or finer than cents; modifiers other than up to four of two
    letters or digits; a phone number other than ten digits.
    """
    label = in_sentence(asked.label)
    if value in (None, "", ()):
        return ask(asked) if asked.is_required else ""
    if asked.entry is Entry.CHOICE:
        is_offered = value in [choice for choice, _ in asked.choices]
        return "" if is_offered else f"{ask(asked)[:-1]} from the list: the one chosen is not offered for this request."
    how = SENSE[asked.entry](value)
    return f"Enter the {label} {how}." if how else ""


def ask(asked: Asked) -> str:
    """The sentence that asks for a field: ``Enter the requested start date.``, ``Choose a service type.``"""
    label = in_sentence(asked.label)
    return f"Choose {with_article(label)}." if asked.entry is Entry.CHOICE else f"Enter the {label}."


def order_fault(part: Line | Stay, labels: Mapping[LineField, str]) -> str:
    """That the end lies before the start; empty if it does not or one of the two is not asked or not entered."""
    start, end = as_day(part.values.get(LineField.START_ON)), as_day(part.values.get(LineField.END_ON))
    if start is None or end is None or end >= start or not {LineField.START_ON, LineField.END_ON} <= labels.keys():
        return ""
    first, last = in_sentence(labels[LineField.START_ON]), in_sentence(labels[LineField.END_ON])
    return f"Enter {with_article(last)} on or after the {first}."


def window_fault(kind: RequestType, label: str, start: date, *, on: date) -> str:
    """That the first day of service lies outside the request type's window; empty if it does not.

    ``on`` is the day the window is counted from. The bounds themselves are allowed: at most ``earliest_start_days``
    days before that day and at most ``latest_start_days`` after it.
    """
    name, since = in_sentence(label), SINCE[kind.window_starts]
    if kind.earliest_start_days is not None and start < on - timedelta(kind.earliest_start_days):
        earliest = on - timedelta(kind.earliest_start_days)
        return (
            f"Enter a {name} on or after {day_shown(earliest)}: {kind.label} goes back at most "
            f"{counted(kind.earliest_start_days, 'day')}{since}."
        )
    if kind.latest_start_days is not None and start > on + timedelta(kind.latest_start_days):
        latest = on + timedelta(kind.latest_start_days)
        return (
            f"Enter a {name} on or before {day_shown(latest)}: {kind.label} looks ahead at most "
            f"{counted(kind.latest_start_days, 'day')}{since}."
        )
    return ""


def _sense_of_text(value: Value) -> str:
    return "" if isinstance(value, str) and len(value) <= LONGEST_TEXT else f"in at most {LONGEST_TEXT} characters"


def _sense_of_day(value: Value) -> str:
    is_day = isinstance(value, date) and is_plausible_day(value)
    return "" if is_day else "between 01/01/1900 and 12/31/2100"


def _sense_of_time(value: Value) -> str:
    return "" if isinstance(value, time) else "as a time of day"


def _sense_of_phone(value: Value) -> str:
    try:
        typed.phone(str(value))
    except Unreadable as reason:
        return reason.how
    return ""


def _sense_of_whole(value: Value) -> str:
    is_positive = isinstance(value, int) and 0 < value <= typed.LARGEST
    return "" if is_positive else f"as a whole number from 1 to {typed.LARGEST:,}"


def _sense_of_money(value: Value) -> str:
    is_amount = isinstance(value, Decimal) and value.is_finite() and 0 <= value <= typed.LARGEST_AMOUNT
    is_exact = is_amount and value == Decimal(value).quantize(Decimal("0.01"))  # type: ignore[arg-type]
    return "" if is_exact else "in dollars and cents, zero or more"


def _sense_of_modifiers(value: Value) -> str:
    are_fine = isinstance(value, tuple) and are_modifiers(value)
    return "" if are_fine else "as two letters or digits each, at most four"


SENSE: Mapping[Entry, Callable[[Value], str]] = MappingProxyType(
    {
        Entry.TEXT: _sense_of_text,
        Entry.DATE: _sense_of_day,
        Entry.TIME: _sense_of_time,
        Entry.PHONE: _sense_of_phone,
        Entry.WHOLE: _sense_of_whole,
        Entry.MONEY: _sense_of_money,
        Entry.MODIFIERS: _sense_of_modifiers,
    }
)
