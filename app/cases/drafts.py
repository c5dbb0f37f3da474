"""The making of a request: opening a draft, saving its sections, abandoning it.

Every act locks the draft's row, so that teammates at one draft follow each other, raises its version and is
audited. Knows no page and no form; what is missing is asked of app.domain.completeness elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.cases import queries, suggestions
from app.cases.approvals import draft_seen
from app.cases.inputs import section_digest, section_inputs, section_values, take_all
from app.cases.left import count_left, told_left
from app.cases.models import Case, CaseEvent, CaseProvider, ProcedureLine, Request
from app.directory import queries as directory
from app.directory.models import Provider
from app.domain import typed as typed_text
from app.domain.access import Actor, Permission, may
from app.domain.completeness import asked_providers
from app.domain.draft import Draft
from app.domain.errors import Closed, Conflict, FieldFault, Forbidden, Invalid
from app.domain.fields import parse_field
from app.domain.lifecycle import Move, after, event
from app.domain.requirement import disclaimer_in_force
from app.storage import audit
from tenancy.contract import Contract
from tenancy.loader import LoadedContract
from tenancy.vocabulary import CaseField, Category, SectionName


@dataclass(frozen=True, slots=True)
class Start:
    """What a request starts from: its category, its member, and the group it is made for with its provider."""

    category: Category
    member_id: UUID
    group_id: UUID
    provider_id: UUID


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft that now exists."""

    draft_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """An act on a draft: its version afterwards, when, and where a keyboard user goes on."""

    draft_id: UUID
    version: int
    at: datetime
    focus: str = ""


@dataclass(frozen=True, slots=True)
class SectionSaved:
    """What became of a section that was saved: what could be read was kept, the rest is told as faults."""

    saved: Saved
    changed: tuple[str, ...]
    faults: tuple[FieldFault, ...]
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them: the draft's version and the mark of the section."""

    version: int | None = None
    digest: str = ""


def local_day(contract: Contract, now: datetime) -> date:
    """The contract's calendar day at an instant (GAP-14)."""
    return now.astimezone(ZoneInfo(contract.identity.time_zone)).date()


def must_be_open(contract: Contract, now: datetime) -> None:
    """Raise Closed before the first day on which requests may be made (GEN-13)."""
    opens = contract.portal.submission_opens_on
    if opens is not None and local_day(contract, now) < opens:
        raise Closed(f"Requests can be made here from {opens:%m/%d/%Y} on.")


def open_draft(session: Session, loaded: LoadedContract, start: Start, *, actor: Actor, now: datetime) -> Opened:
    """Start a request for a member: an un-submitted case without a Case ID (CR1-03, CASE-07).

    The user's own provider fills every role the contract wants prefilled (CR1-04), fields start with the
    contract's defaults, and the notification is dated now (CASE-14). Raises Forbidden, Closed, NotFound.
    """
    contract = loaded.contract
    if not may(actor, Permission.CASE_CREATE, group_id=start.group_id):
        raise Forbidden
    must_be_open(contract, now)
    if start.category not in contract.intake.categories:
        raise Invalid((FieldFault("category", f"Choose {contract.intake.wording.category_label}."),))
    directory.get_member(session, start.member_id)
    case = _new_case(loaded.release, start, actor, now)
    request = Request(id=uuid4(), sequence=1)
    case.requests.append(request)
    _fill_defaults(contract, request, start.category, now)
    own = directory.get_provider(session, start.provider_id)
    for rule in asked_providers(contract, Draft(start.category)):
        if rule.prefilled:
            case.providers.append(provider_row(rule.role.value, own))
    session.add(case)
    session.flush()
    remember_left(session, contract, case, now=now)
    add_event(session, case, "draft_opened", actor=actor, now=now)
    audit.record(session, actor=actor, action="draft:open", object_type="case", object_id=case.id, now=now)
    session.flush()
    return Opened(case.id, case.version)


