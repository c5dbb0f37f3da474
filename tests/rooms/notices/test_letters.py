"""A letter's way: printed with the decision, kept encrypted, faxed and posted once, held when it cannot be right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain.access import SYSTEM
from app.domain.errors import Conflict, NotFound
from app.notices import letters as service
from app.notices.fax import Carrier, CarrierAway, CarrierRefused, Phaxio, Progress, Spool, carrier_at
from app.notices.letter_content import LetterFacts
from app.notices.letter_jobs import LetterCarriers
from app.notices.letters import LetterRecord
from app.notices.models import Letter
from app.storage import outbox
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.transaction import tenant_transaction
from tenancy.contract import Contract
from tenancy.vocabulary import LetterKind
from tests.rooms.notices.faxes import FaxService, fax_service
from tests.rooms.notices.letters import CASE, DENIAL, VALUES, about

SLUG, OTHER = "mississippi", "colorado"
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def phaxio() -> Iterator[FaxService]:
    with fax_service() as made:
        yield made


@dataclass
class Desk:
    """A tenant's letters: where they lie, who takes them away, and what time it is."""

    databases: Databases
    contract: Contract
    files: FileStore
    folder: Path
    carriers: dict[str, Carrier] = field(default_factory=dict)

    def issue(self, facts: LetterFacts = DENIAL, key: str = "") -> LetterRecord:
        with tenant_transaction(self.databases.app, SLUG) as session:
            made = service.issue_letter(
                session, self.contract, self.files, facts, key=key or str(uuid4()), actor=SYSTEM, now=NOW
            )
        assert made is not None
        return made

    def drain(self, now: datetime = NOW) -> int:
        handlers = LetterCarriers(self.files, self.carriers).handlers()
        return outbox.drain(self.databases, SLUG, contract=self.contract, now=now, handlers=handlers)

    def drain_until_done(self, now: datetime = NOW, rounds: int = 30) -> None:
        for number in range(rounds):
            self.drain(now + timedelta(minutes=31 * number))

    def states(self, letter: LetterRecord) -> dict[str, str]:
        with self.databases.app.session(SLUG) as session:
            (found,) = [one for one in service.list_letters(session, letter.case_id) if one.id == letter.id]
        return {one.channel.value: one.state for one in found.deliveries}


@pytest.fixture
def desk(databases: Databases, contract: Callable[[str], Contract], tmp_path: Path) -> Desk:
    files = FileStore(tmp_path / "files", lambda _slug: b"k" * 32)
    made = Desk(databases, contract(SLUG), files, tmp_path / "spool")
    made.carriers = {"fax": Spool(tmp_path / "spool" / "fax"), "mail": Spool(tmp_path / "spool" / "post")}
    return made


def test_a_letter_is_kept_as_printed_and_opens_for_its_case_alone(desk: Desk) -> None:
    letter = desk.issue()
    assert letter.file_name == "UM_Denial-263260001-01.pdf"
    with tenant_transaction(desk.databases.app, SLUG) as session:
        name, pdf = service.read_letter(session, desk.files, CASE, letter.id, actor=SYSTEM, now=NOW)
        row = session.get(Letter, letter.id)
        assert row is not None
        assert (name, sha256(pdf).hexdigest()) == (letter.file_name, row.sha256)
        assert service.print_again(row) == pdf
        with pytest.raises(NotFound):
            service.read_letter(session, desk.files, UUID(int=9), letter.id, actor=SYSTEM, now=NOW)
    with desk.databases.app.session(OTHER) as session, pytest.raises(NotFound):
        service.read_letter(session, desk.files, CASE, letter.id, actor=SYSTEM, now=NOW)
    assert not any(b"%PDF" in path.read_bytes() for path in (desk.folder.parent / "files").rglob("*") if path.is_file())


def test_the_same_decision_writes_one_letter_and_a_second_of_its_kind_has_its_own_name(desk: Desk) -> None:
    first = desk.issue(key="denied:1")
    assert desk.issue(key="denied:1").id == first.id
    assert desk.issue(key="denied:2").file_name == "UM_Denial-263260001-01-2.pdf"


