"""Talks between physicians: asked for with times, booked, moved, cancelled, held, and what came of them.

Nobody is booked twice at once: a talk takes quarters of an hour, and the database keeps each quarter of a person
once. Knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.documents import Shelf
from app.cases.models import Request
from app.domain import typed
from app.domain.access import Actor, Permission
from app.domain.calendars import business_calendar
from app.domain.errors import Conflict, FieldFault, Forbidden, Invalid, NotFound
from app.reviews.after_models import PeerToPeer, Reopening, ReservedQuarter
from app.reviews.asking import Asked, Enclosed, action_of, keep, must_enclose, provider_desk
from app.reviews.desk import Desk, Handled, sit_down
from app.reviews.history import history_of
from app.reviews.levels import levels_of
from app.reviews.reopenings import reopen
from app.reviews.rights import PEER_TO_PEER, must_be_open
from app.reviews.talk_ends import CANCELLED, free
from app.reviews.talk_slots import SlotRules, TypedSlot, quarters, read_slots, spoken_slot
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.vocabulary import ActionKind, Event, ReviewerLevel

REQUESTED, BOOKED, HELD, MISSED = "requested", "booked", "held", "missed"
STANDS, CHANGED, MORE = "stands", "changed", "more_information"
OUTCOMES = {
    STANDS: "The decision stands",
    CHANGED: "The decision will be changed",
    MORE: "More information is needed for another decision",
}
TAKEN = "This physician has another talk at that time. Choose another time or another physician."
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class TalkOffered:
    """What a provider sends: who will talk, how to reach that person, when, in which zone, and documents."""

    clinician: str
    phone: str
    zone: str
    slots: Sequence[TypedSlot]
    enclosed: Enclosed


@dataclass(frozen=True, slots=True)
class Physician:
    """Who of the payer will talk."""

    user_id: UUID
    name: str


def ask_peer_to_peer(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    offered: TalkOffered,
    *,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Ask for a talk with the payer's physician at one of the times offered (P2P-01 to P2P-06).

    Raises NotFound, Forbidden, Invalid with every fault, Closed when the window is over, Conflict when the request
    has no such right now or a talk is under way.
    """
    desk = provider_desk(session, request_id, actor=actor, now=now)
    found = must_be_open(session, contract, desk.request, PEER_TO_PEER, now=now)
    action = action_of(contract, ActionKind.PEER_TO_PEER)
    slots = _checked(contract, found.right, offered, now)
    must_enclose(action, offered.enclosed)
    words = _words(offered, slots)
    kept = keep(contract, shelf, desk, ActionKind.PEER_TO_PEER, words, offered.enclosed)
    talk = _talk(desk, offered, slots)
    session.add(talk)
    _flushed(session, "A talk about this request is being arranged already.")
    desk.happened("peer_to_peer_requested", detail=offered.clinician.strip())
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:asked")
    handled = desk.finish("request:ask_peer_to_peer", detail={"slots": str(len(slots))})
    return Asked(request_id, handled.case_number, kept)


