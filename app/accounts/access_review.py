"""The access review: who belongs to an administrator's groups, as what, since when and when last seen, as CSV.

One line for each person and role. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.setup_reading import Listing, PersonRow, list_people
from app.domain.access import Actor
from app.storage import audit
from app.web.spreadsheet import BYTE_ORDER_MARK, csv_line
from tenancy.contract import Contract

MOST_PEOPLE = 5_000


def file(session: Session, contract: Contract, *, actor: Actor, now: datetime) -> str:
    """The whole file; instants in the contract's zone, which the heads name. The taking away is audited."""
    rows, total = list_people(session, contract, Listing(limit=MOST_PEOPLE), actor=actor)
    detail = {"rows": str(len(rows)), "of": str(total)}
    audit.record(session, actor=actor, action="user:review", object_type="user", object_id=None, detail=detail, now=now)
    return BYTE_ORDER_MARK + "".join(_lines(contract, rows))


def _lines(contract: Contract, rows: list[PersonRow]) -> Iterator[str]:
    name = contract.identity.time_zone
    zone, roles = ZoneInfo(name), contract.users.roles
    heads = ("Name", "User name", "E-mail", "Status", "Provider group", "Role", "Manages users", "Reads reports")
    yield csv_line((*heads, f"Added ({name})", f"Last signed in ({name})"))
    for row in rows:
        for held in row.roles:
            rule = roles[held.role]
            rights = ("yes" if rule.manages_users else "no", "yes" if rule.reads_reports else "no")
            instants = (_instant(row.created_at, zone), _instant(row.seen_at, zone))
            yield csv_line(
                (row.name, row.username, row.email, row.state, held.group_name, rule.label, *rights, *instants)
            )


def _instant(value: datetime | None, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""