def test_it_leaves_by_every_way_of_the_contract_once(desk: Desk) -> None:
    letter = desk.issue()
    assert desk.states(letter) == {"portal": "delivered", "fax": "queued", "mail": "queued"}
    desk.drain_until_done()
    assert desk.states(letter) == {"portal": "delivered", "fax": "delivered", "mail": "delivered"}
    (fax,) = (desk.folder / "fax").glob("*.pdf")
    (post,) = (desk.folder / "post").glob("*.json")
    assert fax.read_bytes().startswith(b"%PDF")
    assert json.loads(post.read_text())["to"] == "Ridge Clinic, 114 Main Street, Someplace, ZZ 39201"
    assert json.loads(fax.with_suffix(".json").read_text()) == {"to": "(601) 555-0142"}


def test_a_clinic_without_a_fax_number_is_shown_to_staff(desk: Desk) -> None:
    letter = desk.issue(replace(DENIAL, fax=None))
    assert desk.states(letter)["fax"] == "failed"
    with desk.databases.app.session(SLUG) as session:
        assert [one.id for one in service.list_stuck(session)] == [letter.id]


@pytest.mark.parametrize(
    ("values", "why"),
    [({"reason": ""}, "No value for: reason."), ({"reason": "\U0001f600"}, "A character of this letter")],
)
def test_a_letter_that_cannot_be_right_is_held_until_mended(desk: Desk, values: dict[str, str], why: str) -> None:
    letter = desk.issue(replace(DENIAL, values={**VALUES, **values}))
    assert letter.state == "held"
    assert letter.held_because.startswith(why)
    assert letter.deliveries == ()
    desk.drain_until_done(rounds=2)
    assert not desk.folder.exists()
    with tenant_transaction(desk.databases.app, SLUG) as session:
        with pytest.raises(NotFound):
            service.read_letter(session, desk.files, CASE, letter.id, actor=SYSTEM, now=NOW)
        assert [one.id for one in service.list_stuck(session)] == [letter.id]
        still = service.mend_letter(session, desk.contract, desk.files, letter.id, {}, actor=SYSTEM, now=NOW)
        assert still.state == "held"
        mended = service.mend_letter(
            session, desk.contract, desk.files, letter.id, {"reason": "No trial."}, actor=SYSTEM, now=NOW
        )
        assert mended.state == "issued"
        assert {one.channel.value for one in mended.deliveries} == {"portal", "fax", "mail"}
        with pytest.raises(Conflict):
            service.mend_letter(session, desk.contract, desk.files, letter.id, {}, actor=SYSTEM, now=NOW)
    with tenant_transaction(desk.databases.app, SLUG) as session, pytest.raises(NotFound):
        service.mend_letter(session, desk.contract, desk.files, uuid4(), {}, actor=SYSTEM, now=NOW)


def test_a_contract_without_a_letter_of_this_kind_writes_none(desk: Desk) -> None:
    kinds: dict[LetterKind, Any] = dict(desk.contract.letters.kinds)
    del kinds[LetterKind.VOID]
    without = replace(desk.contract, letters=replace(desk.contract.letters, kinds=kinds))
    with tenant_transaction(desk.databases.app, SLUG) as session:
        facts = about(LetterKind.VOID)
        assert service.issue_letter(session, without, desk.files, facts, key="void", actor=SYSTEM, now=NOW) is None


def test_a_fax_is_queued_at_the_service_once_and_asked_after_until_it_went_through(
    desk: Desk, phaxio: FaxService
) -> None:
    desk.carriers["fax"] = carrier_at(phaxio.address)
    letter = desk.issue()
    desk.drain()
    (sent,) = phaxio.sent
    assert sent.to == "+16015550142"
    assert sent.pdf.startswith(b"%PDF")
    assert desk.states(letter)["fax"] == "sending"
    sent.status = "inprogress"
    desk.drain(NOW + timedelta(minutes=1))
    assert desk.states(letter)["fax"] == "sending"
    sent.status = "success"
    desk.drain(NOW + timedelta(minutes=2))
    assert desk.states(letter)["fax"] == "delivered"
    assert len(phaxio.sent) == 1


def test_a_fax_service_in_trouble_is_tried_again_and_takes_a_fax_once(desk: Desk, phaxio: FaxService) -> None:
    desk.carriers["fax"] = carrier_at(phaxio.address)
    letter = desk.issue()
    phaxio.answers_lost = 1
    desk.drain()
    assert desk.states(letter)["fax"] == "retrying"
    assert len(phaxio.sent) == 1  # it took the fax, only its answer was lost
    desk.drain(NOW + timedelta(minutes=5))
    assert desk.states(letter)["fax"] == "sending"
    assert len(phaxio.sent) == 1


