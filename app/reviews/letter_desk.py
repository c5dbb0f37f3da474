"""Letters of a case as the payer's staff sees them: held ones are mended, ways that failed are tried again.

Knows no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.access import Actor, Permission, may
from app.domain.errors import FieldFault, Forbidden, Invalid, NotFound
from app.notices import letters
from app.notices.letters import LetterRecord
from app.notices.models import Letter
from app.reviews import queries
from app.storage.files import FileStore
from tenancy.contract import Contract
from tenancy.scope import TenantSession

LONGEST = 2_000
_MISSING = re.compile(r"No value for: (.+)\.")
_LAST_USUAL = 0x20FF
"""Beyond letters, accents, dashes and quotes a character may have no shape in the letter's typeface."""


@dataclass(frozen=True, slots=True)
class LetterOnDesk:
    """A letter, and the values to be given before it can be sent: name and what it says now."""

    letter: LetterRecord
    wanted: tuple[tuple[str, str], ...]


def letters_of(session: TenantSession, case_id: UUID) -> tuple[LetterOnDesk, ...]:
    """Every letter of a case, the newest first."""
    return tuple(LetterOnDesk(one, _wanted(session, one)) for one in letters.list_letters(session, case_id))


def mend(
    session: TenantSession, contract: Contract, files: FileStore, where: tuple[str, str], letter_id: UUID,
    values: Mapping[str, str], *, actor: Actor, now: datetime,
) -> LetterRecord:  # fmt: skip
    """Give a held letter of a request's case what it lacks, print and send it.

    Raises NotFound, Forbidden, Conflict when it is not held any more, Invalid when it still cannot be printed.
    """
    found = _found(session, where, actor, letter_id=letter_id)
    given = {name: values[name].strip()[:LONGEST] for name, _ in found.wanted if values.get(name, "").strip()}
    done = letters.mend_letter(session, contract, files, letter_id, given, actor=actor, now=now)
    if done.held_because:
        raise Invalid((FieldFault("", f"The letter is still held. {done.held_because}"),))
    return done


def send_again(
    session: TenantSession, where: tuple[str, str], delivery_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Try one way of a letter once more. Raises NotFound, Forbidden, Conflict when it did not fail."""
    _found(session, where, actor, delivery_id=delivery_id)
    letters.send_again(session, delivery_id, actor=actor, now=now)


def _found(
    session: TenantSession,
    where: tuple[str, str],
    actor: Actor,
    *,
    letter_id: UUID | None = None,
    delivery_id: UUID | None = None,
) -> LetterOnDesk:
    """The letter of this case, by itself or by one of its ways."""
    if not may(actor, Permission.REVIEW_WORK):
        raise Forbidden
    _request, case = queries.get_staff_request(session, *where)
    for one in letters_of(session, case.id):
        if one.letter.id == letter_id or any(way.id == delivery_id for way in one.letter.deliveries):
            return one
    raise NotFound


def _wanted(session: TenantSession, letter: LetterRecord) -> tuple[tuple[str, str], ...]:
    if letter.state != "held":
        return ()
    facts = letters.facts_of(session.get_one(Letter, letter.id))
    values = facts.values
    missing = _MISSING.fullmatch(letter.held_because)
    if missing:
        return tuple((name, values.get(name) or "") for name in missing[1].split(", "))
    reasons = {f"line.{place}.reason": line.reason for place, line in enumerate(facts.lines)}
    texts = {**values, **reasons}.items()
    return tuple((name, text) for name, text in texts if text and any(ord(one) > _LAST_USUAL for one in text))
