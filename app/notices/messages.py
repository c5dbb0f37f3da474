"""Messages about a case between a provider's people and the payer's: started from a case, answered anywhere.

The rooms above say which case is meant and who may see it. Knows no page. Source: MSG-01 to MSG-05.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    exists,
    false,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from app.accounts.notice_choices import list_told
from app.domain import typed
from app.domain.access import Actor, ActorKind, Permission, may
from app.domain.errors import FieldFault, Forbidden, Invalid, NotFound
from app.notices.models import Message, MessageRead
from app.notices.service import About, Recipient, notify
from app.settings import Settings
from app.storage import audit, outbox
from app.storage.outbox import DueRow, Handler, Undeliverable
from tenancy.contract import Contract
from tenancy.vocabulary import Event

LONGEST_SUBJECT = 150
LONGEST_BODY = 4_000
TOLD = "message_told"
"""Outbox kind: somebody of a provider has a message. Payload: message_id."""


@dataclass(frozen=True, slots=True)
class CaseMeant:
    """The case a thread is about; ``submitted_by`` is told of a message that the payer starts."""

    case_id: UUID
    number: str
    group_id: UUID
    group_name: str
    submitted_by: UUID | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in the list: its latest message, how many there are, whether one is unread, and what unfolds."""

    latest: Message
    count: int
    is_unread: bool
    unfolded: tuple[Message, ...] = ()


def start_thread(
    session: Session, contract: Contract, meant: CaseMeant, written: Typed, *, actor: Actor, now: datetime
) -> UUID:
    """Send the first message of a thread; its id. Raises Forbidden, and Invalid for an empty or overlong text."""
    _may_write(actor, meant.group_id)
    is_staff = actor.kind is ActorKind.STAFF
    first = uuid4()
    message = _message(written, actor=actor, now=now)
    message.id = message.thread_id = first
    message.case_id, message.case_number, message.group_id = meant.case_id, meant.number, meant.group_id
    message.provider_user_id = meant.submitted_by if is_staff else actor.user_id
    message.recipient_name = meant.group_name if is_staff else contract.brand.operator
    return _send(session, message, actor=actor, now=now)


def reply(
    session: Session, contract: Contract, thread_id: UUID, written: Typed, *, actor: Actor, now: datetime
) -> UUID:
    """Answer in a thread, from wherever it is read (MSG-02). Raises NotFound, Forbidden, Invalid."""
    thread = get_thread(session, thread_id, actor=actor)
    _may_write(actor, thread[0].group_id)
    is_staff = actor.kind is ActorKind.STAFF
    others = [one for one in thread if (one.sender_kind == "staff") != is_staff]
    message = _message(written, actor=actor, now=now)
    message.id, message.thread_id = uuid4(), thread_id
    message.case_id, message.case_number = thread[0].case_id, thread[0].case_number
    message.group_id = thread[0].group_id
    message.provider_user_id = thread[-1].provider_user_id if is_staff else actor.user_id
    fallback = thread[0].recipient_name if not others else others[-1].sender_name
    message.recipient_name = fallback or contract.brand.operator
    _send(session, message, actor=actor, now=now)
    return message.id


def reply_subject(contract: Contract, subject: str) -> str:
    """The subject of a reply: the contract's prefix before it, once (MSG-02)."""
    prefix = contract.notices.reply_prefix
    return subject if subject.startswith(prefix) else f"{prefix}{subject}"[:LONGEST_SUBJECT]


def list_threads(
    session: Session, *, actor: Actor, now: datetime, offset: int, limit: int, case_id: UUID | None = None
) -> tuple[tuple[ThreadRow, ...], int]:
    """The threads the actor may read, the latest message first, and how many; the reading is audited."""
    seen = _within_reach(actor) & (Message.case_id == case_id if case_id else true())
    counted = func.count().over(partition_by=Message.thread_id).label("count")
    latest = (
        select(Message.id, counted)
        .ext(distinct_on(Message.thread_id))
        .where(seen)
        .order_by(Message.thread_id, Message.sent_at.desc(), Message.id)
        .subquery()
    )
    total = session.scalar(select(func.count(Message.thread_id.distinct())).where(seen)) or 0
    statement = (
        select(Message, latest.c.count, _is_unread(actor.kind, actor.user_id).label("unread"))
        .join(latest, latest.c.id == Message.id)
        .order_by(Message.sent_at.desc(), Message.id)
        .offset(offset)
        .limit(limit)
    )
    rows = tuple(ThreadRow(message, count, unread) for message, count, unread in session.execute(statement))
    detail = {"rows": str(len(rows))}
    audit.record(
        session, actor=actor, action="message:list", object_type="case", object_id=case_id, detail=detail, now=now
    )
    return rows, total


def open_center(
    session: Session, *, actor: Actor, now: datetime, offset: int, limit: int
) -> tuple[tuple[ThreadRow, ...], int]:
    """The same rows with what unfolds under each: what is unread and the latest message (MSG-01); audited by case."""
    rows, total = list_threads(session, actor=actor, now=now, offset=offset, limit=limit)
    listed = [row.latest.thread_id for row in rows]
    unfolds = _is_unread(actor.kind, actor.user_id) | Message.id.in_([row.latest.id for row in rows])
    found = select(Message).where(Message.thread_id.in_(listed), unfolds).order_by(Message.sent_at, Message.id)
    messages = session.scalars(found).all() if rows else ()
    for row in rows:
        _trail(session, "message:read", row.latest, actor=actor, now=now)
    return tuple(replace(row, unfolded=_of_thread(messages, row.latest.thread_id)) for row in rows), total


