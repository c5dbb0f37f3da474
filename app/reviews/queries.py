"""Queries of the reviewers' room: the worklist, and what a review page shows beside the case. Knows no rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.cases.clock_models import InformationRequest
from app.cases.models import OPEN_STATUSES, Case, Document, Request
from app.directory.models import Member
from app.domain.errors import NotFound
from app.reviews.after_models import PeerToPeer, Revision
from app.reviews.models import ReviewPin, ReviewSeen, SavedView

MOST_COUNTED = 1_000
"""Tabs count this far and say "more than" beyond."""


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """Which open requests a worklist shows; every part is optional."""

    view: str = "all"
    level: str = ""
    status: str = ""
    urgency: str = ""
    service_type: str = ""
    category: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom a worklist is: the person, the instant, and until when a deadline counts as due soon."""

    user_id: UUID | None
    now: datetime
    soon: datetime


Found = tuple[Request, Case, Member, bool, bool]

VIEWS = ("all", "mine", "unassigned", "due_soon", "overdue", "waiting", "unread", "pinned")


def list_worklist(session: Session, desk: Desk, asked: WorklistFilter, *, offset: int, limit: int) -> Sequence[Found]:
    """One page of open requests, the earliest deadline first, those whose clocks stand still last.

    Each with its case, its member, whether the person pinned it, and whether something in it is unread.
    """
    page = (
        _narrowed(select(Request.id), desk, asked)
        .order_by(Request.due_at.asc().nullslast(), Request.id)
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    statement = (
        select(Request, Case, Member, _is_pinned(desk), _is_unread(desk))
        .join(page, page.c.id == Request.id)
        .join(Case, Case.id == Request.case_id)
        .join(Member, Member.id == Case.member_id)
        .order_by(Request.due_at.asc().nullslast(), Request.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(statement).all()]


def count_worklist(session: Session, desk: Desk, asked: WorklistFilter) -> int:
    """How many open requests the filter finds."""
    found = _narrowed(select(Request.id), desk, asked)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def count_views(session: Session, desk: Desk) -> dict[str, int]:
    """How many open requests each part of the worklist has, at most one more than MOST_COUNTED; one question."""
    counts = [_some_of(desk, view).label(view) for view in VIEWS]
    return dict(session.execute(select(*counts)).one()._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def _some_of(desk: Desk, view: str) -> ScalarSelect[int]:
    found = _narrowed(select(Request.id), desk, WorklistFilter(view=view)).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def get_staff_request(session: Session, number: str, label: str) -> tuple[Request, Case]:
    """A submitted request by Case ID and R01, R02, …, for the payer's staff. Raises NotFound."""
    sequence = int(label[1:]) if label[1:].isdecimal() and label[:1] == "R" else 0
    statement = (
        select(Request, Case)
        .join(Case, Case.id == Request.case_id)
        .where(Case.number == number, Request.sequence == sequence, Request.status != "un_submitted")
        .where(Case.submitted_at.is_not(None))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def get_staff_document(session: Session, document_id: UUID) -> Document:
    """An active document of a submitted case, for the payer's staff. Raises NotFound."""
    statement = (
        select(Document)
        .join(Case, Case.id == Document.case_id)
        .where(Document.id == document_id, Document.deactivated_at.is_(None))
        .where(Case.submitted_at.is_not(None))
    )
    document = session.scalars(statement).one_or_none()
    if document is None:
        raise NotFound
    return document


def list_saved_views(session: Session, user_id: UUID) -> list[SavedView]:
    """The filters a person saved, by name."""
    return list(session.scalars(select(SavedView).filter_by(user_id=user_id).order_by(SavedView.name)))


def _narrowed(statement: Select[Any], desk: Desk, asked: WorklistFilter) -> Select[Any]:
    statement = statement.where(Request.status.in_(OPEN_STATUSES), *_view(desk, asked.view))
    for column, value in (
        (Request.level, asked.level),
        (Request.status, asked.status),
        (Request.urgency, asked.urgency),
        (Request.service_type, asked.service_type),
    ):
        if value:
            statement = statement.where(column == value)
    if asked.category:
        statement = statement.join(Case, Case.id == Request.case_id).where(Case.category == asked.category)
    if asked.text:
        statement = statement.where(Request.case_id.in_(_found(asked.text)))
    return statement


def _found(text: str) -> CompoundSelect[UUID]:
    """Cases by Case ID, member number or last name: each looked up in its own index."""
    key = text.strip().lower()
    whose = or_(Member.member_number_key == key, Member.last_name_key == key)
    members = select(Case.id).join(Member, Member.id == Case.member_id).where(whose)
    return select(Case.id).where(Case.number == text.strip()).union_all(members)


def _view(desk: Desk, view: str) -> tuple[ColumnElement[bool], ...]:
    conditions: dict[str, tuple[ColumnElement[bool], ...]] = {
        "mine": (Request.assigned_to == desk.user_id,),
        "unassigned": (Request.assigned_to.is_(None),),
        "due_soon": (Request.due_at >= desk.now, Request.due_at < desk.soon),
        "overdue": (Request.due_at < desk.now,),
        "waiting": (Request.status == "information_requested",),
        "unread": (Request.assigned_to == desk.user_id, _is_unread(desk)),
        "pinned": (_is_pinned(desk),),
    }
    return conditions.get(view, ())


def _is_pinned(desk: Desk) -> ColumnElement[bool]:
    return exists().where(ReviewPin.request_id == Request.id, ReviewPin.user_id == desk.user_id).correlate(Request)


def _is_unread(desk: Desk) -> ColumnElement[bool]:
    read = and_(
        ReviewSeen.request_id == Request.id,
        ReviewSeen.user_id == desk.user_id,
        ReviewSeen.seen_version >= Request.review_version,
    )
    return ~exists().where(read).correlate(Request)


def list_open_information(session: Session, *, before: datetime, limit: int) -> list[UUID]:
    """Questions whose last moment has passed unanswered."""
    lapsed = select(InformationRequest.id).where(InformationRequest.state == "open", InformationRequest.due_at < before)
    return list(session.scalars(lapsed.order_by(InformationRequest.due_at).limit(limit)))


def release_of_talk(session: Session, talk_id: str) -> str | None:
    """The release that the case of a talk was submitted under; None when there is no such talk."""
    return _release_of(session, PeerToPeer, talk_id)


def release_of_revision(session: Session, revision_id: str) -> str | None:
    """The release that the case of a change was submitted under; None when there is no such change."""
    return _release_of(session, Revision, revision_id)


def _release_of(session: Session, asked: type[PeerToPeer | Revision], asked_id: str) -> str | None:
    of_case = select(Request.case_id).join(asked, asked.request_id == Request.id)
    case_id = of_case.where(asked.id == UUID(asked_id)).scalar_subquery()
    return session.scalar(select(Case.release).where(Case.id == case_id))
