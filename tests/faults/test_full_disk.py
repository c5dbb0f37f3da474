"""A disk that is full in the middle of an upload (R6): never shown as uploaded, the draft intact, no orphan left."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.cases.models import Case, Document
from tests.pages import Browser, look_at
from tests.rooms.cases import files
from tests.rooms.cases.people import World

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from app.domain.access import Actor
    from app.settings import Settings
    from app.storage.db import Databases

SLUG = "mississippi"
LARGE = files.PDF.replace(b"1 0 obj", b"%" + b"x" * 300_000 + b"\n1 0 obj", 1)
Draft = Callable[[World], UUID]
SignedIn = Callable[[str, "Actor"], "FlaskClient"]

pytestmark = pytest.mark.commits


@contextlib.contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond this size: a write that would is short, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, kept)


def upload(browser: Browser, draft_id: UUID, *named: tuple[str, bytes]) -> TestResponse:
    edge = "e" * 30
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.token}\r\n'.encode()]
    for name, content in named:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    return browser.client.post(
        f"/drafts/{draft_id}/documents/upload",
        data=b"".join([*parts, f"--{edge}--\r\n".encode()]),
        base_url=browser.address,
        content_type=f"multipart/form-data; boundary={edge}",
    )


def test_what_does_not_fit_is_never_shown_as_uploaded(
    world: World, complete_draft: Draft, signed_in: SignedIn, databases: Databases, settings: Settings
) -> None:
    draft_id = complete_draft(world)
    browser = Browser(signed_in(SLUG, world.actor))
    browser.get(f"/drafts/{draft_id}")
    with databases.app.session(SLUG) as session:
        before = session.get_one(Case, draft_id).version
    with files_end_at(100_000):
        answer = upload(browser, draft_id, ("large.pdf", LARGE))
    assert answer.status_code in {422, 503}, answer.status_code
    assert "uploaded successfully" not in look_at(answer).text
    with databases.app.session(SLUG) as session:
        assert session.scalar(select(func.count()).select_from(Document)) == 0
        assert session.get_one(Case, draft_id).version == before
    folder = settings.files_dir / SLUG / str(draft_id)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == []
    assert upload(browser, draft_id, ("large.pdf", LARGE)).status_code == 303
    with databases.app.session(SLUG) as session:
        assert session.scalars(select(Document.file_name)).all() == ["large.pdf"]
