"""E-mail from wording to delivery, over a real SMTP connection."""

from __future__ import annotations

import email
import email.policy
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from app.notices.mail import MailServer
from app.notices.service import Recipient, notify_case_received
from app.storage import outbox
from app.storage.db import Databases
from app.storage.mailbox import MAIL, Mail, post_mail
from app.storage.transaction import tenant_transaction
from launch.postgres import free_port
from tenancy.contract import Contract
from tests.databases import contract_slugs

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SLUG = contract_slugs()[0]
CASE, USER = UUID(int=7), UUID(int=8)


class Server:
    """An SMTP server that can be told what to answer; it keeps what it accepted."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.to_rcpt: list[str] = []
        self.raw: list[EmailMessage] = []

    async def handle_RCPT(self, _server: object, _session: object, envelope: object, address: str, _: object) -> str:  # noqa: N802
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        content = envelope.content  # type: ignore[attr-defined]
        answer = self.answers.pop(0) if self.answers else "250 Kept"
        if answer.startswith("250"):
            self.raw.append(email.message_from_bytes(content, policy=email.policy.default))
        return answer


@pytest.fixture
def server() -> Iterator[tuple[Server, MailServer]]:
    keeper = Server()
    port = free_port()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    yield keeper, MailServer(f"smtp://127.0.0.1:{port}")
    controller.stop()


@pytest.fixture
def deliver(databases: Databases, contract: Callable[[str], Contract]) -> Callable[[MailServer, datetime], int]:
    def run(mail_server: MailServer, now: datetime = NOW) -> int:
        handlers = {MAIL: mail_server.deliver}
        return outbox.drain(databases, SLUG, contract=contract(SLUG), now=now, handlers=handlers)

    return run


def received(databases: Databases, contract: Contract, *, occasion: str = "R01") -> UUID | None:
    with tenant_transaction(databases.app, SLUG) as session:
        return notify_case_received(
            session,
            contract,
            CASE,
            case_number="263260001",
            recipient=Recipient(USER, "nurse@clinic.example"),
            portal_url="http://made-up.portal.example/",
            now=NOW,
            occasion=occasion,
        )


Sending = Callable[..., int]


def test_the_received_mail_arrives_as_the_contract_words_it_and_holds_nothing_else(
    databases: Databases, contract: Callable[[str], Contract], server: tuple[Server, MailServer], deliver: Sending
) -> None:
    outbox_id = received(databases, contract(SLUG))
    assert deliver(server[1]) == 1
    (mail,) = server[0].raw
    notices = contract(SLUG).notices
    assert mail["Message-ID"] == f"<{outbox_id}@{notices.sender.partition('@')[2]}>"
    assert notices.sender in mail["From"]
    assert notices.sender_name in mail["From"]
    assert mail["To"] == "nurse@clinic.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sun, 22 Nov 2026 15:00:00 +0000"
    body = mail.get_content().replace("\r\n", "\n")
    assert "263260001" in body
    assert "{" not in mail["Subject"] + body
    wording = notices.events["case_received"]  # type: ignore[index]
    expected = "\n\n".join(wording.paragraphs) + "\n"
    expected = expected.replace("{case_number}", "263260001").replace("{portal_url}", "http://made-up.portal.example/")
    assert body == expected.replace("{contract}", contract(SLUG).identity.code)


def test_it_is_told_once_for_each_request_of_a_case(
    databases: Databases, contract: Callable[[str], Contract], server: tuple[Server, MailServer], deliver: Sending
) -> None:
    assert received(databases, contract(SLUG)) == received(databases, contract(SLUG))
    received(databases, contract(SLUG), occasion="R02")
    assert deliver(server[1]) == 2
    with databases.app.session(SLUG) as session:
        assert session.execute(text("SELECT count(*) FROM mail_message")).scalar_one() == 2


@pytest.mark.parametrize("answer", ["451 Try later", "421 Closing", "452 Full"])
def test_a_server_that_fails_for_now_gets_it_later_once(
    databases: Databases,
    contract: Callable[[str], Contract],
    server: tuple[Server, MailServer],
    deliver: Sending,
    answer: str,
) -> None:
    received(databases, contract(SLUG))
    server[0].answers = [answer] * 3
    for minutes in range(0, 20, 2):
        deliver(server[1], NOW + timedelta(minutes=minutes))
    assert len(server[0].raw) == 1


def test_a_server_that_is_away_gets_it_when_it_is_back(
    databases: Databases, contract: Callable[[str], Contract], server: tuple[Server, MailServer], deliver: Sending
) -> None:
    received(databases, contract(SLUG))
    away = MailServer("smtp://127.0.0.1:1")
    for minutes in range(3):
        assert deliver(away, NOW + timedelta(minutes=minutes)) == 0
    assert deliver(server[1], NOW + timedelta(minutes=10)) == 1
    assert len(server[0].raw) == 1


@pytest.mark.parametrize(("at_rcpt", "at_data"), [(["550 Nobody here"], []), ([], ["554 Refused"])])
def test_a_refusal_for_good_is_dead_at_once_and_seen(
    databases: Databases,
    contract: Callable[[str], Contract],
    server: tuple[Server, MailServer],
    deliver: Sending,
    at_rcpt: list[str],
    at_data: list[str],
) -> None:
    received(databases, contract(SLUG))
    server[0].to_rcpt, server[0].answers = list(at_rcpt), list(at_data)
    deliver(server[1])
    with databases.app.session(SLUG) as session:
        assert outbox.count_by_state(session).dead == 1
        assert session.execute(text("SELECT sent_at FROM mail_message")).scalar_one() is None


def test_a_message_already_noted_as_sent_is_not_sent_again(
    databases: Databases, contract: Callable[[str], Contract], server: tuple[Server, MailServer], deliver: Sending
) -> None:
    received(databases, contract(SLUG))
    deliver(server[1])
    with tenant_transaction(databases.app, SLUG) as session:
        session.execute(text("UPDATE outbox SET state = 'due', finished_at = NULL"))
    assert deliver(server[1]) == 1
    assert len(server[0].raw) == 1


def test_a_secret_is_blanked_once_it_is_delivered(
    databases: Databases, contract: Callable[[str], Contract], server: tuple[Server, MailServer], deliver: Sending
) -> None:
    mail = Mail("code", "nurse@clinic.example", "Your code", ["123456"], is_secret=True)
    with tenant_transaction(databases.app, SLUG) as session:
        post_mail(session, contract(SLUG), mail, now=NOW)
    deliver(server[1])
    assert "123456" in server[0].raw[0].get_content()
    with databases.app.session(SLUG) as session:
        assert session.execute(text("SELECT body FROM mail_message")).scalar_one() == ""


@pytest.mark.parametrize(
    ("address", "subject"),
    [("a@b.example\r\nBcc: c@d.example", "Subject"), ("a@b.example", "Subject\nBcc: c@d.example"), ("a@b\0", "S")],
)
def test_a_header_never_breaks_out_of_its_line(
    databases: Databases, contract: Callable[[str], Contract], address: str, subject: str
) -> None:
    with databases.app.session(SLUG) as session, pytest.raises(ValueError, match="one line"):
        post_mail(session, contract(SLUG), Mail("kind", address, subject, []), now=NOW)


def test_a_message_that_is_gone_is_dead(
    databases: Databases, server: tuple[Server, MailServer], deliver: Sending
) -> None:
    with tenant_transaction(databases.app, SLUG) as session:
        outbox.enqueue(session, kind=MAIL, payload={"message_id": str(uuid.uuid4())}, now=NOW)
    deliver(server[1])
    with databases.app.session(SLUG) as session:
        assert outbox.count_by_state(session).dead == 1


@pytest.mark.parametrize("url", ["", "http://host", "smtp://", "host:25"])
def test_an_address_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        MailServer(url)