def _of_thread(messages: Sequence[Message], thread_id: UUID) -> tuple[Message, ...]:
    return tuple(one for one in messages if one.thread_id == thread_id)


def get_thread(session: Session, thread_id: UUID, *, actor: Actor) -> Sequence[Message]:
    """The messages of a thread, oldest first. Raises NotFound alike for foreign and missing ones."""
    found = select(Message).where(Message.thread_id == thread_id, _within_reach(actor)).order_by(Message.sent_at)
    messages = session.scalars(found).all()
    if not messages:
        raise NotFound
    return messages


def open_thread(session: Session, thread_id: UUID, *, actor: Actor, now: datetime) -> Sequence[Message]:
    """The same for somebody to read; audited."""
    messages = get_thread(session, thread_id, actor=actor)
    _trail(session, "message:read", messages[0], actor=actor, now=now)
    return messages


def count_unread(session: Session, *, actor: Actor) -> int:
    """How many threads hold a message of the other side that the actor has not read (MSG-05)."""
    told = {"groups": list(actor.group_ids), "user": actor.user_id}
    counting = _unread_count(actor.kind, reads_all=may(actor, Permission.REVIEW_READ))
    return session.scalars(counting, told).one()


@cache
def _unread_count(kind: ActorKind, *, reads_all: bool) -> Select[int]:
    """Put together once for each kind of reader: every page asks."""
    groups = Message.group_id == any_(bindparam("groups", type_=ARRAY(Uuid)))
    within = (true() if reads_all else false()) if kind is ActorKind.STAFF else groups
    return select(func.count(Message.thread_id.distinct())).where(within, _is_unread(kind, bindparam("user")))


def mark_read(session: Session, thread_id: UUID, *, actor: Actor, now: datetime) -> None:
    """What is in the thread now is read. Raises NotFound."""
    thread = get_thread(session, thread_id, actor=actor)
    if actor.user_id is None:
        raise Forbidden
    rows = [{"id": uuid4(), "user_id": actor.user_id, "message_id": one.id, "read_at": now} for one in thread]
    session.execute(insert(MessageRead).values(rows).on_conflict_do_nothing())


def message_handlers(settings: Settings) -> dict[str, Handler]:
    """The handler of the e-mail that says a message is there, without a word of it."""

    def told(session: Session, contract: Contract, row: DueRow, now: datetime) -> None:
        message = session.get(Message, UUID(str(row.payload["message_id"])))
        if message is None or message.provider_user_id is None:
            raise Undeliverable("the message is not there or nobody is to be told")
        about = About(message.case_id, message.case_number, str(message.id))
        portal_url = settings.url(contract.identity.subdomain)
        mine = {"submitter_id": message.provider_user_id, "group_id": message.group_id}
        for user in list_told(session, contract, Event.MESSAGE_SENT, **mine):
            recipient = Recipient(user.id, user.email)
            notify(session, contract, Event.MESSAGE_SENT, about, recipient=recipient, portal_url=portal_url, now=now)

    return {TOLD: told}


def _message(written: Typed, *, actor: Actor, now: datetime) -> Message:
    faults: list[FieldFault] = []
    subject = _clean("subject", written.subject.replace("\n", " "), LONGEST_SUBJECT, faults)
    body = _clean("body", written.body, LONGEST_BODY, faults)
    if faults:
        raise Invalid(tuple(faults))
    return Message(
        sender_kind=actor.kind.value,
        sender_id=actor.user_id,
        sender_name=actor.name,
        subject=subject,
        body=body,
        sent_at=now,
    )


def _clean(field: str, raw: str, longest: int, faults: list[FieldFault]) -> str:
    called = "subject" if field == "subject" else "message"
    try:
        clean = typed.text(raw, longest)
    except typed.Unreadable as reason:
        faults.append(FieldFault(field, f"Write the {called} {reason.how}."))
        return ""
    if not clean:
        faults.append(FieldFault(field, f"Write the {called}."))
    return clean


def _send(session: Session, message: Message, *, actor: Actor, now: datetime) -> UUID:
    session.add(message)
    session.flush()
    if message.sender_kind == "staff" and message.provider_user_id is not None:
        payload = {"message_id": str(message.id)}
        outbox.enqueue(session, kind=TOLD, payload=payload, key=f"{TOLD}:{message.id}", now=now)
    _trail(session, "message:send", message, actor=actor, now=now)
    if actor.user_id is not None:
        mark_read(session, message.thread_id, actor=actor, now=now)
    return message.thread_id


def _trail(session: Session, action: str, message: Message, *, actor: Actor, now: datetime) -> None:
    audit.record(session, actor=actor, action=action, object_type="case", object_id=message.case_id, now=now)


def _may_write(actor: Actor, group_id: UUID) -> None:
    is_staff = actor.kind is ActorKind.STAFF
    allowed = may(actor, Permission.REVIEW_WORK) if is_staff else may(actor, Permission.MESSAGE_SEND, group_id=group_id)
    if not allowed:
        raise Forbidden


def _within_reach(actor: Actor) -> ColumnElement[bool]:
    if actor.kind is ActorKind.STAFF:
        return true() if may(actor, Permission.REVIEW_READ) else false()
    return Message.group_id.in_(actor.group_ids)


def _is_unread(kind: ActorKind, user: BindParameter[UUID] | UUID | None) -> ColumnElement[bool]:
    """Whether a message comes from the other side and the user has not read it."""
    read = exists().where(MessageRead.message_id == Message.id, MessageRead.user_id == user)
    return (Message.sender_kind != kind.value) & ~read
