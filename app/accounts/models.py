"""Tables of the accounts room: people, provider groups, memberships, sessions, second factors, counted attempts.

Knows columns and the laws between them; no rule of a contract and no wording. Secrets are hashed or sealed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import TenantBase, uuid_pk
from tenancy.vocabulary import Factor, Role


def _one_of(column: str, words: type[Role | Factor] | tuple[str, ...]) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({quoted})"


class UserAccount(TenantBase):
    """A person of a provider. ``username_key`` is the folded user name; the password is an argon2id hash.

    Nobody signs in before ``enrolled_at``: e-mail proven, password and second factor set.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("email LIKE '%_@_%'", name="email_has_an_at"),
        Index("ix_user_account_lower_email", text("lower(email)")),
    )

    id: Mapped[UUID] = uuid_pk()
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    address_1: Mapped[str] = mapped_column(default="")
    address_2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    phone_extension: Mapped[str] = mapped_column(default="")
    fax: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    secret_question: Mapped[str] = mapped_column(default="")
    secret_answer_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    email_verified_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    email_is_factor: Mapped[bool] = mapped_column(default=False)
    enrolled_at: Mapped[datetime | None]

    @property
    def full_name(self) -> str:
        """Given name and family name as one line."""
        return f"{self.first_name} {self.last_name}"

    def __repr__(self) -> str:
        return f"<UserAccount {self.id}>"


class ProviderGroup(TenantBase):
    """A provider organization that registered: its people share its cases. ``name`` is as the directory had it then."""

    __tablename__ = "provider_group"

    id: Mapped[UUID] = uuid_pk()
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), unique=True)
    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    registered_at: Mapped[datetime]


class Membership(TenantBase):
    """A person's role in one provider group (USR-10); an ended one is kept, with why it ended.

    ``deactivated`` ones come back with the person, ``removed`` ones do not.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(_one_of("role", Role), name="role_is_known"),
        CheckConstraint(_one_of("end_reason", ("removed", "deactivated")), name="end_reason_is_known"),
        Index("uq_membership_open", "user_id", "group_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("provider_group.id"), index=True)
    role: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class UserSession(TenantBase):
    """A browser's session, known by the SHA-256 of its token. At stage ``factor`` only the password was right,
    at stage ``enrol`` an enrolment link was opened, at ``recover`` a recovery link, at ``reset`` its factor was right.
    """

    __tablename__ = "user_session"
    __table_args__ = (
        CheckConstraint("stage IN ('enrol', 'factor', 'full', 'recover', 'reset')", name="stage_is_known"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_a_reason"),
        Index("ix_user_session_user_id", "user_id"),
    )

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    stage: Mapped[str]
    factor: Mapped[str | None]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider_group.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("known_device.id"))


class TotpSecret(TenantBase):
    """The secret of a person's authenticator app, sealed with the tenant's key; ``last_step`` was used last."""

    __tablename__ = "totp_secret"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class OneTimeCode(TenantBase):
    """A code that was sent: bound to a session, a purpose, a channel and an address, both of these as keyed hashes."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        CheckConstraint(_one_of("channel", Factor), name="channel_is_known"),
        CheckConstraint("tries >= 0", name="tries_count_up"),
        Index("ix_one_time_code_user_id_created_at", "user_id", "created_at"),
        Index("ix_one_time_code_address_hash_created_at", "address_hash", "created_at"),
    )

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("user_session.id"), index=True)
    purpose: Mapped[str]
    channel: Mapped[str]
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]


class FactorAttempt(TenantBase):
    """One try at a second factor, counted per person over hours and days."""

    __tablename__ = "factor_attempt"
    __table_args__ = (Index("ix_factor_attempt_user_id_at", "user_id", "at"),)

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class PasswordAttempts(TenantBase):
    """Failures in a row for one user name, known by its keyed hash, whether or not there is such a user (S4)."""

    __tablename__ = "password_attempts"
    __table_args__ = (
        CheckConstraint("failures >= 0 AND locks >= 0", name="counts_up"),
        Index("ix_password_attempts_last_at", "last_at"),
    )

    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    locks: Mapped[int]
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime]
