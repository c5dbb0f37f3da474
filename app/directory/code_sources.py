"""Code sets as their publishers write them: CMS's order file and CMS's HCPCS record layout.

Turns lines into rows and names every line it cannot read. Must not know the database nor any package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tenancy.vocabulary import CodeSystem

HCPCS_CODE = re.compile(r"[ABCEGHJKLMPQRSTUV]\d{4}", re.ASCII)
"""HCPCS level II without D codes (ADA's); five digits would be CPT (AMA's). Neither may be kept."""

_SHAPES = {
    CodeSystem.ICD10CM: re.compile(r"[A-Z]\d[0-9A-Z]{1,5}", re.ASCII),
    CodeSystem.ICD10PCS: re.compile(r"[0-9A-HJ-NP-Z]{3}(?:[0-9A-HJ-NP-Z]{4})?", re.ASCII),
    CodeSystem.HCPCS: HCPCS_CODE,
}
_FAULTS_SHOWN = 20


class CodeRow(NamedTuple):
    """One code in one release's words; days only where the publisher's file gives the code its own."""

    key: str
    short: str
    long: str
    is_billable: bool
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that could not be read; ``line`` counts from 1, 0 means the file as a whole."""

    line: int
    reason: str


class CodeFileRefused(ValueError):
    """The file is not what it should be; nothing of it was loaded."""

    def __init__(self, faults: tuple[LineFault, ...]) -> None:
        shown = "; ".join(f"line {fault.line}: {fault.reason}" for fault in faults[:_FAULTS_SHOWN])
        more = f"; and {len(faults) - _FAULTS_SHOWN} more" if len(faults) > _FAULTS_SHOWN else ""
        super().__init__(shown + more)
        self.faults = faults


def displayed(system: CodeSystem, key: str) -> str:
    """The code as it is written: ICD-10-CM has a dot after the third character."""
    return f"{key[:3]}.{key[3:]}" if system is CodeSystem.ICD10CM and len(key) > 3 else key


def is_code_of(system: CodeSystem, key: str) -> bool:
    """Whether the key has the form of the system's codes; it need not be in any release."""
    shape = _SHAPES.get(system)
    return shape is not None and shape.fullmatch(key) is not None


def read_code_file(system: CodeSystem, path: Path) -> list[CodeRow]:
    """Read CMS's own file for the system. Raises CodeFileRefused naming every line that cannot be read."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = text.splitlines()
    return read_hcpcs_records(lines) if system is CodeSystem.HCPCS else read_order_file(system, lines)


def read_order_file(system: CodeSystem, lines: Iterable[str]) -> list[CodeRow]:
    """CMS's ``icd10cm_order_YYYY.txt`` or ``icd10pcs_order_YYYY.txt``.

    Columns, from 1: 1-5 order number, 7-13 code, 15 one for a valid code and zero for a heading, 17-76 short
    title, 78 onward long title. Raises CodeFileRefused for lines of another form or a code given twice.
    """
    rows: dict[str, CodeRow] = {}
    faults: list[LineFault] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row, reason = _order_row(system, line)
        if row is None:
            faults.append(LineFault(number, reason))
        elif row.key in rows:
            faults.append(LineFault(number, f"{row.key} was there before"))
        else:
            rows[row.key] = row
    return _accepted(rows, faults)


def _order_row(system: CodeSystem, line: str) -> tuple[CodeRow | None, str]:
    key, flag, short, long = line[6:13].strip(), line[14:15], line[16:76].strip(), line[77:].strip()
    if not line[:5].isdigit():
        return None, "no order number in columns 1 to 5: this is not an order file"
    if not is_code_of(system, key):
        return None, f"{key or 'nothing'} in columns 7 to 13 is no {system.value} code"
    if flag not in {"0", "1"}:
        return None, "column 15 must be 0 or 1"
    if not long:
        return None, "no long title from column 78"
    return CodeRow(key, short, long, flag == "1"), ""


def read_hcpcs_records(lines: Iterable[str]) -> list[CodeRow]:
    """CMS's alpha-numeric HCPCS file in its fixed record layout.

    Columns, from 1: 1-5 code, 11 record (3 first line of a procedure, 4 its further lines, 7 and 8 modifiers),
    12-91 long text, 92-119 short text, 269-276 day added, 285-292 last day. D codes and CPT are left out
    (ADA's and AMA's); modifiers are no codes. Raises CodeFileRefused for lines of another form.
    """
    rows: dict[str, CodeRow] = {}
    faults: list[LineFault] = []
    for number, line in enumerate(lines, 1):
        record, key = line[10:11], line[:5].strip()
        if not line.strip() or record in {"7", "8"}:
            continue
        if record not in {"3", "4"}:
            faults.append(LineFault(number, "column 11 is none of 3, 4, 7, 8: this is not a HCPCS record"))
        elif HCPCS_CODE.fullmatch(key) is None:
            continue
        elif record == "4" and key in rows:
            rows[key] = rows[key]._replace(long=f"{rows[key].long} {line[11:91].strip()}".strip())
        elif record == "4" or key in rows:
            faults.append(LineFault(number, f"the lines of {key} are out of order"))
        else:
            rows[key] = _hcpcs_row(key, line)
    return _accepted(rows, faults)


def _hcpcs_row(key: str, line: str) -> CodeRow:
    added, last = _compact_day(line[268:276]), _compact_day(line[284:292])
    return CodeRow(key, line[91:119].strip(), line[11:91].strip(), is_billable=True, starts_on=added, ends_on=last)


def _compact_day(text: str) -> date | None:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_starter(lines: Iterable[str]) -> Iterator[CodeRow]:
    """Our own starter list: ``code|words`` a line, ``#`` starts a remark."""
    for line in lines:
        key, bar, words = line.strip().partition("|")
        if bar and not key.startswith("#"):
            yield CodeRow(key, "", words, is_billable=True)


def _accepted(rows: dict[str, CodeRow], faults: list[LineFault]) -> list[CodeRow]:
    if not rows and not faults:
        faults.append(LineFault(0, "the file holds no code"))
    if faults:
        raise CodeFileRefused(tuple(faults))
    return list(rows.values())
