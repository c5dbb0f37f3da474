"""Tables of becoming a user: claims, links, requests to join, passkeys, recovery codes, telephones, agreed terms.

Knows columns and the laws between them; no rule of a contract and no wording. Secrets are hashed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import TenantBase, uuid_pk


class EnrolmentLink(TenantBase):
    """A link that was e-mailed to finish an enrolment, known by the SHA-256 of its token. The newest one only works."""

    __tablename__ = "enrolment_link"
    __table_args__ = (Index("ix_enrolment_link_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class GroupClaim(TenantBase):
    """Somebody proved an organization's identifiers; what that gives is settled when the enrolment is complete (S5).

    The first claim of an organization makes its administrator. Of one that is registered already it is a request,
    which its administrators decide; nothing is given before.
    """

    __tablename__ = "group_claim"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="decision_has_an_outcome"),
        CheckConstraint("outcome IN ('first', 'accepted', 'declined')", name="outcome_is_known"),
        Index("uq_group_claim_open", "user_id", "provider_id", unique=True, postgresql_where=text("outcome IS NULL")),
    )

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    created_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    outcome: Mapped[str | None]


class ClaimTry(TenantBase):
    """One try at an organization's identifiers, counted per address and per NPI, both as keyed hashes."""

    __tablename__ = "claim_try"
    __table_args__ = (
        Index("ix_claim_try_address_hash_at", "address_hash", "at"),
        Index("ix_claim_try_npi_hash_at", "npi_hash", "at"),
    )

    id: Mapped[UUID] = uuid_pk()
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    npi_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PhoneFactor(TenantBase):
    """The telephone a person proved to hold: the country's prefix and the national number, digits only."""

    __tablename__ = "phone_factor"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    number: Mapped[str]
    takes_texts: Mapped[bool]
    created_at: Mapped[datetime]


class Passkey(TenantBase):
    """A passkey of a person at this tenant's host: public key and counter, never anything secret."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    is_backed_up: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(TenantBase):
    """A challenge given to a browser: for one session and one purpose, used once."""

    __tablename__ = "passkey_challenge"

    id: Mapped[UUID] = uuid_pk()
    session_id: Mapped[UUID] = mapped_column(ForeignKey("user_session.id"), index=True)
    purpose: Mapped[str]
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RecoveryCode(TenantBase):
    """One of the codes a person keeps on paper, as a keyed hash; each works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TermsAcceptance(TenantBase):
    """That a person agreed to a version of the terms, with the hash of the very words."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (UniqueConstraint("user_id", "version", "text_hash"),)

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[str]
    text_hash: Mapped[str]
    accepted_at: Mapped[datetime]
