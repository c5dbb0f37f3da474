"""Talks between physicians, over a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.domain.errors import Closed, Conflict, DomainError, Forbidden, Invalid
from app.reviews.after_models import ReservedQuarter
from app.reviews.peer_to_peer import CHANGED, STANDS, book, cancel, record_missed, record_outcome, reschedule
from tenancy.vocabulary import Decision
from tests.rooms.reviews.after import SLOTS, ask_again, ask_talk, book_talk, decide, deny, offered, talk_of, talker
from tests.rooms.reviews.conftest import Sent, later


def faults_of(sent: Sent, folder: Path, *slots: tuple[str, str], zone: str = "America/Chicago") -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        ask_talk(sent, folder, offered(slots, zone=zone))
    return {fault.field: fault.message for fault in refused.value.faults}


def test_a_talk_is_asked_for_booked_moved_and_held(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    talk = talk_of(sent)
    assert talk.slots[1] == datetime(2026, 11, 24, 20, 15, tzinfo=UTC).isoformat()
    book_talk(sent, 1)
    booked = talk_of(sent)
    assert (booked.state, booked.physician_name) == ("booked", "Olga Other")
    assert booked.starts_at == datetime(2026, 11, 24, 20, 15, tzinfo=UTC)
    book_talk(sent, 0)
    moved = talk_of(sent)
    assert moved.starts_at == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    with sent.session() as session:
        assert len(session.scalars(select(ReservedQuarter)).all()) == 2
        with pytest.raises(Conflict, match="has begun"):
            record_outcome(
                session, sent.loaded.contract, moved.id, STANDS, "Nothing new.", version=moved.version,
                actor=sent.other_physician, now=later(hours=4),
            )  # fmt: skip
        with pytest.raises(Forbidden, match="Physician Reviewer"):
            record_outcome(
                session, sent.loaded.contract, moved.id, STANDS, "Nothing new.", version=moved.version,
                actor=sent.nurse, now=later(hours=24),
            )  # fmt: skip
        record_outcome(
            session, sent.loaded.contract, moved.id, STANDS, "Nothing new.", version=moved.version,
            actor=sent.other_physician, now=later(hours=24),
        )  # fmt: skip
        session.commit()
    assert (talk_of(sent).state, sent.request().status) == ("held", "completed")
    assert "peer_to_peer_held" in sent.events()


def test_after_a_talk_the_same_physician_may_change_the_decision(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent, by=sent.physician)
    with sent.session() as session:
        talk = talk_of(sent)
        record_outcome(
            session, sent.loaded.contract, talk.id, CHANGED, "A trial was made.", version=talk.version,
            actor=sent.physician, now=later(hours=24),
        )  # fmt: skip
        session.commit()
    assert (sent.request().status, sent.lines()[0].certify_status, sent.case().status) == (
        "in_review", "appealed", "submitted",
    )  # fmt: skip
    decide(sent, sent.physician, Decision.APPROVE, at=later(hours=25), reason="criteria_met")
    assert (sent.request().status, sent.lines()[0].certify_status) == ("completed", "approved")


def test_times_are_judged_each_at_its_place(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    day = "11/24/2026"
    assert faults_of(sent, tmp_path, *SLOTS[:2]) == {"slot.0.day": "Give at least 3 dates and times."}
    assert "Enter the day as MM/DD/YYYY" in faults_of(sent, tmp_path, ("tomorrow", "9:00 AM"))["slot.0.day"]
    assert "Enter the time as hh:mm" in faults_of(sent, tmp_path, (day, "nine"))["slot.0.time"]
    assert "has passed" in faults_of(sent, tmp_path, ("11/20/2026", "9:00 AM"))["slot.0.day"]
    assert "quarter hour" in faults_of(sent, tmp_path, (day, "9:05 AM"))["slot.0.time"]
    assert "closed on that day" in faults_of(sent, tmp_path, ("11/26/2026", "9:00 AM"))["slot.0.time"]
    assert "between 8:00 AM and 5:00 PM CST" in faults_of(sent, tmp_path, (day, "4:45 PM"))["slot.0.time"]
    assert "up to 12/23/2026" in faults_of(sent, tmp_path, ("01/05/2027", "9:00 AM"))["slot.0.day"]
    assert "overlaps" in faults_of(sent, tmp_path, (day, "9:00 AM"), (day, "9:15 AM"))["slot.1.time"]
    assert faults_of(sent, tmp_path, *SLOTS, zone="Mars/Olympus") == {"zone": "Choose the time zone of these times."}
    assert "between" in faults_of(sent, tmp_path, (day, "7:00 AM"), zone="America/New_York")["slot.0.time"]
    with pytest.raises(Invalid) as refused:
        ask_talk(sent, tmp_path, offered(clinician=" ", phone="12"))
    assert [fault.field for fault in refused.value.faults] == ["clinician", "phone"]


def test_it_is_possible_until_the_last_moment_of_one_business_day(sent: Sent, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="not possible for this request as it stands"):
        ask_talk(sent, tmp_path, hours=0.5)
    deny(sent)
    with pytest.raises(Closed) as late:
        ask_talk(sent, tmp_path, hours=31.6)
    assert late.value.message == (
        "The time for Peer-to-Peer Review ended Tue 24 Nov 2026, 5:00 PM CST: 1 business day from the decision on "
        "11/23/2026 at 10:30 AM CST. What remains: Reconsideration."
    )
    ask_talk(sent, tmp_path, offered((("11/25/2026", "9:00 AM"), ("11/25/2026", "1:00 PM"), SLOTS[2])), hours=31.5)


def test_one_talk_at_a_time_and_one_in_all(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    with pytest.raises(Conflict, match="is under way"):
        ask_talk(sent, tmp_path)
    talk = talk_of(sent)
    with sent.session() as session:
        cancel(session, talk.id, "On leave.", version=talk.version, actor=sent.world.actor, now=later(hours=3))
        session.commit()
    ask_talk(sent, tmp_path, hours=5)
    book_talk(sent)
    again = talk_of(sent)
    with sent.session() as session:
        record_outcome(
            session, sent.loaded.contract, again.id, STANDS, "Nothing new.", version=again.version,
            actor=sent.other_physician, now=later(hours=24),
        )  # fmt: skip
        session.commit()
    with pytest.raises(Conflict, match="was used already"):
        ask_talk(sent, tmp_path, offered((("11/25/2026", "9:00 AM"), ("11/25/2026", "1:00 PM"), SLOTS[2])), hours=25)


def test_a_talk_about_what_is_approved_meanwhile_is_called_off(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent, by=sent.physician)
    ask_again(sent, tmp_path)
    decide(sent, sent.other_physician, Decision.APPROVE, at=later(hours=5), reason="criteria_met")
    talk = talk_of(sent)
    assert (talk.state, talk.ended_because, talk.ended_by_name, talk.starts_at) == (
        "cancelled", "Everything it was about was approved.", "Olga Other", None,
    )  # fmt: skip
    assert "peer_to_peer_cancelled" in sent.events()
    with sent.session() as session:
        assert session.scalars(select(ReservedQuarter)).all() == []


def test_other_times_give_the_booked_one_back(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent)
    talk = talk_of(sent)
    with sent.session() as session:
        with pytest.raises(Conflict, match="after you opened it"):
            reschedule(
                session, sent.loaded.contract, talk.id, offered(), version=1, actor=sent.world.actor,
                now=later(hours=4),
            )  # fmt: skip
        reschedule(
            session, sent.loaded.contract, talk.id, offered(clinician="Other Doctor"), version=talk.version,
            actor=sent.world.actor, now=later(hours=4),
        )  # fmt: skip
        session.commit()
        assert session.scalars(select(ReservedQuarter)).all() == []
    assert (talk_of(sent).state, talk_of(sent).clinician, talk_of(sent).starts_at) == (
        "requested", "Other Doctor", None,
    )  # fmt: skip


def test_a_talk_that_did_not_take_place_may_be_asked_for_again(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent)
    talk = talk_of(sent)
    with sent.session() as session:
        record_missed(session, talk.id, "Nobody answered.", version=talk.version, actor=sent.nurse, now=later(hours=24))
        session.commit()
    ask_talk(sent, tmp_path, offered((("11/25/2026", "9:00 AM"), ("11/25/2026", "1:00 PM"), SLOTS[2])), hours=25)


def test_a_time_nobody_offered_and_a_person_nobody_knows_are_refused(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    talk, contract = talk_of(sent), sent.loaded.contract
    with sent.session() as session:
        with pytest.raises(Invalid, match="correct"):
            book(
                session, contract, talk.id, later(hours=30), talker(sent.physician), version=1,
                actor=sent.physician, now=later(hours=3),
            )  # fmt: skip
        with pytest.raises(Invalid):
            book(
                session, contract, talk.id, datetime.fromisoformat(talk.slots[0]), None, version=1,
                actor=sent.nurse, now=later(hours=3),
            )  # fmt: skip
        with pytest.raises(DomainError):
            cancel(session, talk.id, "I am a stranger.", version=1, actor=sent.world.stranger, now=later(hours=3))


def test_two_bookings_of_one_talk_at_once_make_one(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    gate, said = Barrier(2), []

    def try_it(place: int) -> None:
        talk = talk_of(sent)
        gate.wait()
        with sent.session() as session:
            try:
                book(
                    session, sent.loaded.contract, talk.id, datetime.fromisoformat(talk.slots[place]),
                    talker(sent.physician), version=talk.version, actor=sent.physician, now=later(hours=3),
                )  # fmt: skip
                session.commit()
                said.append("booked")
            except Conflict:
                said.append("conflict")

    threads = [Thread(target=try_it, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["booked", "conflict"]


def test_the_database_keeps_a_physician_from_two_talks_at_once(sent: Sent, tmp_path: Path) -> None:
    deny(sent)
    ask_talk(sent, tmp_path)
    book_talk(sent, 0, by=sent.physician)
    talk = talk_of(sent)
    with sent.session() as session:
        rows = session.scalars(select(ReservedQuarter)).all()
        assert {row.begins_at.minute for row in rows} == {0, 15}
        session.add(ReservedQuarter(physician_id=sent.physician.user_id, begins_at=rows[1].begins_at,
                                    peer_to_peer_id=talk.id))  # fmt: skip
        with pytest.raises(Exception, match="reserved_quarter"):
            session.flush()
