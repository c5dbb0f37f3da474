"""What runs without anybody: routing, silence, deadlines that pass; clocks that stop and are extended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.clock_models import RequestDeadline
from app.cases.documents import Shelf
from app.domain.access import Actor
from app.domain.errors import Closed, Conflict, Forbidden, Invalid
from app.reviews.asking import Enclosed
from app.reviews.assignment import extend_deadline
from app.reviews.changes import withdraw_request
from app.reviews.determinations import Grounds, decide_by_rule
from app.reviews.information import Reply, answer_information, request_information
from app.reviews.jobs import handlers
from app.reviews.models import Determination
from app.reviews.running import sweep
from app.storage import outbox
from app.storage.files import FileStore
from app.storage.models import MailMessage, OutboxRow
from tenancy.contract.aftercare import AutoApproval
from tenancy.contract.conditions import FactTest
from tenancy.loader import LoadedContract
from tenancy.vocabulary import ActionKind, Decision, Fact, LateAnswer, Operator, Silence
from tests.pages import Browser
from tests.rooms.reviews.after import counter
from tests.rooms.reviews.conftest import Sent, later

DAY = timedelta(days=1)


def with_review(sent: Sent, **keys: Any) -> LoadedContract:
    contract = sent.loaded.contract
    return replace(sent.loaded, contract=replace(contract, review=replace(contract.review, **keys)))


def with_information(sent: Sent, **keys: Any) -> LoadedContract:
    return with_review(sent, information=replace(sent.loaded.contract.review.information, **keys))


def ask(sent: Sent, *, hours: float = 1) -> UUID:
    with sent.session() as session:
        asked = request_information(
            session, sent.loaded.contract, sent.request_id, ["order"], "", version=sent.request().review_version,
            actor=sent.nurse, now=later(hours=hours),
        )  # fmt: skip
        session.commit()
        return asked.information_id


def answer(sent: Sent, information_id: UUID, now: datetime, loaded: LoadedContract | None = None) -> bool:
    contract = (loaded or sent.loaded).contract
    shelf = Shelf(FileStore.__new__(FileStore), "mississippi")  # no file comes with it
    with sent.session() as session:
        done = answer_information(
            session, contract, shelf, information_id, Reply({0: "Here it is."}), actor=sent.world.actor, now=now
        )
        session.commit()
        return done.is_late


def run(sent: Sent, now: datetime, loaded: LoadedContract | None = None) -> int:
    return sweep(sent.databases, "mississippi", loaded or sent.loaded, now=now)


def test_a_submission_starts_every_clock_with_its_rule(sent: Sent) -> None:
    (row,) = sent.deadlines()
    assert (row.rule, row.state, row.release) == ("standard", "running", sent.loaded.release)
    assert row.due_at == sent.request().due_at
    assert row.terms["length"] == {"amount": 7, "unit": "calendar_days"}
    assert row.calendar.startswith("holidays ")


def test_a_new_request_goes_to_the_nurses_once(sent: Sent) -> None:
    assert run(sent, later(minutes=1)) == 1
    assert run(sent, later(minutes=2)) == 0
    request = sent.request()
    assert (request.level, request.status) == ("nurse", "submitted")


def test_a_rule_of_the_contract_approves_and_says_what_it_looked_at(
    sent: Sent, signed_in: Callable[[str, Actor], FlaskClient]
) -> None:
    when = FactTest(Fact.SERVICE, Operator.EQUALS, ("diabetic_care",))
    rules = {"supplies": AutoApproval(when=when, reason="criteria_met", citation="Plan rule 4")}
    run(sent, later(minutes=1), with_review(sent, auto_approvals=rules))
    with sent.session() as session:
        (made,) = session.scalars(select(Determination)).all()
    assert (made.decision, made.rule, made.decided_by_name) == ("approve", "supplies", "System")
    assert made.trace == [["case.service", "equals diabetic_care", "yes"]]
    shown = Browser(signed_in("mississippi", sent.nurse)).get(f"/review/{sent.number}/R01").text
    assert "Decided by the contract's rule supplies." in shown
    assert "case.service equals diabetic_care: yes" in shown
    assert sent.case().status == "completed"


def test_rules_of_another_release_approve_nothing(sent: Sent) -> None:
    when = FactTest(Fact.SERVICE, Operator.EQUALS, ("diabetic_care",))
    rules = {"supplies": AutoApproval(when=when, reason="criteria_met", citation="Plan rule 4")}
    run(sent, later(minutes=1), replace(with_review(sent, auto_approvals=rules), release="another"))
    assert sent.request().status == "submitted"


def test_nothing_denies_by_itself(sent: Sent) -> None:
    with sent.session() as session, pytest.raises(Forbidden):
        decide_by_rule(
            session, sent.loaded, sent.request_id, Decision.DENY, "not_necessary", Grounds(),
            actor=sent.physician, now=later(hours=1),
        )  # fmt: skip


def test_the_clock_stands_still_until_the_answer_and_runs_on(sent: Sent) -> None:
    before = sent.request().due_at
    asked = ask(sent)
    (row,) = sent.deadlines()
    assert (row.state, row.due_at, sent.request().due_at) == ("paused", None, None)
    assert not answer(sent, asked, later(days=3))
    (row,) = sent.deadlines()
    assert before is not None
    assert (row.state, row.due_at) == ("running", before + 2 * DAY)  # the day of receipt counts in no case
    assert sent.request().status == "in_review"
    with pytest.raises(Conflict, match="answered already"):
        answer(sent, asked, later(days=3))


def test_a_question_taken_back_is_told_by_mail_and_the_clock_runs_on(
    sent: Sent, signed_in: Callable[[str, Actor], FlaskClient], app: Flask
) -> None:
    before, asked = sent.request().due_at, ask(sent)
    nurse = Browser(signed_in("mississippi", sent.nurse))
    take_back = f"/review/{sent.number}/R01/information/{asked}/withdraw"
    form = nurse.get(f"/review/{sent.number}/R01").form(take_back)
    nurse.post(take_back, form)
    assert "No answer is awaited any more." in nurse.posted_page(take_back, form | {"version": "3"}, status=409).text
    (row,) = sent.deadlines()
    assert (row.state, sent.request().status) == ("running", "in_review")
    assert before is not None
    assert row.due_at is not None
    assert row.due_at >= before
    with pytest.raises(Conflict, match="taken back"):
        answer(sent, asked, later(hours=3))
    told = handlers(app.extensions["charter"].settings)
    outbox.drain(sent.databases, "mississippi", contract=sent.loaded.contract, now=later(hours=2), handlers=told)
    with sent.session() as session:
        mails = session.scalars(select(MailMessage).order_by(MailMessage.created_at)).all()
    assert sorted(one.kind for one in mails) == ["information_requested", "status_changed"]
    for mail in mails:
        assert sent.number in mail.body
        assert "order" not in mail.body.lower().replace("in order to", "")
    assert "Information needed by" not in Browser(signed_in("mississippi", sent.world.actor)).get(
        f"/cases/{sent.number}"
    ).text  # fmt: skip


def test_a_provider_takes_a_request_back_with_a_reason_and_is_told(
    sent: Sent, signed_in: Callable[[str, Actor], FlaskClient], tmp_path: Path
) -> None:
    ask(sent)
    contract = sent.loaded.contract
    kinds = {**contract.actions.kinds, ActionKind.CANCEL: contract.actions.kinds[ActionKind.ADDITIONAL_CLINICAL]}
    offering = replace(contract, actions=replace(contract.actions, kinds=kinds))
    with sent.session() as session:
        here = replace(counter(sent, session, tmp_path, later(hours=3)), contract=offering)
        with pytest.raises(Invalid):
            withdraw_request(here, sent.request_id, Enclosed(" "))
        withdraw_request(here, sent.request_id, Enclosed("Not needed any longer."))
        session.commit()
        with pytest.raises(Conflict):
            withdraw_request(here, sent.request_id, Enclosed("Again."))
        keys = [key for key in session.scalars(select(OutboxRow.key)) if "request:withdraw" in str(key)]
    assert len(keys) == 1
    assert (sent.case().status, sent.request().status, sent.lines()[0].certify_status) == (
        "completed", "cancelled", "void",
    )  # fmt: skip
    assert {row.state for row in sent.deadlines()} == {"stopped"}
    page = Browser(signed_in("mississippi", sent.world.actor)).get(f"/cases/{sent.number}").text
    assert "Withdrawn, request R01" in page
    assert "Decided" not in page


def test_silence_closes_a_request_where_the_contract_says_so(sent: Sent) -> None:
    ask(sent)
    assert run(sent, later(days=14)) == 0
    assert run(sent, later(days=16)) == 1
    assert (sent.lines()[0].certify_status, sent.case().status) == ("void", "completed")
    assert "information_lapsed" in sent.events()


def test_a_late_answer_is_taken_and_marked_or_refused(sent: Sent) -> None:
    asked = ask(sent)
    going_on = with_information(sent, on_silence=Silence.RESUME)
    run(sent, later(days=16), going_on)
    assert sent.request().status == "in_review"
    with pytest.raises(Closed, match="The time to answer ended Tue 8 Dec 2026, 5:00 PM CST"):
        answer(sent, asked, later(days=17), with_information(sent, late=LateAnswer.REFUSE))
    assert answer(sent, asked, later(days=17), going_on)
    assert sent.events()[-1] == "late_information_received"


def test_a_contract_may_go_on_waiting(sent: Sent) -> None:
    ask(sent)
    run(sent, later(days=30), with_information(sent, on_silence=Silence.WAIT))
    assert sent.request().status == "information_requested"


def test_a_request_is_sent_back_only_as_often_as_the_contract_allows(sent: Sent) -> None:
    for turn in range(3):
        answer(sent, ask(sent, hours=2 * turn + 1), later(hours=2 * turn + 2))
    with pytest.raises(Closed, match="at most 3 times"):
        ask(sent, hours=9)


def change_terms(sent: Sent, **terms: object) -> None:
    with sent.session() as session:
        row = session.scalars(select(RequestDeadline)).one()
        row.terms = {**row.terms, **terms}
        session.commit()


@pytest.mark.parametrize(
    ("terms", "status", "line"),
    [
        ({"on_expiry": "escalate"}, "submitted", "pending"),
        ({"on_expiry": "deemed_approved", "expiry_reason": "deemed"}, "completed", "approved"),
        ({"on_expiry": "void", "expiry_reason": "overdue"}, "completed", "void"),
    ],
)
def test_a_deadline_that_passes_has_the_effect_its_rule_names(
    sent: Sent, terms: dict[str, object], status: str, line: str
) -> None:
    change_terms(sent, **terms)
    run(sent, later(days=7))
    assert "deadline_missed" not in sent.events()
    run(sent, later(days=8))
    run(sent, later(days=9))
    assert sent.events().count("deadline_missed") == 1
    assert (sent.request().status, sent.lines()[0].certify_status) == (status, line)
    assert sent.deadlines()[0].state == "expired"
    assert (sent.request().escalated_at is not None) is (terms["on_expiry"] == "escalate")


def test_a_deadline_is_extended_once_with_a_reason(sent: Sent) -> None:
    before = sent.request().due_at
    change_terms(sent, extension={"amount": 14, "unit": "calendar_days"})
    with sent.session() as session:
        contract, request_id = sent.loaded.contract, sent.request_id
        extend_deadline(
            session, contract, request_id, "The member asked.", version=1, actor=sent.nurse, now=later(hours=1)
        )
        session.commit()
        with pytest.raises(Closed):
            extend_deadline(session, contract, request_id, "Again.", version=2, actor=sent.nurse, now=later(hours=2))
    request = sent.request()
    assert before is not None
    assert request.due_at == before + 14 * DAY
    assert request.due_reason is not None
    assert request.due_reason.endswith(", extended by 14 calendar days")
