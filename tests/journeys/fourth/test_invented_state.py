"""From sign-in to a Case ID to a decision in a state that is written in YAML alone, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.cases.models import Case, Request
from app.domain.access import Actor, ActorKind, StaffRole
from app.reviews.determinations import LineDecision, record_determination
from app.web.request import portal_of
from tenancy.contract import Contract
from tenancy.vocabulary import Decision
from tests.fourth import SLUG
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, Live
from tests.journeys.office import Desk, load_codes, send_mail
from tests.journeys.referral import a_child, find_the_child, send_it, write_the_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_nurse_at_night_is_asked_for_denied_and_may_be_asked_for_again(
    live: Live, signed_in_page: Callable[..., Page], contract: Callable[[str], Contract], tmp_path: Path
) -> None:
    load_codes(live)
    desk, rules = Desk(live, signed_in_page(SLUG), SLUG), contract(SLUG)
    page = desk.page
    labels = [one.label for one in rules.layout.navigation]
    assert [text.strip() for text in page.locator(".c-rail nav li").all_inner_texts()] == labels
    find_the_child(desk, rules, a_child(live))
    write_the_referral(desk, rules, tmp_path)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    must_be_accessible(page)
    number = send_it(desk, rules)
    expect(page.locator("main")).to_contain_text(rules.intake.wording.submitted_text)
    expect(page.locator("main")).to_contain_text("1 month from receipt")
    expect(page.locator("main")).to_contain_text("HST")
    deny(live, number)
    send_mail(live.app, SLUG)
    desk.go(f"/cases/{number}")
    must_be_accessible(page)
    expect(page.get_by_text(re.compile(r"A Second Look until .*HST \(2 months\)"))).to_be_visible()
    expect(page.get_by_text("The Children's Ombudsman").first).to_be_visible()
    desk.go("/help/guide")
    must_be_accessible(page)
    expect(page.locator("main")).to_contain_text("2 months from the letter")


def deny(live: Live, number: str) -> None:
    """The plan's doctor decides everything that is open."""
    portal = portal_of(live.app)
    doctor = Actor(ActorKind.STAFF, uuid4(), "Dora Doctor", staff_roles=(StaffRole.REVIEWER_PHYSICIAN,))
    with portal.databases.app.session(SLUG) as session:
        request = session.scalars(select(Request).join(Case).where(Case.number == number)).one()
        parts: list[UUID | None] = [line.id for line in request.lines if line.certify_status == "pending"]
        wanted = [
            LineDecision(part, Decision.DENY, "not_necessary", criterion="A machine.", change="A note on the nights.")
            for part in parts
        ]
        record_determination(
            session, portal.tenants[SLUG], request.id, wanted, version=request.review_version, actor=doctor,
            now=live.app.config["CLOCK"](),
        )  # fmt: skip
        session.commit()
