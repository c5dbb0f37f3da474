"""The daily sequence behind Case IDs: one for all tenants, kept in schema ``control``, saying nothing of whose.

Must not know a case, a tenant or how a number is printed.
"""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.storage.registry import CaseNumberDay

_DAYS = cast("Table", CaseNumberDay.__table__)
_FIRST = insert(_DAYS)
_FOLLOWING = _FIRST.on_conflict_do_update(
    index_elements=[_DAYS.c.day], set_={"last": _DAYS.c.last + _FIRST.excluded.last}
).returning(_DAYS.c.last)
"""Made once: every submission asks it."""


def next_case_sequence(control_session: Session, local_day: date) -> int:
    """Give out the next number of the day, from 1, and commit, so that nobody waits for the caller.

    A number taken by a submission that then fails is not given out again: numbers have gaps, never twins.
    Open the Session with ``databases.control.session(is_durable=False)``: the commit leaves its WAL flush to
    the tenant's own commit, which comes later in the same log and so cannot become durable before it.
    """
    return take_case_sequences(control_session, local_day, 1)[0]


def take_case_sequences(control_session: Session, local_day: date, count: int) -> range:
    """Give out several numbers of the day at once, for loading many cases; otherwise as one."""
    last: int = control_session.execute(_FOLLOWING, {"day": local_day, "last": count}).scalar_one()
    control_session.commit()
    return range(last - count + 1, last + 1)