def reschedule(
    session: Session,
    contract: Contract,
    talk_id: UUID,
    offered: TalkOffered,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Offer other times; a booked time is given back. Raises NotFound, Forbidden, Invalid, Conflict."""
    desk, talk = _own(session, talk_id, version, actor=actor, now=now)
    slots = _checked(contract, _right(contract), offered, now)
    _release(session, talk)
    talk.state, talk.slots = REQUESTED, [one.isoformat() for one in slots]
    talk.clinician, talk.phone, talk.zone = offered.clinician.strip(), typed.phone(offered.phone), offered.zone
    talk.version += 1
    desk.happened("peer_to_peer_rescheduled", detail=talk.clinician)
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:{talk.version}")
    handled = desk.finish("request:reschedule_peer_to_peer")
    return Asked(desk.request.id, handled.case_number)


def cancel(session: Session, talk_id: UUID, reason: str, *, version: int, actor: Actor, now: datetime) -> Asked:
    """Call a talk off, with the reason; the right is not used up. Raises NotFound, Forbidden, Invalid, Conflict."""
    desk, talk = _own(session, talk_id, version, actor=actor, now=now)
    _end(desk, talk, CANCELLED, reason, "Say why the talk is called off.")
    desk.happened("peer_to_peer_cancelled", detail=reason.strip())
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:{talk.version}")
    handled = desk.finish("request:cancel_peer_to_peer")
    return Asked(desk.request.id, handled.case_number)


def book(
    session: Session,
    contract: Contract,
    talk_id: UUID,
    starts_at: datetime,
    physician: Physician | None,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Handled:
    """Book one of the offered times with a physician; a booking that stands is moved (staff).

    Two bookings of one person at once: the database takes one, the other is a Conflict. Raises NotFound, Forbidden,
    Invalid for a time that was not offered or has passed, or without a physician.
    """
    desk, talk = _at_desk(session, talk_id, version, Permission.REVIEW_WORK, actor=actor, now=now)
    if starts_at.isoformat() not in talk.slots or starts_at <= now:
        raise Invalid((FieldFault("starts_at", "Choose one of the offered times that is still ahead."),))
    if physician is None:
        raise Invalid((FieldFault("physician", "Choose the physician who will talk."),))
    length = timedelta(minutes=_right(contract).slot_minutes)
    _release(session, talk)
    for begins_at in quarters(starts_at, length):
        session.add(ReservedQuarter(physician_id=physician.user_id, begins_at=begins_at, peer_to_peer_id=talk.id))
    _flushed(session, TAKEN)
    talk.state, talk.booked_at = BOOKED, now
    talk.physician_id, talk.physician_name = physician.user_id, physician.name
    talk.starts_at, talk.ends_at = starts_at, starts_at + length
    talk.version += 1
    desk.happened("peer_to_peer_booked", detail=spoken_slot(starts_at, talk.zone))
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:{talk.version}")
    return desk.finish("request:book_peer_to_peer")


def record_outcome(
    session: Session,
    contract: Contract,
    talk_id: UUID,
    outcome: str,
    text: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Handled:
    """What came of a talk, recorded by a physician; a decision that will be changed opens the request again.

    Raises NotFound, Forbidden for anybody but a physician, Invalid, Conflict.
    """
    if ReviewerLevel.PHYSICIAN not in levels_of(actor):
        raise Forbidden(f"Only a {contract.review.levels[ReviewerLevel.PHYSICIAN]} records what came of a talk.")
    desk, talk = _at_desk(session, talk_id, version, Permission.REVIEW_DECIDE, actor=actor, now=now)
    if talk.state != BOOKED or talk.starts_at is None or talk.starts_at > now:
        raise Conflict("Only a talk that was booked and has begun can have an outcome.", {"state": talk.state})
    if outcome not in OUTCOMES:
        raise Invalid((FieldFault("outcome", "Choose what came of the talk."),))
    talk.outcome = outcome
    _end(desk, talk, HELD, text, "Write what was said, in a sentence or two.")
    desk.happened("peer_to_peer_held", detail=OUTCOMES[outcome])
    if outcome == CHANGED:
        reopen(desk, _reopening(desk))
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:{talk.version}")
    return desk.finish("request:hold_peer_to_peer", detail={"outcome": outcome})


def record_missed(
    session: Session, talk_id: UUID, reason: str, *, version: int, actor: Actor, now: datetime
) -> Handled:
    """A booked talk did not take place; the right is not used up. Raises NotFound, Forbidden, Invalid, Conflict."""
    desk, talk = _at_desk(session, talk_id, version, Permission.REVIEW_WORK, actor=actor, now=now)
    if talk.state != BOOKED or talk.starts_at is None or talk.starts_at > now:
        raise Conflict("Only a talk whose time has come can be missed.", {"state": talk.state})
    _end(desk, talk, MISSED, reason, "Say why it did not take place.")
    desk.happened("peer_to_peer_missed", detail=reason.strip())
    desk.tell(Event.STATUS_CHANGED.value, f"talk:{talk.id}:{talk.version}")
    return desk.finish("request:miss_peer_to_peer")


def get_own_talk(session: Session, talk_id: UUID, *, actor: Actor) -> PeerToPeer:
    """A talk about a request of one's own group. Raises NotFound, alike for foreign and missing ones."""
    talk = session.get(PeerToPeer, talk_id)
    if talk is None:
        raise NotFound
    request = session.get_one(Request, talk.request_id)
    queries.get_own_case(session, request.case_id, actor)
    return talk


def physicians_among(colleagues: Sequence[Actor], actor: Actor) -> list[Physician]:
    """Who of the staff may be booked: every physician, the person at the keyboard too if she is one."""
    known = {one.user_id: one.name for one in (*colleagues, actor) if ReviewerLevel.PHYSICIAN in levels_of(one)}
    found = (Physician(user_id, name) for user_id, name in known.items() if user_id is not None)
    return sorted(found, key=lambda one: one.name)


# ---------------------------------------------------------------- shared


def _right(contract: Contract) -> Right:
    right = contract.rights.get(PEER_TO_PEER)
    if right is None:
        raise Conflict("This contract has no talks between physicians.")
    return right


def _checked(contract: Contract, right: Right, offered: TalkOffered, now: datetime) -> tuple[datetime, ...]:
    faults = []
    if not 0 < len(offered.clinician.strip()) <= 200:
        faults.append(FieldFault("clinician", "Enter the name of the person who will talk with us."))
    try:
        typed.phone(offered.phone)
    except typed.Unreadable as reason:
        faults.append(FieldFault("phone", f"Enter the phone number {reason.how}."))
    if offered.zone not in contract.catalogue.lists.get("time_zones", {}):
        raise Invalid((*faults, FieldFault("zone", "Choose the time zone of these times.")))
    calendar = business_calendar(contract)
    rules = SlotRules(right, calendar, contract.formats.office_opens, ZoneInfo(offered.zone), now)
    slots, wrong = read_slots(offered.slots, rules)
    if faults or wrong:
        raise Invalid((*faults, *wrong))
    return slots


def _words(offered: TalkOffered, slots: Sequence[datetime]) -> str:
    """The note that the times make: the same whether they came by a form or as a note (P2P-04)."""
    lines = [f"{offered.clinician.strip()}, {typed.phone(offered.phone)}"]
    lines += [spoken_slot(one, offered.zone) for one in slots]
    return "\n".join([*lines, "", offered.enclosed.text.strip()]).strip()


def _talk(desk: Desk, offered: TalkOffered, slots: Sequence[datetime]) -> PeerToPeer:
    if desk.actor.user_id is None:
        raise Forbidden
    return PeerToPeer(
        id=uuid4(),
        request_id=desk.request.id,
        clinician=offered.clinician.strip(),
        phone=typed.phone(offered.phone),
        zone=offered.zone,
        slots=[one.isoformat() for one in slots],
        asked_by=desk.actor.user_id,
        asked_by_name=desk.actor.name,
        asked_at=desk.now,
    )


def _own(session: Session, talk_id: UUID, version: int, *, actor: Actor, now: datetime) -> tuple[Desk, PeerToPeer]:
    talk = get_own_talk(session, talk_id, actor=actor)
    desk = provider_desk(session, talk.request_id, actor=actor, now=now)
    return desk, _still(session, talk, version)


def _at_desk(
    session: Session, talk_id: UUID, version: int, permission: Permission, *, actor: Actor, now: datetime
) -> tuple[Desk, PeerToPeer]:
    talk = session.get(PeerToPeer, talk_id)
    if talk is None:
        raise NotFound
    desk = sit_down(session, talk.request_id, permission=permission, actor=actor, now=now)
    return desk, _still(session, talk, version)


def _still(session: Session, talk: PeerToPeer, version: int) -> PeerToPeer:
    """The talk as it is now that its case is held. Raises Conflict when it is over or was changed since."""
    session.refresh(talk)
    if talk.state not in (REQUESTED, BOOKED):
        raise Conflict(f"This talk is {talk.state} already.", {"state": talk.state})
    if talk.version != version:
        raise Conflict("Somebody changed this talk after you opened it. Look at it as it is now.")
    return talk


def _release(session: Session, talk: PeerToPeer) -> None:
    free(session, talk)
    talk.state = REQUESTED


def _end(desk: Desk, talk: PeerToPeer, state: str, text: str, missing: str) -> None:
    if not 0 < len(text.strip()) <= LONGEST:
        raise Invalid((FieldFault("reason", missing),))
    if state != HELD:
        _release(desk.session, talk)
    talk.state, talk.ended_because = state, text.strip()
    talk.ended_by_name, talk.ended_at = desk.actor.name, desk.now
    talk.version += 1


def _flushed(session: Session, taken: str) -> None:
    """Write what waits; what the database keeps unique is a Conflict, told in words."""
    try:
        session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise Conflict(taken) from None
        raise


def _reopening(desk: Desk) -> Reopening:
    made = history_of(desk.session, [desk.request.id])[desk.request.id].determinations
    if desk.actor.user_id is None:
        raise Forbidden
    return Reopening(
        id=uuid4(),
        request_id=desk.request.id,
        right=PEER_TO_PEER,
        ground=OUTCOMES[CHANGED],
        act_id=made[-1].act_id if made else None,
        asked_by=desk.actor.user_id,
        asked_by_name=desk.actor.name,
        asked_at=desk.now,
    )
