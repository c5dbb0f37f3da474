"""Letters: worded from the contract, printed once, kept encrypted, and sent every way the contract names.

Must not know cases, reviews or pages: whoever decides hands over the facts.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.errors import Conflict, NotFound
from app.notices.letter_content import (
    LetterFacts,
    LetterIncomplete,
    LetterLine,
    LetterRight,
    compose,
    file_name,
)
from app.notices.letter_printing import LetterUnprintable, print_letter
from app.notices.models import Letter, LetterDelivery
from app.storage.audit import record
from app.storage.files import FileStore
from app.storage.models import OutboxRow
from app.storage.outbox import enqueue, revive
from tenancy.contract import Contract
from tenancy.scope import TenantSession
from tenancy.vocabulary import LetterChannel, LetterKind

FAX, FAX_STATUS, POST = "letter_fax", "letter_fax_status", "letter_post"
_MOST_BYTES = 10 * 1024 * 1024


class StillUnderWay(Exception):
    """The carrier has not finished; it is asked again later."""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One way of a letter as both sides see it. ``state``: queued, sending, retrying, delivered, failed."""

    id: UUID
    channel: LetterChannel
    address: str
    state: str
    attempts: int
    fault: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """A letter as lists show it; ``held_because`` is empty unless it waits for staff."""

    id: UUID
    case_id: UUID
    request_label: str
    kind: LetterKind
    title: str
    file_name: str
    state: str
    held_because: str
    written_at: datetime
    modified_at: datetime
    deliveries: tuple[DeliveryRecord, ...]


def issue_letter(
    session: TenantSession,
    contract: Contract,
    files: FileStore,
    facts: LetterFacts,
    *,
    key: str,
    actor: Actor,
    now: datetime,
) -> LetterRecord | None:
    """Write, print and send a letter in the transaction of the decision it tells (LTR-03 to LTR-06).

    One letter per ``key``: asked again, the first is returned. A letter that lacks a value or a glyph is held and
    sent nowhere until staff mend it. None when the contract words no letter of this kind.
    """
    if facts.kind not in contract.letters.kinds:
        return None
    earlier = session.scalar(select(Letter).where(Letter.key == key))
    if earlier is not None:
        return _record(session, earlier)
    letter = Letter(
        id=uuid4(),
        case_id=facts.case_id,
        request_id=facts.request_id,
        request_label=facts.request_label,
        kind=facts.kind.value,
        key=key,
        file_name=_free_name(session, facts),
        state="held",
        held_because="It was not printed yet.",
        facts=_plain(facts),
        content={},
        written_at=now,
        modified_at=now,
    )
    session.add(letter)
    _print_and_send(session, contract, files, letter, facts, now=now)
    _tell(session, letter, "letter:write", {"kind": letter.kind}, actor=actor, now=now)
    return _record(session, letter)


