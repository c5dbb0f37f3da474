"""How every act of a provider on a submitted request begins: reach, permission, what the contract offers, the note.

The same start stands behind a form of the Actions menu and behind a note (``actions.channel``). Knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import documents, notes, queries
from app.cases.documents import Incoming, Shelf, Uploaded
from app.cases.models import Case
from app.domain.access import Actor, Permission, may
from app.domain.errors import Closed, FieldFault, Forbidden, Invalid
from app.reviews.desk import Desk, held
from tenancy.contract import Contract
from tenancy.contract.aftercare import Action
from tenancy.vocabulary import ActionKind

NEEDS_DOCUMENT = "Upload at least one document that supports it."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What a provider sends with an act: words, files and what they are."""

    text: str = ""
    files: Sequence[Incoming] = ()
    document_type: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that was taken: the case it belongs to and what became of its files."""

    request_id: UUID
    case_number: str
    uploaded: tuple[Uploaded, ...] = ()


def provider_desk(
    session: Session,
    request_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    permission: Permission = Permission.CASE_ACT,
) -> Desk:
    """Hold the case of a request of one's own group. Raises NotFound, Forbidden."""
    case: Case = queries.get_case_of_request(session, request_id, actor)
    if not may(actor, permission, group_id=case.group_id):
        raise Forbidden
    return held(session, request_id, actor=actor, now=now)


def action_of(contract: Contract, kind: ActionKind) -> Action:
    """The action as the contract words it. Raises Closed when the contract does not offer it."""
    action = contract.actions.kinds.get(kind)
    if action is None:
        raise Closed("Under this contract this cannot be asked for here.")
    return action


def must_enclose(action: Action, enclosed: Enclosed, *, is_wanted: bool = False) -> None:
    """Raise Invalid when a document must come and none does."""
    if (action.documents_required or is_wanted) and not enclosed.files:
        raise Invalid((FieldFault("files", NEEDS_DOCUMENT),))


def keep(
    contract: Contract,
    shelf: Shelf,
    desk: Desk,
    kind: ActionKind,
    words: str,
    enclosed: Enclosed,
    *,
    must_have_file: bool = False,
) -> tuple[Uploaded, ...]:
    """Keep the words as a note of the action's kind and the files as documents (ACT-04, P2P-06, RCN-03).

    Raises Invalid when a document is needed and none of those that came could be kept.
    """
    action = action_of(contract, kind)
    kept: tuple[Uploaded, ...] = ()
    if enclosed.files:
        kept = documents.upload_to_case(
            desk.session,
            contract,
            shelf,
            desk.request.id,
            enclosed.files,
            document_type=enclosed.document_type,
            actor=desk.actor,
            now=desk.now,
        )
        if must_have_file and all(one.fault for one in kept):
            raise Invalid(tuple(FieldFault("files", f"{one.file_name}: {one.fault}") for one in kept))
    if words.strip():
        kind_of_note = action.note_kind or contract.notes.default_kind
        notes.add_note_to_case(
            desk.session, contract, desk.request.id, words, kind=kind_of_note, actor=desk.actor, now=desk.now
        )
    return kept
