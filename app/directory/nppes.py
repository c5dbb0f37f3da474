"""Taking providers over from the national registry's own file (NPPES dissemination file, 330 columns).

Reads line by line and writes in batches; a row that cannot be read is reported and the rest goes on. Must not know
which tenant it fills; the contract's state says which identifier is the registration code.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO
from uuid import uuid4

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.directory.folding import identifier_key
from app.directory.models import Provider
from app.directory.provider_kinds import INDIVIDUAL, ORGANIZATION, kind_of_taxonomy, provider_search_text
from app.domain.access import Actor
from app.domain.numbering import is_npi
from app.storage import audit

MEDICAID = "05"
"""Issuer type of an identifier a state's Medicaid programme gave (NPPES code values)."""

_TAXONOMIES = range(1, 16)
_IDENTIFIERS = range(1, 51)
_BATCH = 1_000
_DEACTIVATED = "NPI Deactivation Date"
_REACTIVATED = "NPI Reactivation Date"
_PLAIN = {
    "address_1": "Provider First Line Business Practice Location Address",
    "address_2": "Provider Second Line Business Practice Location Address",
    "city": "Provider Business Practice Location Address City Name",
    "state": "Provider Business Practice Location Address State Name",
}
_POSTAL = "Provider Business Practice Location Address Postal Code"
_PHONE = "Provider Business Practice Location Address Telephone Number"
_FAX = "Provider Business Practice Location Address Fax Number"
_ORGANIZATION_NAME = "Provider Organization Name (Legal Business Name)"
_OTHER_NAME = "Provider Other Organization Name"
_PERSON_NAME = (
    "Provider First Name",
    "Provider Middle Name",
    "Provider Last Name (Legal Name)",
    "Provider Name Suffix Text",
)
NEEDED = (
    "NPI",
    "Entity Type Code",
    _ORGANIZATION_NAME,
    *_PERSON_NAME,
    *_PLAIN.values(),
    _POSTAL,
    _PHONE,
    _FAX,
    _DEACTIVATED,
    "Healthcare Provider Taxonomy Code_1",
    "Healthcare Provider Primary Taxonomy Switch_1",
    "Other Provider Identifier_1",
    "Other Provider Identifier Type Code_1",
    "Other Provider Identifier State_1",
)


class NotNppes(ValueError):
    """The file lacks columns the registry's file has; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out: the line of the file it ends on, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of the rows of a file."""

    read: int = 0
    added: int = 0
    changed: int = 0
    deactivated: int = 0
    elsewhere: int = 0
    rejected: list[Rejected] = field(default_factory=list)


class _RowRejected(ValueError):
    """Why a row cannot become a provider."""


def import_nppes(
    session: Session, file: TextIO, *, state: str, only_state: bool = False, actor: Actor, now: datetime
) -> ImportReport:
    """Add or renew every provider of the file by NPI, in the caller's transaction; audited as one act.

    The primary taxonomy is the one switched ``Y``, else the first. The state identifier is the first other
    identifier of issuer type 05 in ``state``; where the file has none, or no fax, what is known stays. A provider
    deactivated and not reactivated stays in the directory as inactive. With ``only_state`` providers who neither
    practise in the state nor have an identifier of it are left out. Raises NotNppes when columns are missing.
    """
    rows = csv.reader(file)
    columns = _columns(rows)
    report = ImportReport()
    batch: dict[str, dict[str, Any]] = {}
    for line, cells in _lines(rows, report):
        try:
            values = _values(_reader(columns, cells), state)
        except _RowRejected as reason:
            report.rejected.append(Rejected(line, str(reason)))
            continue
        if only_state and values["state"] != state and not values["state_identifier"]:
            report.elsewhere += 1
            continue
        batch[values["npi"]] = values
        if len(batch) >= _BATCH:
            _write(session, batch, report)
            batch = {}
    _write(session, batch, report)
    detail = {name: str(getattr(report, name)) for name in ("read", "added", "changed", "deactivated")}
    audit.record(
        session, actor=actor, action="provider:import", object_type="provider", object_id=None, detail=detail, now=now
    )
    return report


def _columns(rows: Iterator[list[str]]) -> dict[str, int]:
    header = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    columns = {name: place for place, name in enumerate(header)}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise NotNppes(f"This is not the registry's file: it has no column {shown}.")
    columns["__width__"] = len(header)
    return columns