def mend_letter(
    session: TenantSession,
    contract: Contract,
    files: FileStore,
    letter_id: UUID,
    values: dict[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> LetterRecord:
    """Give a held letter the values it lacked, print and send it. Raises NotFound, Conflict when it is not held.

    ``line.0.reason`` names the reason of the first line of its table, and so on. The letter stays held, and says why,
    when it still cannot be printed.
    """
    letter = session.get(Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound("There is no such letter.")
    if letter.state != "held":
        raise Conflict("This letter is not held any more.")
    facts = facts_of(letter)
    lines = [
        replace(line, reason=values.get(f"line.{place}.reason", line.reason)) for place, line in enumerate(facts.lines)
    ]
    facts = replace(facts, values={**facts.values, **values}, lines=tuple(lines))
    letter.facts, letter.modified_at = _plain(facts), now
    _print_and_send(session, contract, files, letter, facts, now=now)
    _tell(session, letter, "letter:mend", {"values": ",".join(sorted(values))}, actor=actor, now=now)
    return _record(session, letter)


def send_again(session: Session, delivery_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Try a way that failed once more. Raises NotFound, Conflict when it is still under way or was delivered."""
    delivery = session.get(LetterDelivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound("There is no such delivery.")
    owed = session.get(OutboxRow, delivery.outbox_id) if delivery.outbox_id else None
    if owed is None or owed.state != "dead":
        raise Conflict("This delivery did not fail; it is under way or done.")
    if owed.kind == FAX_STATUS:
        delivery.carrier_id, delivery.state = "", "queued"
        delivery.outbox_id = enqueue(session, kind=FAX, payload=owed.payload, now=now)
    else:
        revive(session, owed.id, now=now)
    record(
        session, actor=actor, action="letter:send_again", object_type="letter", object_id=delivery.letter_id, now=now
    )


def read_letter(
    session: TenantSession, files: FileStore, case_id: UUID, letter_id: UUID, *, actor: Actor, now: datetime
) -> tuple[str, bytes]:
    """The file name and the PDF as it was issued; the reading is audited. Raises NotFound."""
    letter = session.scalar(select(Letter).where(Letter.id == letter_id, Letter.case_id == case_id))
    if letter is None or letter.state != "issued":
        raise NotFound("There is no such letter.")
    record(session, actor=actor, action="letter:read", object_type="letter", object_id=letter.id, now=now)
    return letter.file_name, files.read(session.slug, letter.case_id, letter.id)


def print_again(letter: Letter) -> bytes:
    """The PDF made anew from what was kept: the same bytes as long as the template is the same."""
    return print_letter(letter.content, written_at=letter.written_at)


def list_letters(session: Session, case_id: UUID) -> tuple[LetterRecord, ...]:
    """Every letter of a case, the newest first."""
    rows = session.scalars(select(Letter).where(Letter.case_id == case_id).order_by(Letter.written_at.desc()))
    return tuple(_record(session, row) for row in rows)


def list_issued(session: Session, case_id: UUID) -> tuple[LetterRecord, ...]:
    """The letters of a case that were sent, the newest first: what a provider sees."""
    return tuple(one for one in list_letters(session, case_id) if one.state == "issued")


def list_stuck(session: Session, *, limit: int = 100) -> tuple[LetterRecord, ...]:
    """Letters that wait for staff: held, without an address, or given up on one way, the oldest first."""
    given_up = select(LetterDelivery.letter_id).outerjoin(OutboxRow, OutboxRow.id == LetterDelivery.outbox_id)
    given_up = given_up.where(or_(OutboxRow.state == "dead", LetterDelivery.state == "unaddressed"))
    stuck = or_(Letter.state == "held", Letter.id.in_(given_up))
    rows = session.scalars(select(Letter).where(stuck).order_by(Letter.written_at).limit(limit))
    return tuple(_record(session, row) for row in rows)


def known_letters(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids a letter is kept under; its file is no orphan."""
    return set(session.scalars(select(Letter.id).where(Letter.id.in_(ids))))


def facts_of(letter: Letter) -> LetterFacts:
    """The facts a letter was, or will be, written from."""
    kept = letter.facts
    return LetterFacts(
        kind=LetterKind(kept["kind"]),
        case_id=letter.case_id,
        request_id=letter.request_id,
        case_number=kept["case_number"],
        request_label=kept["request_label"],
        recipient=tuple(kept["recipient"]),
        about=tuple((name, value) for name, value in kept["about"]),
        values=kept["values"],
        lines=tuple(LetterLine(**line) for line in kept["lines"]),
        rights=tuple(
            LetterRight(**{**right, "supply": tuple(right["supply"]), "address": tuple(right["address"])})
            for right in kept["rights"]
        ),
        fax=kept["fax"],
    )


def _print_and_send(
    session: TenantSession, contract: Contract, files: FileStore, letter: Letter, facts: LetterFacts, *, now: datetime
) -> None:
    try:
        content = compose(contract, facts, now=letter.written_at)
        pdf = print_letter(content, written_at=letter.written_at)
    except LetterIncomplete as error:
        letter.held_because = f"No value for: {', '.join(error.names)}."
        return
    except LetterUnprintable as error:
        letter.held_because = str(error)
        return
    stored = files.put(session.slug, letter.case_id, letter.id, io.BytesIO(pdf), _MOST_BYTES)
    letter.content, letter.sha256, letter.size = content, stored.sha256, stored.size
    letter.state, letter.held_because = "issued", ""
    session.flush()
    for channel in contract.letters.kinds[facts.kind].channels:
        session.add(_delivery(session, letter, facts, channel, now))


def _tell(
    session: Session, letter: Letter, action: str, detail: dict[str, str], *, actor: Actor, now: datetime
) -> None:
    told = {**detail, "state": letter.state}
    record(session, actor=actor, action=action, object_type="letter", object_id=letter.id, detail=told, now=now)
    session.flush()


def _delivery(
    session: Session, letter: Letter, facts: LetterFacts, channel: LetterChannel, now: datetime
) -> LetterDelivery:
    address = {LetterChannel.FAX: facts.fax or "", LetterChannel.MAIL: ", ".join(facts.recipient)}.get(channel, "")
    made = LetterDelivery(id=uuid4(), letter_id=letter.id, channel=channel.value, address=address, queued_at=now)
    if channel is LetterChannel.PORTAL:
        made.state, made.delivered_at = "delivered", now
    elif not address:
        made.state = "unaddressed"
    else:
        made.state = "queued"
        kind = FAX if channel is LetterChannel.FAX else POST
        made.outbox_id = enqueue(session, kind=kind, payload={"delivery_id": str(made.id)}, now=now)
    return made


def _free_name(session: Session, facts: LetterFacts) -> str:
    first = file_name(facts.kind, facts.case_number, facts.request_label)
    like = first.removesuffix(".pdf") + "%"
    copies = session.scalar(select(func.count()).select_from(Letter).where(Letter.file_name.like(like))) or 0
    return file_name(facts.kind, facts.case_number, facts.request_label, copies + 1)


def _plain(facts: LetterFacts) -> dict[str, object]:
    plain = asdict(replace(facts, values={}))
    ids = {"case_id": str(facts.case_id), "request_id": str(facts.request_id)}
    return {**plain, **ids, "kind": facts.kind.value, "values": dict(facts.values)}


def _record(session: Session, letter: Letter) -> LetterRecord:
    owed = {delivery.outbox_id for delivery in letter.deliveries if delivery.outbox_id}
    rows = {row.id: row for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(owed)))} if owed else {}
    return LetterRecord(
        id=letter.id,
        case_id=letter.case_id,
        request_label=letter.request_label,
        kind=LetterKind(letter.kind),
        title=str(letter.content.get("title", "")),
        file_name=letter.file_name,
        state=letter.state,
        held_because=letter.held_because,
        written_at=letter.written_at,
        modified_at=letter.modified_at,
        deliveries=tuple(
            _delivery_record(one, rows.get(one.outbox_id) if one.outbox_id else None) for one in letter.deliveries
        ),
    )


def _delivery_record(delivery: LetterDelivery, owed: OutboxRow | None) -> DeliveryRecord:
    state, attempts, fault = delivery.state, 0, ""
    if delivery.state == "unaddressed":
        state, fault = "failed", "No address is known."
    elif owed is not None and delivery.delivered_at is None:
        attempts, fault = owed.attempts, owed.last_fault or ""
        is_awaited = not fault or fault == StillUnderWay.__name__
        state = "failed" if owed.state == "dead" else (delivery.state if is_awaited else "retrying")
    return DeliveryRecord(
        delivery.id, LetterChannel(delivery.channel), delivery.address, state, attempts, fault, delivery.delivered_at
    )
