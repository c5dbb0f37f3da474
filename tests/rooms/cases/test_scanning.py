"""The virus check of uploads: held until clean, for good when not, and never called clean by anybody else (S11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import worker
from app.cases.models import Document
from app.console.rollups import list_rollups
from app.settings import Settings
from app.storage.models import OutboxRow
from app.storage.scanner import Scanner, ScannerAway, ScannerRefused
from app.web.request import portal_of
from tests.pages import Browser
from tests.rooms.cases import files
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.clamd import Clamd, clamd
from tests.rooms.cases.people import NOW

WICKED = files.PDF + files.EICAR


@pytest.fixture
def daemon() -> Iterator[Clamd]:
    with clamd() as started:
        yield started


@dataclass
class Desk:
    """A clinic's browser at a draft, and the worker beside it."""

    book: Casebook
    works: worker.Works
    alex: Browser
    draft: str

    def send(self, content: bytes, name: str = "order.pdf") -> str:
        """Upload a file; the address at which it would be opened."""
        self.alex.get(f"/drafts/{self.draft}")
        with self.book.session() as session:
            before = set(session.scalars(select(Document.id)))
        form: dict[str, Any] = {"document_type": "physician_order", "files": (BytesIO(content), name)}
        self.alex.post(f"/drafts/{self.draft}/documents/upload", form)
        with self.book.session() as session:
            (made,) = set(session.scalars(select(Document.id))) - before
        return f"/documents/{made}"

    def state(self) -> str:
        with self.book.session() as session:
            return session.scalars(select(Document.scan).order_by(Document.uploaded_at.desc())).first() or ""


@pytest.fixture
def desk(book: Casebook, daemon: Clamd, settings: Settings) -> Iterator[Desk]:
    portal = portal_of(book.app)
    kept, portal.settings = portal.settings, replace(portal.settings, scan_url=daemon.address)
    works = worker.works_from(portal.settings)
    works.clock = lambda: NOW + timedelta(minutes=1)
    yield Desk(book, works, book.browser("alex"), str(book.a_draft()))
    works.databases.close()
    portal.settings = kept


def test_a_file_is_held_until_the_scanner_called_it_clean(desk: Desk, daemon: Clamd) -> None:
    address = desk.send(files.PDF)
    assert desk.state() == "pending"
    assert "It is being checked for viruses." in desk.alex.get(address, status=409).text
    page = desk.alex.get(f"/drafts/{desk.draft}")
    assert "It is being checked for viruses." in page.text
    assert f'href="{address}"' not in page.html
    assert desk.works.drain_tenant(desk.book.slug) == 1
    assert daemon.seen == [files.PDF]
    assert desk.state() == "clean"
    assert desk.alex.client.get(address, base_url=desk.alex.address).data == files.PDF
    assert desk.works.drain_tenant(desk.book.slug) == 0


def test_a_file_with_a_virus_is_handed_out_to_nobody_and_counts_as_not_sent(desk: Desk) -> None:
    address = desk.send(WICKED)
    desk.works.drain_tenant(desk.book.slug)
    assert desk.state() == "infected"
    assert "It failed the virus check." in desk.alex.get(address, status=409).text
    page = desk.alex.get(f"/drafts/{desk.draft}")
    assert "It failed the virus check. Send a clean copy." in page.text
    assert f'href="{address}"' not in page.html
    assert ("document:refuse", desk.draft) in desk.book.trail()
    desk.works.roll_up()
    with portal_of(desk.book.app).databases.control.session() as control:
        figures = list_rollups(control)[desk.book.slug].figures
    assert (figures.scans["infected"], figures.failed_checks) == (1, {"infected": 1})


def test_while_the_scanner_is_away_a_file_waits_and_is_never_clean(desk: Desk, daemon: Clamd) -> None:
    desk.send(files.PDF)
    daemon.breaks_off = True
    assert desk.works.drain_tenant(desk.book.slug) == 0
    assert desk.state() == "pending"
    with desk.book.session() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == "document_scan")).one()
        assert (row.state, row.attempts, row.last_fault) == ("due", 1, "ScannerAway")


def test_what_the_scanner_cannot_judge_stays_held_and_its_job_is_seen_by_ops(desk: Desk, daemon: Clamd) -> None:
    desk.send(files.PDF)
    daemon.answers = b"INSTREAM size limit exceeded. ERROR"
    desk.works.drain_tenant(desk.book.slug)
    assert desk.state() == "pending"
    with desk.book.session() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "document_scan")).one() == "dead"


def test_without_a_scanner_a_file_is_not_scanned_and_nobody_says_clean(desk: Desk) -> None:
    portal = portal_of(desk.book.app)
    portal.settings = replace(portal.settings, scan_url=None)
    address = desk.send(files.PDF)
    assert desk.state() == "not_scanned"
    assert desk.alex.client.get(address, base_url=desk.alex.address).status_code == 200


def test_the_scanner_is_reached_by_port_or_by_socket_or_is_away(daemon: Clamd, tmp_path: Path) -> None:
    assert Scanner.at("clamd://scan.example") == Scanner(host="scan.example")
    assert Scanner.at("clamd:/run/clamd.ctl") == Scanner(path="/run/clamd.ctl")
    for wrong in ("clamd:", "http://scan.example", ""):
        with pytest.raises(ValueError, match="clamd"):
            Scanner.at(wrong)
    at = Scanner.at(daemon.address)
    assert at.look_at([b"x" * 70_000, b"y"]) == ""
    assert at.look_at([files.EICAR]) == "Win.Test.EICAR_HDB-1"
    daemon.answers = b"nonsense"
    with pytest.raises(ScannerRefused):
        at.look_at([])
    for away in (Scanner(path=str(tmp_path / "no")), Scanner("127.0.0.1", 1)):
        with pytest.raises(ScannerAway):
            away.look_at([b"x"])
