"""The daily sequence behind Case IDs: one for all tenants, kept in schema ``control``, saying nothing of whose.

Must not know a case, a tenant or how a number is printed.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.errors import Unavailable
from app.storage.registry import CaseNumberDay

LAST_OF_A_DAY = 9_999


def next_case_sequence(control_session: Session, local_day: date) -> int:
    """Give out the next number of the day, 1 to 9999, and commit, so that nobody waits for the caller.

    A number taken by a submission that then fails is not given out again: numbers have gaps, never twins.
    Open the Session with ``databases.control.session(is_durable=False)``: the commit leaves its WAL flush to
    the tenant's own commit, which comes later in the same log and so cannot become durable before it.
    Raises Unavailable when the day's 9,999 are used up.
    """
    statement = insert(CaseNumberDay).values(day=local_day, last=1)
    following = statement.on_conflict_do_update(
        index_elements=[CaseNumberDay.day],
        set_={"last": CaseNumberDay.last + 1},
        where=CaseNumberDay.last < LAST_OF_A_DAY,
    ).returning(CaseNumberDay.last)
    number = control_session.execute(following).scalar()
    control_session.commit()
    if number is None:
        raise Unavailable("All Case IDs of today are used. Your draft is kept; please submit it tomorrow.")
    return number