def save_section(
    session: Session,
    contract: Contract,
    draft_id: UUID,
    section: SectionName,
    typed: Mapping[str, str],
    *,
    seen: Seen,
    actor: Actor,
    now: datetime,
) -> SectionSaved:
    """Keep what was typed into one section; a value that cannot be read is told and the rest is kept.

    Raises NotFound, AlreadySubmitted, and Conflict with the present values when somebody changed this section
    since it was shown: nothing is silently overwritten.
    """
    case = begin(session, draft_id, actor)
    draft = snapshot(session, contract, case)
    must_be_unchanged(case, section, seen)
    inputs = section_inputs(contract, case, draft, section, on=local_day(contract, now))
    before = suggestions.noted(case)
    changed, faults = take_all(inputs, typed)
    if not changed:
        return SectionSaved(Saved(case.id, case.version, now), (), faults)
    filled = suggestions.filled(case, inputs, before)
    detail = {"section": section.value, "fields": _names(changed)}
    saved = finish(session, contract, case, "draft:save", actor=actor, now=now, detail=detail)
    return SectionSaved(saved, changed, faults, filled)


def accept_disclaimer(
    session: Session, contract: Contract, draft_id: UUID, *, accepted: bool, actor: Actor, now: datetime
) -> Saved:
    """Keep that the disclaimer's box was ticked or cleared, with the version of the text that was shown (SUB-01)."""
    case = begin(session, draft_id, actor)
    in_force = disclaimer_in_force(contract, on=local_day(contract, now)) if accepted else None
    case.disclaimer_version = in_force[0] if in_force else None
    case.disclaimer_accepted_at = now if in_force else None
    detail = {"version": case.disclaimer_version or ""}
    return finish(session, contract, case, "draft:disclaimer", actor=actor, now=now, detail=detail)


def cancel_draft(session: Session, draft_id: UUID, *, actor: Actor, now: datetime) -> Saved:
    """Abandon a draft (SUB-05): it leaves every list and is kept for the record. Raises NotFound, Forbidden."""
    case = begin(session, draft_id, actor, permission=Permission.CASE_CANCEL)
    if case.number is not None:
        drop_extension(session, case, actor=actor, now=now)
        return acted(session, case, "draft:cancel", actor=actor, now=now)
    case.status = after(Move.CANCEL_CASE, case.status).value
    for request in case.requests:
        request.status = after(Move.CANCEL_REQUEST, request.status).value
    add_event(session, case, event(Move.CANCEL_CASE), actor=actor, now=now)
    return acted(session, case, "draft:cancel", actor=actor, now=now)


def drop_extension(session: Session, case: Case, *, actor: Actor, now: datetime) -> None:
    """The case stands as it did before it was extended; the further request is kept for the record."""
    request = case.requests[-1]
    request.status = after(Move.CANCEL_REQUEST, request.status).value
    add_event(session, case, event(Move.CANCEL_REQUEST), actor=actor, now=now)
    case.status = after(Move.DROP_EXTENSION, case.status).value
    add_event(session, case, event(Move.DROP_EXTENSION), actor=actor, now=now, detail=request.label)
    if all(one.status in ("completed", "cancelled") for one in case.requests):
        case.status = after(Move.COMPLETE_CASE, case.status).value
        add_event(session, case, event(Move.COMPLETE_CASE), actor=actor, now=now, is_shown=False)


# ---------------------------------------------------------------- shared by every act on a draft


def begin(session: Session, draft_id: UUID, actor: Actor, *, permission: Permission = Permission.CASE_EDIT) -> Case:
    """The draft, its row locked until the transaction ends. Raises NotFound, AlreadySubmitted, Forbidden."""
    case = queries.get_draft(session, draft_id, actor, lock=True)
    if not may(actor, permission, group_id=case.group_id):
        raise Forbidden
    return case


def finish(
    session: Session,
    contract: Contract,
    case: Case,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, str] | None = None,
    focus: str = "",
) -> Saved:
    """Remember how much is left to do, raise the draft's version, note who changed it and when, and audit the act."""
    remember_left(session, contract, case, now=now)
    return acted(session, case, action, actor=actor, now=now, detail=detail, focus=focus)


