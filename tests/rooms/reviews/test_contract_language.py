"""Parts of the contract language that only show with rows: earlier approvals, demanded levels, who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from app.accounts.models import Membership, UserAccount
from app.accounts.notice_choices import choose_notices, list_told
from app.cases.approvals import draft_seen, list_approvals
from app.cases.models import Case, Request
from app.domain.errors import Forbidden
from app.domain.facts import facts_of
from app.reviews.reading import open_review
from tenancy.contract.aftercare import LevelDemand
from tenancy.contract.conditions import FactTest
from tenancy.vocabulary import Decision, Event, Fact, Operator, ReviewerLevel, Role, Told
from tests.pages import Browser
from tests.rooms.reviews.after import decide
from tests.rooms.reviews.conftest import Sent, later

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from tenancy.contract import Contract

DIABETES = FactTest(Fact.SERVICE, Operator.EQUALS, ("diabetic_care",))


def demanding(sent: Sent, service: str = "diabetic_care") -> Sent:
    demand = LevelDemand(
        when=FactTest(Fact.SERVICE, Operator.EQUALS, (service,)),
        level=ReviewerLevel.PHYSICIAN,
        decisions=(Decision.APPROVE,),
        citation="Plan book",
    )
    contract = sent.loaded.contract
    made = replace(contract, review=replace(contract.review, demands={"costly": demand}))
    return replace(sent, loaded=replace(sent.loaded, contract=made))


def test_a_request_that_takes_a_physician_is_not_approved_by_a_nurse(sent: Sent) -> None:
    strict = demanding(sent)
    with pytest.raises(Forbidden, match="Only a Physician Reviewer may approve here"):
        decide(strict, sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    with sent.session() as session:
        offered = [
            open_review(session, strict.loaded.contract, sent.number, "R01", actor=who, now=later(hours=1)).decisions
            for who in (sent.nurse, sent.physician)
        ]
    assert [Decision.APPROVE in one for one in offered] == [False, True]
    decide(strict, sent.physician, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    assert sent.request().status == "completed"


def test_other_requests_take_whom_they_always_took(sent: Sent) -> None:
    decide(demanding(sent, "home_health"), sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    assert sent.request().status == "completed"


def test_what_was_approved_before_is_known_to_the_members_later_requests(sent: Sent) -> None:
    with sent.session() as session:
        case = session.get_one(Case, sent.case_id)
        assert list_approvals(session, case) == ()
    decide(sent, sent.nurse, Decision.APPROVE, at=later(hours=1), reason="criteria_met")
    with sent.session() as session:
        case = session.get_one(Case, sent.case_id)
        assert list_approvals(session, case) == ()
        (found,) = list_approvals(session, case, Request(id=uuid4()))
        assert found.numbers == (sent.number, case.authorization_number)
        assert (found.service, found.code, found.units) == ("diabetic_care", "E1399", 1)
        assert (found.starts_on, found.ends_on) == (date(2026, 11, 30), date(2026, 12, 29))
        later_case = Case(id=uuid4(), member_id=case.member_id)
        (same,) = list_approvals(session, later_case, Request(id=uuid4()))
        assert not same.is_of_this_case
        facts = facts_of(draft_seen(session, sent.loaded.contract, case), received_on=date(2026, 11, 23))
        assert facts[Fact.EARLIER_SERVICES] == ()


def to(contract: Contract, *people: Told) -> Contract:
    event = replace(contract.notices.events[Event.STATUS_CHANGED], to=people)
    events = {**contract.notices.events, Event.STATUS_CHANGED: event}
    return replace(contract, notices=replace(contract.notices, events=events))


def test_the_contract_says_who_is_told(sent: Sent) -> None:
    contract, group = sent.loaded.contract, sent.world.clinic
    with sent.session() as session:
        heads = {
            name: UserAccount(
                id=uuid4(), username=name, username_key=name, email=f"{name}@example.org", first_name=name,
                last_name="Sample", created_at=later(hours=0), enrolled_at=since,
            )
            for name, since in (("head", later(hours=0)), ("invited", None))
        }  # fmt: skip
        session.add_all(heads.values())
        session.flush()
        session.add_all(
            Membership(id=uuid4(), user_id=one.id, group_id=group, role=Role.GROUP_ADMIN, created_at=later(hours=0))
            for one in heads.values()
        )
        session.flush()

        def told(*people: Told) -> list[str]:
            found = list_told(
                session, to(contract, *people), Event.STATUS_CHANGED,
                submitter_id=sent.world.actor.user_id, group_id=group,  # type: ignore[arg-type]
            )  # fmt: skip
            return [one.first_name for one in found]

        submitter = session.get_one(UserAccount, sent.world.actor.user_id).first_name
        assert told(Told.SUBMITTER) == [submitter]
        assert told(Told.ADMINISTRATORS) == ["head"]
        assert sorted(told(Told.SUBMITTER, Told.ADMINISTRATORS)) == sorted([submitter, "head"])
        head = replace(sent.world.actor, user_id=heads["head"].id)
        choose_notices(session, contract, (), actor=head, now=later(hours=1))
        assert told(Told.SUBMITTER, Told.ADMINISTRATORS) == [submitter]


def test_a_list_as_a_file_names_the_codes_other_systems_know(
    sent: Sent, signed_in: Callable[[str, Actor], FlaskClient]
) -> None:
    browser = Browser(signed_in("mississippi", sent.world.actor))
    answer = browser.client.get("/export.csv?list=submitted", base_url=browser.address)
    head, row, *_ = (line.split(",") for line in answer.get_data(as_text=True).splitlines())
    told = dict(zip(head, row, strict=False))
    assert told["Service type"].endswith("Diabetic Care")
    assert (told["X12 service type"], told["Place of service (CMS code)"]) == ("", "11")
