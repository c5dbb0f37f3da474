"""Text messages and calls leave through a gateway that speaks Twilio's interface; here the demo's, over real HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.notices.telephone import GatewayAway, TelephoneGateway, _reference, nobody_to_call, spoken
from app.storage.models import OutboxRow, TextMessage
from app.storage.outbox import DueRow, Undeliverable
from app.storage.telephone import Text, post_text
from launch.phonesink import Taker
from tests.builders import shipped

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def session(tenant_session: Callable[[str], Session]) -> Session:
    return tenant_session("colorado")


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[TelephoneGateway]:
    taker = type("FolderTaker", (Taker,), {"folder": tmp_path})
    with ThreadingHTTPServer(("127.0.0.1", 0), taker) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield TelephoneGateway(f"http://AC1:secret@127.0.0.1:{server.server_address[1]}/?from=%2B13035550100")
        server.shutdown()
        thread.join()


def due(session: Session, text: Text) -> DueRow:
    outbox_id = post_text(session, text, now=NOW, key=f"test:{uuid.uuid4()}")
    row = session.get_one(OutboxRow, outbox_id)
    return DueRow(row.id, row.kind, row.payload, 1, uuid.uuid4())


def kept(folder: Path) -> list[tuple[str, str, str]]:
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]
    return [(str(mail["To"]), str(mail["Subject"]), str(mail.get_payload()).strip()) for mail in mails]


def test_a_text_message_is_handed_over_once_and_blanked(
    session: Session, gateway: TelephoneGateway, tmp_path: Path
) -> None:
    row = due(session, Text("code", "+13035550123", "Your code is 123456.", is_secret=True))
    gateway.deliver(session, shipped(), row, NOW)
    gateway.deliver(session, shipped(), row, NOW)
    assert kept(tmp_path) == [("+13035550123", "Text message", "Your code is 123456.")]
    message = session.get_one(TextMessage, uuid.UUID(str(row.payload["message_id"])))
    assert (message.body, message.sent_at, message.provider_reference[:2]) == ("", NOW, "SM")


def test_a_call_speaks_its_words(session: Session, gateway: TelephoneGateway, tmp_path: Path) -> None:
    gateway.deliver(session, shipped(), due(session, Text("code", "+13035550123", "Say < this", is_spoken=True)), NOW)
    assert kept(tmp_path) == [("+13035550123", "Telephone call", "Say &lt; this")]
    assert spoken("a & b") == '<Response><Pause length="1"/><Say>a &amp; b</Say></Response>'


def test_a_call_goes_through_to_an_extension(session: Session, gateway: TelephoneGateway, tmp_path: Path) -> None:
    text = Text("code", "+13035550123;ext=412", "Hello", is_spoken=True)
    gateway.deliver(session, shipped(), due(session, text), NOW)
    assert kept(tmp_path) == [("+13035550123", "Telephone call, extension 412", "Hello")]


@pytest.mark.parametrize("number", ["3035550123", "+13035550123;ext=412", "+13035550123;ext=4x"])
def test_a_number_that_takes_no_message_is_never_owed(session: Session, number: str) -> None:
    with pytest.raises(ValueError, match="telephone number"):
        post_text(session, Text("code", number, "x"), now=NOW, key="test:wrong")


def test_a_gateway_that_is_away_is_tried_again(session: Session) -> None:
    away = TelephoneGateway("http://AC1:secret@127.0.0.1:9/?from=%2B13035550100")
    with pytest.raises(OSError, match="refused"):
        away.deliver(session, shipped(), due(session, Text("code", "+13035550123", "x")), NOW)


@pytest.mark.parametrize(("status", "body"), [(500, b""), (429, b""), (401, b""), (201, b"not json")])
def test_an_answer_that_may_change_is_tried_again(status: int, body: bytes) -> None:
    with pytest.raises(GatewayAway):
        _reference(status, body)


def test_a_refusal_for_good_ends_it(session: Session) -> None:
    with pytest.raises(Undeliverable):
        _reference(400, b'{"code": 21211}')
    with pytest.raises(Undeliverable):
        nobody_to_call(session, shipped(), due(session, Text("code", "+13035550123", "x")), NOW)


@pytest.mark.parametrize("url", ["ftp://a:b@c", "https://host", "https:///x"])
def test_a_wrong_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="gateway"):
        TelephoneGateway(url)
