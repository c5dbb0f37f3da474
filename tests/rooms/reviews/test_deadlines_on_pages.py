"""What both sides read about deadlines that begin on a Friday evening or run through the night the clocks change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from app.cases.models import Case
from app.cases.submission import Confirmed, submit_case
from app.domain.access import StaffRole
from tests.pages import Browser
from tests.rooms.cases.people import World, a_complete_draft
from tests.rooms.reviews.conftest import staff

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf

SLUG = "mississippi"
FRIDAY_EVENING = datetime(2027, 3, 5, 23, 50, tzinfo=UTC)  # 5:50 PM CST, after the office closed
NIGHT_TO_SUMMER = datetime(2027, 3, 13, 23, 30, tzinfo=UTC)  # Saturday 5:30 PM CST; an hour is missing that night
NIGHT_TO_WINTER = datetime(2027, 11, 6, 22, 30, tzinfo=UTC)  # Saturday 5:30 PM CDT; an hour comes twice that night


@pytest.mark.parametrize(
    ("sent_at", "urgency", "due", "heading"),
    [
        (FRIDAY_EVENING, "standard", "Fri 12 Mar 2027, 11:59 PM CST", "03/12/2027, 11:59 PM CST"),
        (FRIDAY_EVENING, "expedited", "Sat 6 Mar 2027, 5:50 PM CST", "03/06/2027, 5:50 PM CST"),
        (NIGHT_TO_SUMMER, "expedited", "Sun 14 Mar 2027, 6:30 PM CDT", "03/14/2027, 6:30 PM CDT"),
        (NIGHT_TO_SUMMER, "standard", "Sat 20 Mar 2027, 11:59 PM CDT", "03/20/2027, 11:59 PM CDT"),
        (NIGHT_TO_WINTER, "expedited", "Sun 7 Nov 2027, 4:30 PM CST", "11/07/2027, 4:30 PM CST"),
    ],
)
def test_both_sides_read_the_same_last_moment(
    databases: Databases, shelf: ContractShelf, world: World, signed_in: Callable[[str, Actor], FlaskClient],
    sent_at: datetime, urgency: str, due: str, heading: str,
) -> None:  # fmt: skip
    number = submitted(databases, shelf, world, sent_at, urgency)
    provider = signed_in(SLUG, world.actor)
    provider.application.config["CLOCK"] = lambda: sent_at
    assert f"Decision due by {heading}" in Browser(provider).get(f"/cases/{number}").text
    nurse = signed_in(SLUG, staff("Nora Nurse", StaffRole.REVIEWER_NURSE))
    nurse.application.config["CLOCK"] = lambda: sent_at
    assert due in Browser(nurse).get("/review").text
    assert f"Due {due}" in Browser(nurse).get(f"/review/{number}/R01").text


def submitted(databases: Databases, shelf: ContractShelf, world: World, at: datetime, urgency: str) -> str:
    draft_id: UUID = a_complete_draft(databases, shelf.good[SLUG], world, now=at)
    with databases.app.session(SLUG) as session, databases.control.session() as control:
        case = session.get_one(Case, draft_id)
        request = case.requests[0]
        request.urgency = urgency
        if urgency == "expedited":
            request.contact_name, request.contact_phone = "Ana Clerk", "6015550100"
        session.flush()
        confirmed = Confirmed(str(uuid4()), case.version, accepted=True)
        done = submit_case(session, control, shelf.good[SLUG], draft_id, confirmed, actor=world.actor, now=at)
        session.commit()
        return done.number
