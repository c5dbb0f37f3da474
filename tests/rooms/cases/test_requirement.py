"""Asking whether authorization is required: the page, the piece, the proof, the lists, and a draft that needs none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update

from app.cases.models import ProcedureLine
from app.cases.requirement_models import RequirementCheck
from app.storage.models import AuditEvent
from tests.pages import Browser
from tests.rooms.cases.people import World

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from app.storage.db import Databases

Seat = Callable[[str, "Actor"], "FlaskClient"]
ASKED = {"category": "outpatient", "system": "hcpcs", "code": "E0141", "place": "home", "service_on": "11/23/2026"}


def at(signed_in: Seat, actor: Actor) -> Browser:
    browser = Browser(signed_in("mississippi", actor))
    browser.get("/authorization")
    return browser


def test_the_answer_is_a_proof_of_ones_own_group(world: World, signed_in: Seat) -> None:
    browser = at(signed_in, world.actor)
    answer = browser.post("/authorization", ASKED | {"member_number": "M10000001"})
    address = answer.headers["Location"]
    assert re.fullmatch(r"/authorization/AR261123[2-9A-Z]{6}", address)
    proof = browser.get(address)
    for said in (
        "No authorization is needed",
        "E0141",
        "11/23/2026",
        "Ortiz",
        "Program rule",
        "v2026_01",
        "no promise",
    ):
        assert said in proof.text, said
    assert at(signed_in, world.colleague).get(address).text
    at(signed_in, world.stranger).get(address, status=404)


def test_a_piece_answers_in_place_and_a_place_not_given_is_asked_for(world: World, signed_in: Seat) -> None:
    browser = at(signed_in, world.actor)
    form = ASKED | {"place": "", "csrf_token": browser.token}
    piece = browser.client.post(
        "/authorization", data=form, headers={"HX-Request": "true"}, base_url=browser.address
    ).get_data(as_text=True)
    assert "<html" not in piece
    assert "also enter: place of service" in piece


def test_everything_wrong_is_told_at_once_and_nothing_is_kept(
    world: World, signed_in: Seat, databases: Databases
) -> None:
    browser = at(signed_in, world.actor)
    wrong = {"code": "E9", "place": "moon", "service_on": "13/45/2026", "member_number": "nobody", "category": ""}
    page = browser.posted_page("/authorization", wrong)
    for said in ("We know no", "from the list", "a day that exists", "Choose the"):
        assert said in page.text, said
    with databases.app.session("mississippi") as session:
        assert session.scalars(select(RequirementCheck)).all() == []


def test_the_trail_knows_who_was_meant_and_holds_no_name(world: World, signed_in: Seat, databases: Databases) -> None:
    at(signed_in, world.actor).post("/authorization", ASKED | {"member_number": "M10000001"})
    with databases.app.session("mississippi") as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "requirement:check")).one()
    assert told.object_id == str(world.member)
    assert "Ortiz" not in str(told.detail)


def test_the_lists_show_versions_and_dates(world: World, signed_in: Seat) -> None:
    page = at(signed_in, world.actor).get("/authorization/lists")
    for said in ("v2026_10", "Published 08/01/2026", "In force today", "Not in force today", "E029*"):
        assert said in page.text, said


def test_a_draft_whose_codes_need_none_says_so_at_once(
    world: World, signed_in: Seat, complete_draft: Callable[..., UUID], databases: Databases
) -> None:
    draft_id = complete_draft(world)
    browser = at(signed_in, world.actor)
    page = browser.get(f"/drafts/{draft_id}")
    assert "Authorization required" in page.text
    with databases.app.session("mississippi") as session:
        session.execute(update(ProcedureLine).values(code="E0141"))
        session.commit()
    page = browser.get(f"/drafts/{draft_id}")
    assert "No authorization is needed for these codes" in page.text
