"""Every part and filter of the worklist finds what a walk over all rows finds, in the order of the deadlines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases.models import OPEN_STATUSES, Case, Request
from app.cases.synthetic import Owner, fill_cases
from app.directory.models import Member, Provider
from app.reviews import marks, queries
from app.reviews.queries import Desk, WorklistFilter
from app.reviews.reading import desk_of
from tests.rooms.cases.people import NOW
from tests.rooms.reviews.conftest import Sent

Row = tuple[Request, Case, Member]
LATEST = datetime.max.replace(tzinfo=NOW.tzinfo)


@pytest.fixture
def many(sent: Sent) -> Sent:
    """Some sixty open requests; the nurse has, pinned and read some of them."""
    with sent.session() as session, sent.databases.control.session() as control:
        owner = Owner(sent.world.clinic, session.get_one(Provider, sent.world.provider), UUID(int=7), "A")
        fill_cases(session, control, sent.loaded, [owner], count=90, now=NOW, days=6)
        session.flush()
        for place, (request, *_rest) in enumerate(rows_of(session)):
            stirred(request, place, sent)
            if place % 5 == 0:
                marks.pin(session, request.id, True, actor=sent.nurse, now=NOW)
            if place % 7 == 0:
                marks.mark_read(session, request.id, actor=sent.nurse, now=NOW)
            request.review_version += place % 2
        session.commit()
    return sent


def stirred(request: Request, place: int, sent: Sent) -> None:
    request.status = ("submitted", "in_review", "information_requested")[place % 3]
    request.level, request.urgency = ("nurse", "physician")[place % 2], ("standard", "expedited")[place % 4 == 0]
    request.assigned_to = (None, sent.nurse.user_id, sent.physician.user_id)[place % 3]
    request.due_at = None if place % 11 == 0 else NOW + timedelta(hours=place - 20)


def rows_of(session: object) -> list[Row]:
    found = select(Request, Case, Member).join(Case, Case.id == Request.case_id).join(Member)
    rows = session.execute(found.where(Request.status.in_(OPEN_STATUSES))).all()  # type: ignore[attr-defined]
    return sorted([(row[0], row[1], row[2]) for row in rows], key=lambda row: (row[0].due_at or LATEST, row[0].id))


PARTS: dict[str, Callable[[Row, Desk, int], bool]] = {
    "view=all": lambda _row, _desk, _n: True,
    "view=mine": lambda row, desk, _n: row[0].assigned_to == desk.user_id,
    "view=unassigned": lambda row, _desk, _n: row[0].assigned_to is None,
    "view=due_soon": lambda row, desk, _n: row[0].due_at is not None and desk.now <= row[0].due_at < desk.soon,
    "view=overdue": lambda row, desk, _n: row[0].due_at is not None and row[0].due_at < desk.now,
    "view=waiting": lambda row, _desk, _n: row[0].status == "information_requested",
    "level=physician": lambda row, _desk, _n: row[0].level == "physician",
    "status=in_review": lambda row, _desk, _n: row[0].status == "in_review",
    "urgency=expedited": lambda row, _desk, _n: row[0].urgency == "expedited",
    "category=inpatient": lambda row, _desk, _n: row[1].category == "inpatient",
    "service_type=hospice": lambda row, _desk, _n: row[0].service_type == "hospice",
    "text=ORTIZ": lambda row, _desk, _n: row[2].last_name_key == "ortiz",
    "text=m10000001": lambda row, _desk, _n: row[2].member_number_key == "m10000001",
}


def test_every_part_and_filter_finds_what_a_walk_over_all_rows_finds(many: Sent) -> None:
    with many.session() as session:
        desk = desk_of(many.loaded.contract, many.nurse, NOW)
        rows, counts = rows_of(session), queries.count_views(session, desk)
        for said, belongs in PARTS.items():
            name, _, value = said.partition("=")
            asked = replace(WorklistFilter(), **{name: value})
            expected = [row[0].id for place, row in enumerate(rows) if belongs(row, desk, place)]
            found = queries.list_worklist(session, desk, asked, offset=0, limit=200)
            assert [row[0].id for row in found] == expected, said
            assert queries.count_worklist(session, desk, asked) == len(expected), said
            assert counts.get(value, len(expected)) == len(expected), said
            rest = queries.list_worklist(session, desk, asked, offset=3, limit=5)
            assert [row[0].id for row in rest] == expected[3:8], said


def test_pins_and_what_is_unread_belong_to_one_person(many: Sent) -> None:
    with many.session() as session:
        desk = desk_of(many.loaded.contract, many.nurse, NOW)
        other = desk_of(many.loaded.contract, many.physician, NOW)
        everything = queries.list_worklist(session, desk, WorklistFilter(), offset=0, limit=200)
        pinned = queries.list_worklist(session, desk, WorklistFilter(view="pinned"), offset=0, limit=200)
        unread = queries.list_worklist(session, desk, WorklistFilter(view="unread"), offset=0, limit=200)
        counts = queries.count_views(session, desk)
        assert [row[0].id for row in pinned] == [row[0].id for row in everything if row[3]]
        assert [row[0].id for row in unread] == [
            row[0].id for row in everything if row[4] and row[0].assigned_to == desk.user_id
        ]
        assert (counts["pinned"], counts["unread"]) == (len(pinned), len(unread))
        assert 0 < len(unread) < counts["mine"]
        assert queries.count_views(session, other)["pinned"] == 0


def test_a_case_is_found_by_its_number(many: Sent) -> None:
    with many.session() as session:
        desk = desk_of(many.loaded.contract, many.nurse, NOW)
        found = queries.list_worklist(session, desk, WorklistFilter(text=f" {many.number} "), offset=0, limit=9)
        assert [row[1].number for row in found] == [many.number]
