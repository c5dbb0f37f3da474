"""Lists of cases as CSV that a spreadsheet opens as text: no cell can become a formula. Knows no page and no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from app.cases.records import CaseRow
from app.web.spreadsheet import BYTE_ORDER_MARK, csv_line
from tenancy.contract import Contract
from tenancy.vocabulary import Category

MOST_ROWS = 5_000


def case_csv(contract: Contract, rows: Iterable[CaseRow]) -> Iterator[str]:
    """The file's pieces: a line of heads, then one line a case; instants in the contract's zone, named in the head."""
    zone = ZoneInfo(contract.identity.time_zone)
    yield BYTE_ORDER_MARK + csv_line(_heads(contract))
    for row in rows:
        yield csv_line(_cells(contract, row, zone))


def _heads(contract: Contract) -> tuple[str, ...]:
    zone = contract.identity.time_zone
    return (
        "Case ID",
        "Requests",
        "Status",
        "Outcomes",
        "Category",
        contract.members.number_label,
        "Name",
        "Date of birth",
        "Service type",
        "X12 service type",
        "Place of service (CMS code)",
        "Service from",
        "Service until",
        "Procedures",
        f"Submitted ({zone})",
        f"Decision due ({zone})",
        "Authorization number",
        "Group",
        f"Last modified ({zone})",
        "Modified by",
    )


def _cells(contract: Contract, row: CaseRow, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        row.number or "",
        " ".join(row.request_labels),
        row.status.replace("_", "-"),
        ", ".join(f"{entry.count} {entry.outcome}" for entry in row.outcomes),
        contract.intake.categories.get(Category(row.category), row.category),
        row.member.number,
        row.member.name,
        row.member.birth_date.isoformat(),
        row.service,
        row.x12_service_type,
        row.place_code,
        row.service_from.isoformat() if row.service_from else "",
        row.service_until.isoformat() if row.service_until else "",
        " ".join(row.procedures) + (f" and {row.more_procedures} more" if row.more_procedures else ""),
        _instant(row.submitted_at, zone),
        _instant(row.due_at, zone),
        row.authorization_number,
        row.group_name,
        _instant(row.modified_at, zone),
        row.modified_by,
    )


def _instant(value: datetime | None, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""
