"""Tables of what a person sets up for themselves: an e-mail address to be, favourite providers, wanted notices.

Knows columns and the laws between them; no rule and no wording.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.db import TenantBase, uuid_pk


class EmailChange(TenantBase):
    """A new e-mail address that waits for the code that was sent to it."""

    __tablename__ = "email_change"

    code_id: Mapped[UUID] = mapped_column(ForeignKey("one_time_code.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    email: Mapped[str]
    asked_at: Mapped[datetime]


class FavouriteProvider(TenantBase):
    """A provider somebody keeps at hand for one part on a request (PREF-01)."""

    __tablename__ = "favourite_provider"
    __table_args__ = (
        UniqueConstraint("user_id", "part", "provider_id"),
        CheckConstraint("part IN ('servicing', 'pcp', 'attending')", name="part_is_known"),
    )

    id: Mapped[UUID] = uuid_pk()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    part: Mapped[str]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    kept_at: Mapped[datetime]


class NoticeChoice(TenantBase):
    """Whether somebody wants the e-mails of an event; without a row they are sent."""

    __tablename__ = "notice_choice"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    is_wanted: Mapped[bool]
    chosen_at: Mapped[datetime]
