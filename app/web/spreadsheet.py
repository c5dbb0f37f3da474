"""Lines of a CSV file that a spreadsheet opens as text: no cell can become a formula. Knows no room."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
"""Put before the first line, it tells spreadsheets that the file is UTF-8."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(value: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection): such text gets an apostrophe before it."""
    return f"'{value}" if value.startswith(_STARTS_A_FORMULA) else value


def csv_line(cells: Iterable[str]) -> str:
    """One line of the file."""
    out = StringIO()
    csv.writer(out).writerow([inert(cell) for cell in cells])
    return out.getvalue()
