"""What is stuck in one tenant driven again by ops: a job that was given up, a letter that did not leave.

Told on both sides: in the tenant's trail and in the control plane's. Must not know requests or pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.console.acts import tell
from app.console.rollups import count_figures, keep_figures
from app.domain.access import Actor
from app.domain.errors import Conflict
from app.notices import letters
from app.storage.audit import record
from app.storage.files import FileStore
from app.storage.outbox import revive
from tenancy.contract import Contract
from tenancy.scope import ControlSession, TenantSession


@dataclass(frozen=True, slots=True)
class Inside:
    """One tenant as ops reach into it for one act: its Session, its contract in force, its files."""

    session: TenantSession
    contract: Contract
    files: FileStore

    @property
    def slug(self) -> str:
        """Whose it is."""
        return self.session.slug


def revive_job(control: ControlSession, inside: Inside, row_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Make a job that was given up due again, with all its attempts. Raises Conflict when it is not dead."""
    if not revive(inside.session, row_id, now=now):
        raise Conflict("This job is under way or done already.")
    record(inside.session, actor=actor, action="job:revive", object_type="outbox", object_id=row_id, now=now)
    _tell(control, inside, "job:revive", row_id, actor, now)


def send_letter_again(
    control: ControlSession, inside: Inside, delivery_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Try a way of a letter that failed once more. Raises NotFound, Conflict when it did not fail."""
    letters.send_again(inside.session, delivery_id, actor=actor, now=now)
    _tell(control, inside, "letter:send-again", delivery_id, actor, now)


def print_letter_again(control: ControlSession, inside: Inside, letter_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Print a held letter once more, after its contract was put right; why it is still held, or nothing.

    Values that are missing are given inside the tenant, never here. Raises NotFound, Conflict when it is not held.
    """
    done = letters.mend_letter(inside.session, inside.contract, inside.files, letter_id, {}, actor=actor, now=now)
    _tell(control, inside, "letter:print-again", letter_id, actor, now)
    return done.held_because


def _tell(control: ControlSession, inside: Inside, action: str, about: UUID, actor: Actor, now: datetime) -> None:
    """Tell the control plane, and count anew so that the board shows the tenant as it is now."""
    tell(control, action, inside.slug, actor=actor, now=now, about=str(about), about_id=about)
    inside.session.flush()
    keep_figures(control, inside.slug, count_figures(inside.session, now=now), now=now)
