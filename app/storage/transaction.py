"""A transaction from outside a request, and what a database that is away sounds like to the rooms.

Must not know any room, and never decides which tenant is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from app.domain.errors import Unavailable
from tenancy.scope import TenantDatabase, TenantSession


@contextmanager
def tenant_transaction(database: TenantDatabase, slug: str) -> Iterator[TenantSession]:
    """A fresh Session of the tenant, committed when the block ends well and rolled back when it raises."""
    with database.session(slug) as session:
        yield session
        session.commit()


def speak_of_absence(engine: Engine) -> None:
    """Turn the driver's operational errors (away, full, too slow, dead-locked, just migrated) into ``Unavailable``.

    Such an error says nothing about the data: nothing was committed, and trying again is right.
    """
    event.listen(engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> BaseException | None:
    error = context.original_exception
    is_away = context.is_disconnect or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return Unavailable() if is_away and not context.is_pre_ping else None
