"""A denied request in Mississippi, and acts on it as the people concerned would do them."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.documents import Incoming, Shelf
from app.domain.access import Actor
from app.reviews.after_models import PeerToPeer
from app.reviews.asking import Enclosed
from app.reviews.changes import Counter
from app.reviews.determinations import LineDecision, record_determination
from app.reviews.peer_to_peer import Physician, TalkOffered, ask_peer_to_peer, book
from app.reviews.reconsiderations import ReconsiderationAsked, ask_reconsideration
from app.reviews.talk_slots import TypedSlot
from app.storage.files import FileStore
from tenancy.vocabulary import Decision
from tests.rooms.reviews.conftest import Sent, later

PDF = b"%PDF-1.4 made up\n%%EOF\n"
WHY: dict[str, Any] = {"criterion": "A two-week trial of a standard walker.", "change": "Notes of such a trial."}
SLOTS = (("11/24/2026", "9:00 AM"), ("11/24/2026", "2:15 PM"), ("11/25/2026", "10:30 AM"))


def counter(sent: Sent, session: Session, folder: Path, at: datetime) -> Counter:
    """Where the provider who sent the request acts on it."""
    return Counter(session, sent.loaded.contract, shelf_in(folder), sent.world.actor, at)


def shelf_in(folder: Path) -> Shelf:
    return Shelf(FileStore(folder / "files", lambda _slug: b"k" * 32), "mississippi")


def a_file(name: str = "notes.pdf") -> Incoming:
    return Incoming(name, io.BytesIO(PDF))


def decide(sent: Sent, actor: Actor, decision: Decision, *, at: datetime, **keys: Any) -> None:
    one = LineDecision(sent.lines()[0].id, decision, **keys)
    version = sent.request().review_version
    with sent.session() as session:
        record_determination(session, sent.loaded, sent.request_id, [one], version=version, actor=actor, now=at)
        session.commit()


def deny(sent: Sent, *, hours: float = 1) -> None:
    """Denied at 10:30 AM CST on Monday, 23 November 2026, unless told otherwise."""
    decide(sent, sent.physician, Decision.DENY, at=later(hours=hours), reason="not_necessary", **WHY)


def offered(slots: tuple[tuple[str, str], ...] = SLOTS, **keys: Any) -> TalkOffered:
    who = {"clinician": "Jane Sample, MD", "phone": "601-555-0100", "zone": "America/Chicago"} | keys
    return TalkOffered(**who, slots=[TypedSlot(*one) for one in slots], enclosed=Enclosed("Please call my cell."))


def ask_talk(sent: Sent, folder: Path, what: TalkOffered | None = None, *, hours: float = 2) -> None:
    with sent.session() as session:
        ask_peer_to_peer(
            session, sent.loaded.contract, shelf_in(folder), sent.request_id, what or offered(),
            actor=sent.world.actor, now=later(hours=hours),
        )  # fmt: skip
        session.commit()


def talk_of(sent: Sent) -> PeerToPeer:
    with sent.session() as session:
        found = select(PeerToPeer).filter_by(request_id=sent.request_id).order_by(PeerToPeer.asked_at.desc())
        return session.scalars(found).first()  # type: ignore[return-value]


def talker(who: Actor) -> Physician:
    assert who.user_id
    return Physician(who.user_id, who.name)


def book_talk(sent: Sent, place: int = 0, *, by: Actor | None = None, hours: float = 3) -> None:
    talk, who = talk_of(sent), by or sent.other_physician
    with sent.session() as session:
        book(
            session, sent.loaded.contract, talk.id, datetime.fromisoformat(talk.slots[place]), talker(who),
            version=talk.version, actor=who, now=later(hours=hours),
        )  # fmt: skip
        session.commit()


def ask_again(sent: Sent, folder: Path, *, hours: float = 4, files: int = 1, **keys: Any) -> UUID:
    ground, text = keys.get("ground", "medical_necessity"), keys.get("text", "The trial is described in the notes.")
    enclosed = Enclosed(text, [a_file(f"notes{number}.pdf") for number in range(files)], "progress_notes")
    with sent.session() as session:
        done = ask_reconsideration(
            session, sent.loaded.contract, shelf_in(folder), sent.request_id, ReconsiderationAsked(ground, enclosed),
            actor=sent.world.actor, now=later(hours=hours),
        )  # fmt: skip
        session.commit()
        return done.request_id
