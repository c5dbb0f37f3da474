"""The terms of use: which version is in force, who agreed to it, and agreeing. Asked again when the words change.

Must not know requests or pages.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import TermsAcceptance
from app.domain.access import Actor
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.contract.people import TermsVersion


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """The version in force on a day; ``mark`` names its very words, so that a change of them is asked again."""

    version: str
    terms: TermsVersion
    mark: str


def terms_in_force(contract: Contract, now: datetime) -> TermsInForce | None:
    """The version in force on the contract's local day (REG-15, REG-16); None where there is none yet."""
    today = now.astimezone(ZoneInfo(contract.identity.time_zone)).date()
    for version, terms in contract.terms.items():
        if _is_in_force(terms, today):
            return TermsInForce(version, terms, _mark(version, terms))
    return None


def has_agreed(session: Session, user_id: UUID, terms: TermsInForce) -> bool:
    """Whether the person agreed to these very words."""
    found = select(TermsAcceptance.id).where(
        TermsAcceptance.user_id == user_id, TermsAcceptance.text_hash == terms.mark
    )
    return session.scalar(found) is not None


def agree(session: Session, contract: Contract, user_id: UUID, *, actor: Actor, now: datetime) -> TermsInForce | None:
    """The person agrees to the version in force; agreeing twice changes nothing."""
    terms = terms_in_force(contract, now)
    if terms is None:
        return None
    values = {
        "id": uuid.uuid4(),
        "user_id": user_id,
        "version": terms.version,
        "text_hash": terms.mark,
        "accepted_at": now,
    }
    session.execute(insert(TermsAcceptance).values(values).on_conflict_do_nothing())
    detail = {"version": terms.version, "text": terms.mark[:16]}
    record(session, actor=actor, action="terms:agree", object_type="user", object_id=user_id, detail=detail, now=now)
    return terms


def _is_in_force(terms: TermsVersion, today: date) -> bool:
    return (terms.from_on is None or terms.from_on <= today) and (terms.until_on is None or today <= terms.until_on)


def _mark(version: str, terms: TermsVersion) -> str:
    said = "\n".join((version, terms.title, terms.accept_label, *terms.paragraphs))
    return hashlib.sha256(said.encode()).hexdigest()
