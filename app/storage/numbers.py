"""The daily sequence behind Case IDs: one for all tenants, kept in schema ``control``, saying nothing of whose.

Must not know a case, a tenant or how a number is printed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from app.domain.errors import Unavailable

_FOLLOWING = (
    b"INSERT INTO case_number_day AS known (day, last) VALUES (%s, %s)"
    b" ON CONFLICT (day) DO UPDATE SET last = known.last + excluded.last RETURNING last"
)


def next_case_sequence(control_session: Session, local_day: date) -> int:
    """Give out the next number of the day, from 1, and commit, so that nobody waits for the caller.

    A number taken by a submission that then fails is not given out again: numbers have gaps, never twins.
    Open the Session with ``databases.control.session(is_durable=False)``: the commit leaves its WAL flush to
    the tenant's own commit, which comes later in the same log and so cannot become durable before it.
    """
    return take_case_sequences(control_session, local_day, 1)[0]


def take_case_sequences(control_session: Session, local_day: date, count: int) -> range:
    """Give out several numbers of the day at once, for loading many cases; otherwise as one."""
    driver: psycopg.Connection[Any] = control_session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.pipeline():  # the number and the commit in one message
        taken = driver.execute(_FOLLOWING, (local_day, count))
        driver.execute(b"COMMIT")
    control_session.commit()
    row = taken.fetchone()
    if row is None:
        raise Unavailable
    return range(row[0] - count + 1, row[0] + 1)
