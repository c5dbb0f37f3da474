"""Declarative bases, column helpers and the databases of one running process.

Must not know any room's tables, and never decides which tenant is meant.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from sqlalchemy import DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.domain.errors import NotServed, Unavailable
from app.storage.transaction import speak_of_absence
from tenancy.revisions import SchemaWatch
from tenancy.scope import ControlDatabase, TenantDatabase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

APPEND_ONLY: dict[str, Any] = {"append_only": True}
"""Put into a table's ``info``: the tenant's role may then insert and read its rows, never change them."""

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""An aware UTC instant."""

_TYPES: dict[Any, Any] = {str: Text(), datetime: DateTime(timezone=True), uuid.UUID: Uuid()}


class TenantBase(DeclarativeBase):
    """Tables of a tenant. They name no schema: the transaction's search path gives it."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = _TYPES


class ControlBase(DeclarativeBase):
    """Tables of schema ``control``: the registry, releases, keys and code sets; never PHI."""

    metadata = MetaData(schema="control", naming_convention=NAMING)
    type_annotation_map = _TYPES


def uuid_pk() -> Mapped[uuid.UUID]:
    """A primary key made in Python, so that a row may travel between databases."""
    return mapped_column(Uuid, primary_key=True, default=uuid.uuid4)


class HasDsns(Protocol):
    """The part of the settings that names the databases."""

    @property
    def dsn_app(self) -> str: ...

    @property
    def dsn_control(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Databases:
    """The tenants' database and the control database of this process."""

    app: TenantDatabase
    control: ControlDatabase

    def __post_init__(self) -> None:
        speak_of_absence(self.app.engine)
        speak_of_absence(self.control.engine)

    @classmethod
    def from_settings(cls, settings: HasDsns) -> Databases:
        """Pools are made, nothing is connected yet: a database that is away does not stop the process."""
        app = TenantDatabase(settings.dsn_app, watch=SchemaWatch(Unavailable, missing=NotServed))
        return cls(app=app, control=ControlDatabase(settings.dsn_control))

    def close(self) -> None:
        """Close every pooled connection."""
        self.app.close()
        self.control.close()


def copy_rows(
    session: Session, model: type[DeclarativeBase], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Load many rows by COPY inside the Session's own transaction and return how many were sent.

    Columns with a default made in Python must be given. Nothing is committed. From here on the transaction's
    statements may take ten minutes each: a load is not a request, and a busy machine takes its time.
    """
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError("only a table can be copied into")
    known = table.columns.keys()
    if unknown := [name for name in columns if name not in known]:
        raise ValueError(f"{table.name} has no column {unknown[0]}")
    names = ", ".join(f'"{name}"' for name in columns)
    target = f'"{table.schema}"."{table.name}"' if table.schema else f'"{table.name}"'
    driver = session.connection().connection.driver_connection
    if driver is None:
        raise RuntimeError("the Session's connection is gone")
    sent = 0
    driver.execute("SET LOCAL statement_timeout TO '10min'")
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            sent += 1
    return sent
