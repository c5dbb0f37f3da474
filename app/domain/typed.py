"""Typed text into values and back: dates, times, numbers, money, phones. Knows no field, question or contract."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
LARGEST = 999_999
LARGEST_AMOUNT = Decimal("9999999.99")
MOST_MODIFIERS = 4

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*(?:([ap])\.?(?:m\.?)?)?", re.IGNORECASE | re.ASCII)
_PHONE_EXTENSION = re.compile(r"^(.*?)(?:x|ext\.?|extension)\s*(\d{1,6})$", re.IGNORECASE | re.ASCII)


class Unreadable(ValueError):
    """What was typed is no such value. ``how`` ends a sentence that starts with "Enter the start date": it says how.

    It never repeats what was typed.
    """

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def text(raw: str, longest: int) -> str:
    """Text on one or more lines, without control characters, trimmed. Raises :class:`Unreadable` if it is too long."""
    clean = "".join(sign for sign in raw.replace("\r\n", "\n").replace("\r", "\n") if _is_printable(sign)).strip()
    if len(clean) > longest:
        raise Unreadable(f"in at most {longest:,} characters")
    return clean


def _is_printable(sign: str) -> bool:
    return sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}


def day(raw: str) -> date:
    """A day typed MM/DD/YYYY, or YYYY-MM-DD as browsers fill it in; between 1900 and 2100.

    Raises :class:`Unreadable`.
    """
    american, iso = _DAY.fullmatch(raw.strip()), _ISO_DAY.fullmatch(raw.strip())
    if american:
        month, number, year = (int(part) for part in american.groups())
    elif iso:
        year, month, number = (int(part) for part in iso.groups())
    else:
        raise Unreadable("as MM/DD/YYYY, for example 03/14/2026")
    try:
        value = date(year, month, number)
    except ValueError:
        raise Unreadable("as a day that exists, MM/DD/YYYY") from None
    if not is_plausible_day(value):
        raise Unreadable("between 01/01/1900 and 12/31/2100")
    return value


def is_plausible_day(value: date) -> bool:
    """Whether a day lies between 1900 and 2100."""
    return EARLIEST <= value <= LATEST


def day_shown(value: date) -> str:
    """A day as MM/DD/YYYY."""
    return f"{value:%m/%d/%Y}"


def clock_time(raw: str) -> time:
    """A time typed hh:mm AM/PM, or 24-hour hh:mm. Raises :class:`Unreadable`."""
    found = _TIME.fullmatch(raw.strip())
    if found is None:
        raise Unreadable("as hh:mm AM or PM, for example 02:30 PM")
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise Unreadable("as hh:mm AM or PM, for example 02:30 PM")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise Unreadable("as a time of day, for example 02:30 PM") from None


def time_shown(value: time) -> str:
    """A time as h:mm AM/PM, as every other time of day is written."""
    return f"{value.hour % 12 or 12}:{value:%M %p}"


def whole(raw: str) -> int:
    """A whole number up to 999,999; thousands may have commas. Raises :class:`Unreadable`."""
    plain = raw.strip().replace(",", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", plain):
        raise Unreadable("as a whole number, for example 12")
    value = int(plain)
    if abs(value) > LARGEST:
        raise Unreadable(f"as a number up to {LARGEST:,}")
    return value


def number(raw: str) -> Decimal:
    """A number with up to four decimals, up to 999,999. Raises :class:`Unreadable`."""
    plain = raw.strip().replace(",", "")
    if not re.fullmatch(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,4})?|\.[0-9]{1,4})", plain):
        raise Unreadable("as a number, for example 12 or 12.5")
    value = Decimal(plain)
    if abs(value) > LARGEST:
        raise Unreadable(f"as a number up to {LARGEST:,}")
    return value


def number_shown(value: Decimal | int) -> str:
    """A number without needless zeros."""
    return f"{Decimal(value).normalize():f}"


def money(raw: str) -> Decimal:
    """An amount in dollars with at most two decimals; a dollar sign may lead. Raises :class:`Unreadable`."""
    plain = raw.strip().removeprefix("$").strip().replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,20}(?:\.[0-9]{0,2})?", plain):
        raise Unreadable("in dollars and cents, for example 12.50")
    value = Decimal(plain).quantize(Decimal("0.01"))
    if abs(value) > LARGEST_AMOUNT:
        raise Unreadable(f"as an amount up to {LARGEST_AMOUNT:,}")
    return value


def modifiers(raw: str) -> tuple[str, ...]:
    """Modifiers of two letters or digits, at most four, parted by commas or blanks. Raises :class:`Unreadable`."""
    values = tuple(dict.fromkeys(re.split(r"[\s,;]+", raw.strip().upper())))
    if not are_modifiers(values):
        raise Unreadable("as two letters or digits each, at most four, for example RT NU")
    return values


def are_modifiers(values: tuple[str, ...]) -> bool:
    """Whether these are at most four modifiers of two letters or digits."""
    return len(values) <= MOST_MODIFIERS and all(re.fullmatch(r"[0-9A-Z]{2}", value) for value in values)


def phone(raw: str) -> str:
    """A United States phone number of ten digits, kept as ``601-555-0100``, or ``601-555-0100 ext. 12``.

    Raises :class:`Unreadable`.
    """
    found = _PHONE_EXTENSION.match(raw.strip())
    base, extension = (found[1], f" ext. {found[2]}") if found else (raw, "")
    digits = re.sub(r"[\s().+-]", "", base)
    if len(digits) == 11:
        digits = digits.removeprefix("1")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise Unreadable("as ten digits, for example 601-555-0100")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}{extension}"
