"""Documents of a submitted case, handed to the payer's staff. Knows no page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.documents import OpenedDocument, Shelf
from app.cases.holding import must_be_released
from app.domain.access import Actor
from app.reviews import queries
from app.storage import audit


def open_document(session: Session, shelf: Shelf, document_id: UUID, *, actor: Actor, now: datetime) -> OpenedDocument:
    """A document of a submitted case, its bytes unsealed; the reading is audited. Raises NotFound, Conflict."""
    document = queries.get_staff_document(session, document_id)
    must_be_released(document)
    audit.record(session, actor=actor, action="document:read", object_type="document", object_id=document.id, now=now)
    pieces = shelf.store.open(shelf.slug, document.case_id, document.id, version=document.version)
    return OpenedDocument(document.file_name, document.media_type, document.size, pieces)
