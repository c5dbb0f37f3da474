"""Saving a draft section by section: nothing typed is lost, nothing is silently overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases import draft_providers, drafts, notes, queries
from app.cases.drafts import Seen, Start
from app.cases.inputs import section_digest
from app.cases.models import Case, CaseProvider, Note
from app.domain.errors import Closed, Conflict, Forbidden, Invalid, NotFound
from app.storage.models import AuditEvent
from tenancy.vocabulary import Category, ProviderRole, SectionName
from tests.rooms.cases.people import NOW, World, acting

if TYPE_CHECKING:
    from app.domain.access import Actor
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf
    from tenancy.scope import TenantSession

SLUG = "mississippi"
DETAILS = SectionName.SERVICE_DETAILS


@pytest.fixture
def session(databases: Databases, world: World) -> Any:
    with databases.app.session(SLUG) as opened:
        yield opened


@pytest.fixture
def opened(session: TenantSession, world: World, shelf: ContractShelf) -> Callable[..., Case]:
    def make(category: Category = Category.OUTPATIENT, actor: Actor | None = None) -> Case:
        begun = Start(category, world.member, world.clinic, world.provider)
        made = drafts.open_draft(session, shelf.good[SLUG], begun, actor=actor or world.actor, now=NOW)
        return session.get_one(Case, made.draft_id)

    return make


@pytest.fixture
def save(session: TenantSession, world: World, shelf: ContractShelf) -> Callable[..., drafts.SectionSaved]:
    def send(case: Case, section: SectionName, typed: dict[str, str], **given: Any) -> drafts.SectionSaved:
        seen, actor = given.get("seen", Seen()), given.get("actor", world.actor)
        return drafts.save_section(
            session, shelf.good[SLUG].contract, case.id, section, typed, seen=seen, actor=actor, now=NOW
        )

    return send


def test_a_new_draft_has_no_case_id_and_starts_with_what_is_known(opened: Callable[..., Case]) -> None:
    case = opened(Category.INPATIENT)
    request = case.requests[0]
    assert (case.number, case.status, case.version) == (None, "un_submitted", 1)
    assert (request.request_type, request.urgency) == ("prior_auth", "standard")
    assert str(request.notification_on) == "2026-11-23"
    assert {row.role for row in case.providers} == {"requesting", "facility"}
    assert {row.fax for row in case.providers} == {"601-555-0199"}


def test_a_draft_is_opened_for_ones_own_group_only(session: TenantSession, world: World, shelf: ContractShelf) -> None:
    begun = Start(Category.OUTPATIENT, world.member, world.clinic, world.provider)
    with pytest.raises(Forbidden):
        drafts.open_draft(session, shelf.good[SLUG], begun, actor=world.stranger, now=NOW)


def test_no_draft_is_opened_before_the_first_day(
    databases: Databases, colorado: World, shelf: ContractShelf, at: Callable[..., Any]
) -> None:
    begun = Start(Category.OUTPATIENT, colorado.member, colorado.clinic, colorado.provider)
    early, first = at(2021, 5, 1, 5, 59), at(2021, 5, 1, 6, 0)
    with databases.app.session("colorado") as session:
        with pytest.raises(Closed, match="05/01/2021"):
            drafts.open_draft(session, shelf.good["colorado"], begun, actor=colorado.actor, now=early)
        assert drafts.open_draft(session, shelf.good["colorado"], begun, actor=colorado.actor, now=first).version == 1


def test_what_can_be_read_is_kept_and_the_rest_is_told(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved]
) -> None:
    case = opened(Category.INPATIENT)
    result = save(case, DETAILS, {"admit_on": "13/45/2026", "admission_source": "elective"})
    assert result.changed == ("admission_source",)
    assert [fault.field for fault in result.faults] == ["admit_on"]
    assert (case.requests[0].admission_source, case.requests[0].admit_on) == ("elective", None)


def test_a_choice_that_is_not_on_offer_is_told_and_not_stored(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved]
) -> None:
    case = opened()
    result = save(case, DETAILS, {"service_type": "transplant"})
    assert [fault.field for fault in result.faults] == ["service_type"]
    assert case.requests[0].service_type is None


def test_columns_that_are_no_input_of_the_section_stay_as_they_are(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved]
) -> None:
    case = opened()
    before = {column.key: getattr(case, column.key) for column in Case.__table__.columns}
    typed = {column.key: "1" for column in [*Case.__table__.columns, *case.requests[0].__table__.columns]}
    asked = {"service_type", "place_of_service"}
    result = save(case, DETAILS, {name: text for name, text in typed.items() if name not in asked})
    assert result.changed == ()
    assert {column.key: getattr(case, column.key) for column in Case.__table__.columns} == before


def test_each_change_raises_the_version_and_is_audited_without_values(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved], session: TenantSession
) -> None:
    case = opened()
    saved = save(case, DETAILS, {"service_type": "hospice"})
    assert (saved.saved.version, case.version) == (2, 2)
    assert save(case, DETAILS, {"service_type": "hospice"}).saved.version == 2
    session.commit()
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "draft:save")).one()
    assert told.detail == {"section": "service_details", "fields": "service_type"}


def test_a_section_somebody_changed_meanwhile_is_a_conflict_with_their_values(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved], world: World
) -> None:
    case = opened()
    seen = Seen(digest=section_digest(case, DETAILS))
    save(case, DETAILS, {"service_type": "hospice"}, actor=world.colleague, seen=seen)
    with pytest.raises(Conflict, match="Blair Tester") as told:
        save(case, DETAILS, {"service_type": "diabetic_care"}, seen=seen)
    assert (told.value.current or {})["service_type"] == "hospice"
    assert case.requests[0].service_type == "hospice"


def test_teammates_in_different_sections_do_not_disturb_each_other(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved], world: World
) -> None:
    case = opened()
    providers = SectionName.PROVIDERS
    mine, theirs = Seen(digest=section_digest(case, DETAILS)), Seen(digest=section_digest(case, providers))
    save(case, providers, {"fax.requesting": "601 555 0111"}, actor=world.colleague, seen=theirs)
    assert save(case, DETAILS, {"service_type": "hospice"}, seen=mine).changed == ("service_type",)


def test_a_teammate_can_go_on_and_a_stranger_cannot(
    opened: Callable[..., Case], world: World, session: TenantSession
) -> None:
    case = opened()
    assert queries.get_draft(session, case.id, world.colleague) is case
    with pytest.raises(NotFound):
        queries.get_draft(session, case.id, world.stranger)


def test_a_cancelled_draft_is_gone(opened: Callable[..., Case], world: World, session: TenantSession) -> None:
    case = opened()
    drafts.cancel_draft(session, case.id, actor=world.actor, now=NOW)
    assert (case.status, case.requests[0].status) == ("cancelled", "cancelled")
    with pytest.raises(NotFound):
        queries.get_draft(session, case.id, world.actor)


def test_a_provider_is_kept_as_the_directory_knows_it_now(
    opened: Callable[..., Case], world: World, session: TenantSession, shelf: ContractShelf
) -> None:
    case = opened()
    act = acting(world.actor)
    contract = shelf.good[SLUG].contract
    draft_providers.choose_provider(session, contract, case.id, ProviderRole.SERVICING, world.doctor, **act)
    rows = session.scalars(select(CaseProvider).where(CaseProvider.case_id == case.id)).all()
    assert {(row.role, row.name) for row in rows} == {("requesting", "Example Clinic"), ("servicing", "Jane Sample")}


def test_only_an_optional_part_can_be_left_out(
    opened: Callable[..., Case], world: World, session: TenantSession, shelf: ContractShelf
) -> None:
    case, contract = opened(), shelf.good[SLUG].contract
    act = acting(world.actor)
    draft_providers.choose_provider(session, contract, case.id, ProviderRole.ATTENDING, world.doctor, **act)
    draft_providers.leave_provider_out(session, contract, case.id, ProviderRole.ATTENDING, **act)
    with pytest.raises(Invalid):
        draft_providers.leave_provider_out(session, contract, case.id, ProviderRole.REQUESTING, **act)
    with pytest.raises(NotFound):
        draft_providers.choose_provider(session, contract, case.id, ProviderRole.FACILITY, world.doctor, **act)


def test_what_is_being_written_is_kept_until_the_note_is_saved(
    opened: Callable[..., Case], world: World, session: TenantSession, shelf: ContractShelf
) -> None:
    case, contract = opened(), shelf.good[SLUG].contract
    act = acting(world.actor)
    notes.keep_unsaved_note(session, contract, case.id, "Please ca", **act)
    kept = [case.requests[0].unsaved_note]
    notes.add_note_to_draft(session, contract, case.id, "Please call.", **act)
    kept.append(case.requests[0].unsaved_note)
    assert kept == ["Please ca", None]
    assert session.scalars(select(Note.body)).all() == ["Please call."]


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 100_000])
def test_an_empty_or_overlong_note_is_refused(
    body: str, opened: Callable[..., Case], world: World, session: TenantSession, shelf: ContractShelf
) -> None:
    with pytest.raises(Invalid):
        notes.add_note_to_draft(session, shelf.good[SLUG].contract, opened().id, body, actor=world.actor, now=NOW)


def test_a_stay_gives_its_duration_and_its_lines_their_start(
    opened: Callable[..., Case], save: Callable[..., drafts.SectionSaved]
) -> None:
    case, section = opened(Category.INPATIENT), SectionName.PROCEDURES
    save(case, section, {"stay.start_on": "11/23/2026", "stay.end_on": "11/27/2026"})
    assert (case.requests[0].duration, case.requests[0].unit_qualifier) == (5, "days")
    save(case, section, {"stay.duration": "4"})
    save(case, section, {"stay.end_on": "11/28/2026"})
    assert case.requests[0].duration == 4


def test_a_draft_of_an_unknown_id_does_not_exist(session: TenantSession, world: World) -> None:
    with pytest.raises(NotFound):
        queries.get_draft(session, UUID(int=1), world.actor)
