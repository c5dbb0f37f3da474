"""Sessions that wait for something: a second factor, an enrolment's steps, a recovery's. Must not know what for."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.models import UserSession
from app.accounts.secrets import new_token, token_hash


def open_waiting(
    session: Session, user_id: UUID, stage: str, life: timedelta, *, now: datetime
) -> tuple[str, UserSession]:
    """A session at a stage, over after ``life``: the browser's token, and the row that knows its hash."""
    token = new_token()
    row = UserSession(
        id=uuid.uuid4(),
        token_hash=token_hash(token),
        user_id=user_id,
        stage=stage,
        created_at=now,
        expires_at=now + life,
    )
    session.add(row)
    session.flush()
    return token, row