def test_a_fax_that_does_not_go_through_is_shown_and_can_be_sent_again(desk: Desk, phaxio: FaxService) -> None:
    desk.carriers["fax"] = carrier_at(phaxio.address)
    letter = desk.issue()
    desk.drain()
    phaxio.sent[0].status = "failure"
    desk.drain(NOW + timedelta(minutes=1))
    assert desk.states(letter)["fax"] == "failed"
    with tenant_transaction(desk.databases.app, SLUG) as session:
        (stuck,) = service.list_stuck(session)
        (fax,) = [one for one in stuck.deliveries if one.channel == "fax"]
        service.send_again(session, fax.id, actor=SYSTEM, now=NOW + timedelta(minutes=2))
        with pytest.raises(Conflict):
            service.send_again(session, fax.id, actor=SYSTEM, now=NOW + timedelta(minutes=2))
        with pytest.raises(NotFound):
            service.send_again(session, uuid4(), actor=SYSTEM, now=NOW)
    desk.drain(NOW + timedelta(minutes=3))
    assert len(phaxio.sent) == 2
    phaxio.sent[1].status = "success"
    desk.drain(NOW + timedelta(minutes=5))
    assert desk.states(letter)["fax"] == "delivered"


def test_a_number_that_is_none_is_given_up_at_once_and_can_be_revived(desk: Desk, phaxio: FaxService) -> None:
    desk.carriers["fax"] = carrier_at(phaxio.address)
    letter = desk.issue(replace(DENIAL, fax="12"))
    desk.drain()
    assert desk.states(letter)["fax"] == "failed"
    with tenant_transaction(desk.databases.app, SLUG) as session:
        (stuck,) = service.list_stuck(session)
        (fax,) = [one for one in stuck.deliveries if one.channel == "fax"]
        service.send_again(session, fax.id, actor=SYSTEM, now=NOW)
    assert desk.states(letter)["fax"] == "retrying"


def test_without_a_carrier_a_letter_waits_for_one(desk: Desk) -> None:
    desk.carriers = {}
    letter = desk.issue()
    desk.drain()
    assert desk.states(letter) == {"portal": "delivered", "fax": "retrying", "mail": "retrying"}


def test_the_fax_service_is_spoken_to_as_its_documents_say(phaxio: FaxService) -> None:
    carrier = carrier_at(phaxio.address)
    first = carrier.send(b"%PDF-", to="(601) 555-0142", delivery_id=UUID(int=1), is_retry=False)
    assert carrier.send(b"%PDF-", to="(601) 555-0142", delivery_id=UUID(int=1), is_retry=True) == first
    assert carrier.send(b"%PDF-", to="1 601 555 0142", delivery_id=UUID(int=2), is_retry=True) != first
    assert carrier.progress(first) is Progress.UNDER_WAY
    for number in ("555-0142", "", "+44 20 7946 0000"):
        with pytest.raises(CarrierRefused):
            carrier.send(b"%PDF-", to=number, delivery_id=UUID(int=3), is_retry=False)
    phaxio.refuses_with = 422
    with pytest.raises(CarrierRefused, match="422"):
        carrier.send(b"%PDF-", to="6015550142", delivery_id=UUID(int=4), is_retry=False)
    for status, body in ((500, b"{}"), (302, b""), (200, b"[1]"), (200, b"\xff" * 300_000)):
        phaxio.refuses_with, phaxio.refuses_body = status, body
        with pytest.raises(CarrierAway):
            carrier.progress(first)
    wrong = Phaxio(phaxio.address.removeprefix("phaxio+").replace(":secret@", ":other@"))
    phaxio.refuses_with = 0
    with pytest.raises(CarrierAway, match="401"):
        wrong.progress(first)


@pytest.mark.parametrize("address", ["http://fax.example", "phaxio+https://fax.example/v2", ""])
def test_an_address_that_is_no_carrier_is_refused_at_start(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        carrier_at(address)


def test_nobody_listening_is_trouble_and_not_the_end() -> None:
    with pytest.raises(CarrierAway):
        carrier_at("phaxio+http://key:secret@127.0.0.1:9/v2").progress("1")


def test_the_orphans_collector_knows_letters(desk: Desk) -> None:
    letter = desk.issue()
    with desk.databases.app.session(SLUG) as session:
        assert service.known_letters(session, [letter.id, UUID(int=5)]) == {letter.id}
