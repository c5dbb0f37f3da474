"""Documents of a case: judged by content, stored encrypted, deactivated and never deleted. Knows no page.

Several files come at once and each is judged by itself: one that cannot be kept says why, the others are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, cast
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import queries, scanning, sniff
from app.cases.drafts import Saved, add_event, begin, finish
from app.cases.holding import must_be_released
from app.cases.inputs import DOCUMENT_TYPES
from app.cases.models import Case, Document
from app.domain.access import Actor, Permission, may
from app.domain.errors import DomainError, FieldFault, Forbidden, Invalid, NotFound
from app.domain.fields import list_choices
from app.storage import audit
from app.storage.files import FileStore, StoredFile
from app.storage.models import AuditEvent
from tenancy.contract import Contract

MEGABYTE = 1024 * 1024
NOTHING_CHOSEN = "Choose at least one file to upload."
CHOOSE_TYPE = "Choose the document type, then upload."


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the files of one tenant lie."""

    store: FileStore
    slug: str
    is_scanned: bool = False
    """Whether a scanner looks at what is put there."""


@dataclass(frozen=True, slots=True, repr=False)
class Incoming:
    """A file as it came: its name and its bytes, which can be read again from the start."""

    file_name: str
    stream: IO[bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Uploaded:
    """What became of one file: its document, or the sentence that says why it was not kept."""

    file_name: str
    document_id: UUID | None
    fault: str = ""
    failed_check: str = ""
    """Which check of its content it failed; empty for a wrong name, kind or size."""


@dataclass(frozen=True, slots=True, repr=False)
class OpenedDocument:
    """A document to be handed out: its name, kind, size and bytes."""

    file_name: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


def upload_to_draft(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    draft_id: UUID,
    files: Sequence[Incoming],
    *,
    document_type: str,
    actor: Actor,
    now: datetime,
) -> tuple[Uploaded, ...]:
    """Keep files on a draft, each by itself (DOC-01 to DOC-05). Raises NotFound, AlreadySubmitted, Invalid."""
    case = begin(session, draft_id, actor, permission=Permission.DOCUMENT_ADD)
    _must_be_meant(contract, files, document_type)
    desk = _Desk(session, contract, shelf, case, case.requests[-1].id, actor, now)
    results = _keep_all(desk, files, document_type)
    if any(result.document_id for result in results):
        finish(session, contract, case, "document:add", actor=actor, now=now, detail=_counted(results))
    return results


def upload_to_case(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    request_id: UUID,
    files: Sequence[Incoming],
    *,
    document_type: str,
    actor: Actor,
    now: datetime,
) -> tuple[Uploaded, ...]:
    """Keep files on a request of a submitted case, whatever its status (DOC-07, CASE-16). Raises NotFound, Invalid."""
    case = queries.get_case_of_request(session, request_id, actor)
    if not may(actor, Permission.DOCUMENT_ADD, group_id=case.group_id):
        raise Forbidden
    _must_be_meant(contract, files, document_type)
    desk = _Desk(session, contract, shelf, case, request_id, actor, now)
    results = _keep_all(desk, files, document_type)
    if any(result.document_id for result in results):
        add_event(session, case, "document_added", actor=actor, now=now, detail=_counted(results)["kept"])
        audit.record(
            session,
            actor=actor,
            action="document:add",
            object_type="case",
            object_id=case.id,
            detail=_counted(results),
            now=now,
        )
    return results


def all_refused(files: Sequence[Incoming], fault: str) -> tuple[Uploaded, ...]:
    """What became of files none of which was kept, for one reason."""
    return tuple(Uploaded(_shown_name(one.file_name), None, fault) for one in files)


def deactivate_document(
    session: Session, contract: Contract, draft_id: UUID, document_id: UUID, *, actor: Actor, now: datetime
) -> Saved:
    """Take a document off a draft; its bytes are kept (DOC-08). Raises NotFound, AlreadySubmitted."""
    case = begin(session, draft_id, actor, permission=Permission.DOCUMENT_DEACTIVATE)
    for row in case.documents:
        if row.id == document_id and row.deactivated_at is None:
            row.deactivated_at, row.deactivated_by = now, actor.user_id
            detail = {"document": str(document_id)}
            return finish(session, contract, case, "document:deactivate", actor=actor, now=now, detail=detail)
    raise NotFound("This document is no longer there.")


def open_document(session: Session, shelf: Shelf, document_id: UUID, *, actor: Actor, now: datetime) -> OpenedDocument:
    """A document of one of the actor's groups, unsealed; the reading is audited. Raises NotFound, Conflict."""
    document = queries.get_document(session, document_id, actor)
    must_be_released(document)
    audit.record(session, actor=actor, action="document:read", object_type="document", object_id=document.id, now=now)
    pieces = shelf.store.open(shelf.slug, document.case_id, document.id, version=document.version)
    return OpenedDocument(document.file_name, document.media_type, document.size, pieces)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every file of one upload shares."""

    session: Session
    contract: Contract
    shelf: Shelf
    case: Case
    request_id: UUID
    actor: Actor
    now: datetime


def _must_be_meant(contract: Contract, files: Sequence[Incoming], document_type: str) -> None:
    if not files:
        raise Invalid((FieldFault("files", NOTHING_CHOSEN),))
    known = dict(list_choices(contract, DOCUMENT_TYPES))
    if (contract.documents.type_required or document_type) and document_type not in known:
        raise Invalid((FieldFault("document_type", CHOOSE_TYPE),))


def _keep_all(desk: _Desk, files: Sequence[Incoming], document_type: str) -> tuple[Uploaded, ...]:
    """What became of each file; those whose content failed a check are counted in the trail, by the check."""
    results = tuple(_keep(desk, file, document_type) for file in files)
    failed = Counter(result.failed_check for result in results if result.failed_check)
    if failed:
        detail = {check: str(count) for check, count in failed.items()}
        audit.record(
            desk.session,
            actor=desk.actor,
            action=scanning.FAILED,
            object_type="case",
            object_id=desk.case.id,
            result="refused",
            detail=detail,
            now=desk.now,
        )
    return results


def count_failed_checks(session: Session, *, since: datetime) -> Mapping[str, int]:
    """How many uploads failed each check of their content since that instant, the most frequent first."""
    details = session.scalars(
        select(AuditEvent.detail).where(AuditEvent.occurred_at >= since, AuditEvent.action == scanning.FAILED)
    )
    counted: Counter[str] = Counter()
    for detail in details:
        counted.update({check: int(count) for check, count in detail.items()})
    return dict(counted.most_common())


def _keep(desk: _Desk, file: Incoming, document_type: str) -> Uploaded:
    rules, document_id, stream = desk.contract.documents, uuid4(), cast("BinaryIO", file.stream)
    try:
        verdict = sniff.judge(file.file_name, stream, allowed=rules.extensions, max_megabytes=rules.max_megabytes)
        stored = desk.shelf.store.put(
            desk.shelf.slug, desk.case.id, document_id, stream, rules.max_megabytes * MEGABYTE
        )
    except sniff.Refused as refusal:
        return Uploaded(_shown_name(file.file_name), None, str(refusal), sniff.failed_check(refusal))
    except DomainError as error:
        return Uploaded(_shown_name(file.file_name), None, error.message)
    row = _row(desk, document_id, verdict, stored, document_type)
    desk.case.documents.append(row)
    if desk.shelf.is_scanned:
        scanning.ask_for_scan(desk.session, row, now=desk.now)
    desk.session.flush()
    return Uploaded(verdict.file_name, document_id)


def _row(desk: _Desk, document_id: UUID, verdict: sniff.Verdict, stored: StoredFile, document_type: str) -> Document:
    if desk.actor.user_id is None:
        raise Forbidden
    return Document(
        id=document_id,
        request_id=desk.request_id,
        file_name=verdict.file_name,
        document_type=document_type or None,
        media_type=verdict.media_type,
        size=stored.size,
        sha256=stored.sha256,
        version=1,
        uploaded_at=desk.now,
        uploaded_by=desk.actor.user_id,
        uploaded_by_name=desk.actor.name,
    )


def _shown_name(file_name: str) -> str:
    """The name of a refused file as it may stand on a page: without characters that would change the reading."""
    return "".join(sign for sign in file_name if sign.isprintable() and sign not in sniff.BIDI)[:80] or "File"


def _counted(results: Sequence[Uploaded]) -> dict[str, str]:
    kept = sum(1 for result in results if result.document_id)
    return {"kept": str(kept), "refused": str(len(results) - kept)}
