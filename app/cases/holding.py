"""Whether a file is handed out, by how far its virus check is (S11). Knows no page, no outbox and no scanner."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.cases.models import Document
from app.domain.errors import Conflict


class Scan(StrEnum):
    """How far the virus check of a file is."""

    NOT_SCANNED = "not_scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


HELD: Mapping[str, str] = {
    Scan.PENDING: "It is being checked for viruses.",
    Scan.INFECTED: "It failed the virus check. Send a clean copy.",
}
"""What is told of a file that is not handed out."""


def held_because(document: Document) -> str:
    """Why a file is not handed out; empty if it is."""
    return HELD.get(document.scan, "")


def must_be_released(document: Document) -> None:
    """Raise Conflict for a file that is not to be handed out, neither to its sender nor to anybody else (S11)."""
    if why := held_because(document):
        raise Conflict(f"This file cannot be opened. {why}", {"scan": document.scan})