def _lines(rows: Any, report: ImportReport) -> Iterator[tuple[int, list[str]]]:
    """Every row with its line; what csv itself cannot read is rejected and reading goes on."""
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            report.read += 1
            report.rejected.append(Rejected(rows.line_num, f"unreadable: {error}"))
            continue
        if cells:
            report.read += 1
            yield rows.line_num, cells


def _reader(columns: Mapping[str, int], cells: Sequence[str]) -> Callable[[str], str]:
    if len(cells) != columns["__width__"]:
        raise _RowRejected(f"{len(cells)} columns instead of {columns['__width__']}")

    def cell(name: str) -> str:
        place = columns.get(name)
        return "" if place is None else cells[place].strip()

    return cell


def _values(cell: Callable[[str], str], state: str) -> dict[str, Any]:
    npi = cell("NPI")
    if not is_npi(npi):
        raise _RowRejected("the NPI's check digit or form is wrong")
    is_active = not cell(_DEACTIVATED) or bool(cell(_REACTIVATED))
    if not is_active:
        return _inactive(npi)
    entity = _entity(cell("Entity Type Code"))
    name = cell(_ORGANIZATION_NAME) if entity == ORGANIZATION else _joined(cell(part) for part in _PERSON_NAME)
    if not name:
        raise _RowRejected("no name")
    taxonomy, code = _primary_taxonomy(cell), _state_identifier(cell, state)
    kind = kind_of_taxonomy(taxonomy)
    return {
        "npi": npi,
        "entity": entity,
        "name": name,
        "taxonomy": taxonomy,
        "type": kind[0],
        "specialty": kind[1],
        **{column: cell(source) for column, source in _PLAIN.items()},
        "postal_code": _postal_code(cell(_POSTAL)),
        "phone": _phone(cell(_PHONE)),
        "fax": _phone(cell(_FAX)),
        "state_identifier": code,
        "state_identifier_key": identifier_key(code),
        "is_active": True,
        "search_text": provider_search_text(f"{name} {cell(_OTHER_NAME)}"),
    }


def _inactive(npi: str) -> dict[str, Any]:
    return {"npi": npi, "is_active": False, "state": "", "state_identifier": ""}


def _entity(code: str) -> str:
    if code not in {"1", "2"}:
        raise _RowRejected("the entity type code is neither 1 nor 2")
    return INDIVIDUAL if code == "1" else ORGANIZATION


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def _primary_taxonomy(cell: Callable[[str], str]) -> str:
    first = ""
    for number in _TAXONOMIES:
        code = cell(f"Healthcare Provider Taxonomy Code_{number}")
        if code and cell(f"Healthcare Provider Primary Taxonomy Switch_{number}") == "Y":
            return code
        first = first or code
    return first


def _state_identifier(cell: Callable[[str], str], state: str) -> str:
    for number in _IDENTIFIERS:
        is_medicaid = cell(f"Other Provider Identifier Type Code_{number}").zfill(2) == MEDICAID
        if is_medicaid and cell(f"Other Provider Identifier State_{number}") == state:
            return cell(f"Other Provider Identifier_{number}")
    return ""


def _postal_code(text: str) -> str:
    return f"{text[:5]}-{text[5:]}" if len(text) == 9 and text.isdigit() else text


def _phone(text: str) -> str:
    return f"{text[:3]}-{text[3:6]}-{text[6:]}" if len(text) == 10 and text.isdigit() else text


def _write(session: Session, batch: Mapping[str, dict[str, Any]], report: ImportReport) -> None:
    if not batch:
        return
    known = set(session.scalars(select(Provider.npi).where(Provider.npi.in_(batch))))
    gone = [npi for npi, values in batch.items() if not values["is_active"] and npi in known]
    rows = [{"id": uuid4(), **values} for values in batch.values() if values["is_active"]]
    if gone:
        session.execute(update(Provider).where(Provider.npi.in_(gone)).values(is_active=False))
    if rows:
        session.execute(_upsert(), rows)
    report.deactivated += len(gone)
    report.changed += sum(row["npi"] in known for row in rows)
    report.added += sum(row["npi"] not in known for row in rows)


def _upsert() -> Any:
    statement = insert(Provider)
    sent = statement.excluded
    columns = [column.name for column in Provider.__table__.columns]
    renewed: dict[str, Any] = {name: sent[name] for name in columns if name not in {"id", "npi"}}
    renewed["fax"] = func.coalesce(func.nullif(sent.fax, ""), Provider.fax)
    for name in ("state_identifier", "state_identifier_key"):
        renewed[name] = case((sent.state_identifier == "", getattr(Provider, name)), else_=sent[name])
    return statement.on_conflict_do_update(index_elements=["npi"], set_=renewed)