def remember_left(session: Session, contract: Contract, case: Case, *, now: datetime) -> None:
    """Write on the draft how much is left to do, for lists of drafts: they look at no rule."""
    session.flush()
    case.diagnoses.sort(key=lambda row: row.position)
    told = told_left(contract, snapshot(session, contract, case), on=local_day(contract, now))
    case.things_left = count_left(told)


def acted(
    session: Session,
    case: Case,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, str] | None = None,
    focus: str = "",
) -> Saved:
    """Raise the draft's version, note who changed it and when, and audit the act."""
    if actor.user_id is None:
        raise Forbidden
    case.version += 1
    case.modified_by, case.modified_by_name, case.modified_at = actor.user_id, actor.name, now
    _note_dates(case.requests[-1])
    session.flush()
    audit.record(
        session, actor=actor, action=action, object_type="case", object_id=case.id, detail=detail or {}, now=now
    )
    return Saved(case.id, case.version, now, focus)


def snapshot(session: Session, contract: Contract, case: Case) -> Draft:
    """The draft as its rules see it while it is changed; notes are counted on its pages only, no rule asks for them."""
    return draft_seen(session, contract, case)


def must_be_unchanged(case: Case, section: SectionName, seen: Seen) -> None:
    """Raise Conflict when the section was changed since the person saw it; an unmarked save is taken as it is."""
    if not seen.digest or seen.version == case.version or seen.digest == section_digest(case, section):
        return
    raise Conflict(
        f"{case.modified_by_name} changed this section while you were typing. Compare both and choose.",
        dict(section_values(case, section)),
    )


def add_event(
    session: Session,
    case: Case,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    detail: str = "",
    is_shown: bool = True,
) -> None:
    """Write one line of the case's timeline."""
    session.add(
        CaseEvent(
            case_id=case.id,
            request_id=case.requests[-1].id,
            kind=kind,
            happened_at=now,
            actor_id=actor.user_id,
            actor_name=actor.name,
            detail=detail,
            is_shown=is_shown,
        )
    )


def provider_row(role: str, provider: Provider) -> CaseProvider:
    """A provider's part on a case, copied from the directory as it is now."""
    return CaseProvider(
        role=role,
        provider_id=provider.id,
        name=provider.name,
        npi=provider.npi,
        specialty=provider.specialty or None,
        taxonomy=provider.taxonomy or None,
        kind=provider.type or provider.entity,
        address="\n".join(provider.address_lines),
        phone=_phone(provider.phone),
        fax=_phone(provider.fax),
    )


def _phone(text: str) -> str | None:
    """A number of the directory as it is written everywhere else; one of another form stays as it is."""
    try:
        return typed_text.phone(text) if text else None
    except typed_text.Unreadable:
        return text


def _new_case(release: str, start: Start, actor: Actor, now: datetime) -> Case:
    if actor.user_id is None:
        raise Forbidden
    return Case(
        id=uuid4(),
        category=start.category.value,
        status=queries.UN_SUBMITTED,
        group_id=start.group_id,
        member_id=start.member_id,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
        modified_by=actor.user_id,
        modified_by_name=actor.name,
        modified_at=now,
        release=release,
        version=1,
    )


def _fill_defaults(contract: Contract, request: Request, category: Category, now: datetime) -> None:
    local = now.astimezone(ZoneInfo(contract.identity.time_zone))
    request.notification_on = local.date()
    request.notification_time = local.time().replace(second=0, microsecond=0)
    for field, rule in contract.intake.fields.items():
        if rule.default and (not rule.categories or category in rule.categories):
            setattr(request, field.value, parse_field(CaseField(field), rule, rule.default))
    if category is Category.INPATIENT:
        for part, rule in contract.intake.length_of_stay.fields.items():
            setattr(request, part.value, parse_field(part, rule, rule.default))


def _note_dates(request: Request) -> None:
    parts: list[Request | ProcedureLine] = [request, *request.lines]
    starts = [row.start_on for row in parts if row.start_on]
    ends = [row.end_on for row in parts if row.end_on]
    request.service_from = min(starts, default=request.admit_on)
    request.service_until = max(ends, default=None)


def _names(changed: tuple[str, ...]) -> str:
    """Field names without row ids, for the trail."""
    return " ".join(sorted({name.split(".")[-1] for name in changed}))
