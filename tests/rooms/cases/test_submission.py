"""Submitting a draft: one transaction, one case, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.cases import submission
from app.cases.models import Case, CaseEvent
from app.cases.submission import Confirmed, Incomplete
from app.domain.errors import Conflict, NotFound
from app.storage.models import AuditEvent, OutboxRow
from tenancy.contract.conditions import FactTest
from tenancy.contract.intake import CheckRule
from tenancy.vocabulary import Fact, Operator, SectionName, Severity
from tests.rooms.cases.people import NOW, World

if TYPE_CHECKING:
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf

SLUG = "mississippi"
Submit = Callable[..., submission.Submitted]


@pytest.fixture
def submit(databases: Databases, shelf: ContractShelf) -> Submit:
    """Submits in a transaction of its own, as a request does."""

    def send(
        draft_id: UUID, world: World, *, key: str = "key-1", version: int | None = None, accepted: bool = True
    ) -> submission.Submitted:
        with databases.app.session(SLUG) as session, databases.control.session(is_durable=False) as control:
            if version is None:
                version = session.get_one(Case, draft_id).version
                session.rollback()
            confirmed = Confirmed(key, version, accepted)
            sent = submission.submit_case(
                session, control, shelf.good[SLUG], draft_id, confirmed, actor=world.actor, now=NOW
            )
            session.commit()
            return sent

    return send


def version_of(databases: Databases, draft_id: UUID) -> int:
    with databases.app.session(SLUG) as session:
        return session.get_one(Case, draft_id).version


def test_it_gives_a_case_id_of_the_local_day(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit
) -> None:
    sent = submit(complete_draft(world), world)
    assert sent.is_new
    assert sent.number.startswith("26327")
    assert len(sent.number) == 9


def test_it_writes_state_event_audit_and_the_owed_mail_together(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    submit(draft_id, world)
    with databases.app.session(SLUG) as session:
        case = session.get_one(Case, draft_id)
        assert (case.status, case.submitted_at, case.requests[0].status) == ("submitted", NOW, "submitted")
        assert case.requests[0].lines[0].certify_status == "pending"
        assert case.requests[0].due_at is not None
        assert case.disclaimer_version == "v1"
        kinds = session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == draft_id)).all()
        assert kinds == ["draft_opened", "case_submitted"]
        owed = session.scalars(select(OutboxRow).where(OutboxRow.kind == "case_received")).one()
        assert owed.payload == {"case_id": str(draft_id)}
        assert session.scalar(select(func.count()).where(AuditEvent.action == "case:submit")) == 1


def test_the_same_submission_again_is_answered_with_the_same_case(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    version = version_of(databases, draft_id)
    first = submit(draft_id, world, version=version)
    second = submit(draft_id, world, version=version)
    assert second == replace(first, is_new=False)


def test_another_tab_of_the_same_draft_is_answered_with_the_same_case(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    version = version_of(databases, draft_id)
    first = submit(draft_id, world, key="tab-1", version=version)
    assert submit(draft_id, world, key="tab-2", version=version).number == first.number


def test_the_same_key_with_a_changed_body_is_a_conflict(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    version = version_of(databases, draft_id)
    submit(draft_id, world, version=version)
    with pytest.raises(Conflict):
        submit(draft_id, world, version=version - 1)


def test_a_key_that_submitted_another_draft_is_a_conflict(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit
) -> None:
    submit(complete_draft(world), world)
    with pytest.raises(Conflict):
        submit(complete_draft(world), world)


def test_it_refuses_a_draft_that_was_changed_after_it_was_shown(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit, databases: Databases
) -> None:
    draft_id = complete_draft(world)
    with pytest.raises(Conflict, match="changed"):
        submit(draft_id, world, version=version_of(databases, draft_id) - 1)


def test_it_names_everything_that_is_missing(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit
) -> None:
    with pytest.raises(Incomplete) as told:
        submit(complete_draft(world), world, accepted=False)
    assert [finding.field for finding in told.value.findings if finding.severity == "error"] == ["disclaimer"]


def test_somebody_elses_draft_does_not_exist(
    world: World, complete_draft: Callable[[World], UUID], submit: Submit
) -> None:
    draft_id = complete_draft(world)
    with pytest.raises(NotFound):
        submit(draft_id, replace(world, actor=world.stranger))


def test_a_failed_submission_leaves_the_draft_as_it_was(
    world: World, complete_draft: Callable[[World], UUID], databases: Databases, shelf: ContractShelf
) -> None:
    draft_id = complete_draft(world)
    version = version_of(databases, draft_id)
    with databases.app.session(SLUG) as session, databases.control.session(is_durable=False) as control:
        confirmed = Confirmed("key-9", version, accepted=True)
        submission.submit_case(session, control, shelf.good[SLUG], draft_id, confirmed, actor=world.actor, now=NOW)
        session.rollback()
        assert session.get_one(Case, draft_id).status == "un_submitted"
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_a_rule_that_asks_what_was_approved_before_holds_at_the_submit_door_too(
    databases: Databases, shelf: ContractShelf, world: World, complete_draft: Callable[[World], UUID]
) -> None:
    rule = CheckRule(
        when=FactTest(Fact.EARLIER_SERVICES, Operator.NONE_OF, ("diabetic_care",)),
        severity=Severity.ERROR,
        section=SectionName.PROCEDURES,
        message="Ask for an assessment first.",
    )
    shipped = shelf.good[SLUG]
    checks = MappingProxyType({**shipped.contract.intake.checks, "assessed": rule})
    intake = replace(shipped.contract.intake, checks=checks)
    loaded = replace(shipped, contract=replace(shipped.contract, intake=intake))
    draft = complete_draft(world)
    confirmed = Confirmed("key-1", version_of(databases, draft), accepted=True)
    with databases.app.session(SLUG) as session, databases.control.session(is_durable=False) as control:
        with pytest.raises(Incomplete) as refused:
            submission.submit_case(session, control, loaded, draft, confirmed, actor=world.actor, now=NOW)
        assert [one.message for one in refused.value.findings] == ["Ask for an assessment first."]
