"""Documents of a draft: each file by itself, sealed on disk, deactivated and never deleted."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases import documents, queries, sniff
from app.cases.documents import Incoming, Shelf, Uploaded
from app.cases.models import Document
from app.domain.errors import Invalid, NotFound
from app.storage.models import AuditEvent
from tests.pages import Browser
from tests.rooms.cases import files
from tests.rooms.cases.people import NOW, World

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf

SLUG = "mississippi"
Draft = Callable[[World], UUID]
SignedIn = Callable[[str, "Actor"], "FlaskClient"]


@pytest.fixture
def shelf_of(app: Flask) -> Shelf:
    return Shelf(app.extensions["charter"].files, SLUG)


@pytest.fixture
def upload(databases: Databases, shelf: ContractShelf, shelf_of: Shelf) -> Callable[..., tuple[Uploaded, ...]]:
    def send(draft_id: UUID, world: World, *pairs: tuple[str, bytes], document_type: str = "") -> tuple[Uploaded, ...]:
        incoming = [Incoming(name, io.BytesIO(content)) for name, content in pairs]
        with databases.app.session(SLUG) as session:
            results = documents.upload_to_draft(
                session, shelf.good[SLUG].contract, shelf_of, draft_id, incoming,
                document_type=document_type, actor=world.actor, now=NOW,
            )  # fmt: skip
            session.commit()
            return results

    return send


def test_each_file_is_judged_by_itself(
    world: World, complete_draft: Draft, upload: Callable[..., Any], databases: Databases
) -> None:
    draft_id = complete_draft(world)
    results = upload(draft_id, world, ("order.pdf", files.PDF), ("fake.pdf", b"x"), ("photo.jpg", files.JPG))
    assert [bool(one.document_id) for one in results] == [True, False, True]
    assert results[1].fault == sniff.MISLABELLED.format(ending="pdf")
    with databases.app.session(SLUG) as session:
        rows = session.scalars(select(Document).where(Document.case_id == draft_id)).all()
        assert sorted(row.file_name for row in rows) == ["order.pdf", "photo.jpg"]
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "document:add")).one()
        assert told.detail == {"kept": "2", "refused": "1"}


def test_the_bytes_on_disk_are_sealed_and_come_back_whole(
    world: World, complete_draft: Draft, upload: Callable[..., Any], databases: Databases, shelf_of: Shelf
) -> None:
    (kept,) = upload(complete_draft(world), world, ("order.pdf", files.PDF))
    sealed = b"".join(path.read_bytes() for path in shelf_of.store.folder_of(SLUG).rglob("*") if path.is_file())
    assert b"%PDF" not in sealed
    with databases.app.session(SLUG) as session:
        opened = documents.open_document(session, shelf_of, kept.document_id, actor=world.actor, now=NOW)
        assert b"".join(opened.pieces) == files.PDF
        assert opened.media_type == "application/pdf"


def test_a_type_that_the_contract_does_not_list_is_refused(
    world: World, complete_draft: Draft, upload: Callable[..., Any]
) -> None:
    with pytest.raises(Invalid):
        upload(complete_draft(world), world, ("order.pdf", files.PDF), document_type="nonsense")


def test_nothing_chosen_is_said(world: World, complete_draft: Draft, upload: Callable[..., Any]) -> None:
    with pytest.raises(Invalid) as told:
        upload(complete_draft(world), world)
    assert told.value.faults[0].message == documents.NOTHING_CHOSEN


def test_a_deactivated_document_is_kept_and_no_longer_shown(
    world: World, complete_draft: Draft, upload: Callable[..., Any], databases: Databases, shelf: ContractShelf
) -> None:
    draft_id, contract = complete_draft(world), shelf.good[SLUG].contract
    (kept,) = upload(draft_id, world, ("order.pdf", files.PDF))
    with databases.app.session(SLUG) as session:
        documents.deactivate_document(session, contract, draft_id, kept.document_id, actor=world.actor, now=NOW)
        session.commit()
        row = session.get_one(Document, kept.document_id)
        assert (row.deactivated_at, row.deactivated_by) == (NOW, world.actor.user_id)
        with pytest.raises(NotFound):
            documents.deactivate_document(session, contract, draft_id, kept.document_id, actor=world.actor, now=NOW)


def test_somebody_elses_document_does_not_exist(
    world: World, complete_draft: Draft, upload: Callable[..., Any], databases: Databases
) -> None:
    (kept,) = upload(complete_draft(world), world, ("order.pdf", files.PDF))
    with databases.app.session(SLUG) as session, pytest.raises(NotFound):
        queries.get_document(session, kept.document_id, world.stranger)


def test_a_document_is_handed_out_as_a_file_and_never_as_a_page(
    world: World, complete_draft: Draft, upload: Callable[..., Any], signed_in: SignedIn
) -> None:
    (kept,) = upload(complete_draft(world), world, ("order.pdf", files.PDF))
    client = signed_in(SLUG, world.actor)
    answer = client.get(f"/documents/{kept.document_id}", base_url=Browser(client).address)
    assert answer.status_code == 200
    assert answer.data == files.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_form_without_script_says_beside_each_file_what_became_of_it(
    world: World, complete_draft: Draft, signed_in: SignedIn
) -> None:
    draft_id = complete_draft(world)
    browser = Browser(signed_in(SLUG, world.actor))
    browser.get(f"/drafts/{draft_id}")
    sent = {"files": [(io.BytesIO(files.PDF), "order.pdf"), (io.BytesIO(b"x"), "fake.pdf")], "document_type": ""}
    page = browser.posted_page(f"/drafts/{draft_id}/documents/upload", sent, status=200)
    assert "order.pdf" in page.text
    assert sniff.MISLABELLED.format(ending="pdf") in page.text
    assert "One file was not kept." in page.text


def test_a_body_over_every_limit_is_refused_before_it_is_read(
    world: World, complete_draft: Draft, signed_in: SignedIn
) -> None:
    draft_id = complete_draft(world)
    browser = Browser(signed_in(SLUG, world.actor))
    browser.get(f"/drafts/{draft_id}")
    answer = browser.client.post(
        f"/drafts/{draft_id}/documents/upload",
        base_url=browser.address,
        headers={"X-CSRF-Token": browser.token, "Content-Type": "multipart/form-data; boundary=x"},
        environ_overrides={"CONTENT_LENGTH": str(82 * 1024 * 1024), "wsgi.input": io.BytesIO(b"--x")},
    )
    assert answer.status_code == 413
