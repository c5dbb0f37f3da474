"""Tables of recovering an account and of the devices a person signed in from. Tokens are hashed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import TenantBase, uuid_pk


class KnownDevice(TenantBase):
    """A browser a person signed in from with every factor; ``remembered_until`` spares the second one that day."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("token_hash", "user_id"), Index("ix_known_device_user_id", "user_id"))

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    label: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    remembered_until: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class RecoveryLink(TenantBase):
    """A link that was mailed to somebody who cannot sign in; the newest only, used once."""

    __tablename__ = "recovery_link"
    __table_args__ = (Index("ix_recovery_link_user_id_created_at", "user_id", "created_at"),)

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
