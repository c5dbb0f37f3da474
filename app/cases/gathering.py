"""Rows that come as JSON inside one statement, and become objects again: a case with all its parts in one question.

The objects belong to no Session: they are read, never changed. Must not know which cases are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Numeric, ScalarSelect, Table, Time, Uuid, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.attributes import instance_dict

Row = TypeVar("Row", bound=DeclarativeBase)
_READERS: tuple[tuple[type[Any], Callable[[Any], object]], ...] = (
    (Uuid, UUID),
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Time, time.fromisoformat),
    (Numeric, lambda value: Decimal(str(value))),
)


def whole_row(model: type[DeclarativeBase]) -> ColumnElement[Any]:
    """A row of the statement's own table as JSON."""
    return func.row_to_json(_table_of(model).table_valued())


def one_row(model: type[DeclarativeBase], key: str, equals: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The row of another table whose key is the given column."""
    part = _table_of(model).alias()
    return select(func.row_to_json(part.table_valued())).where(part.c[key] == equals).scalar_subquery()


def many_rows(
    model: type[DeclarativeBase], order: str, *where: Callable[[Any], ColumnElement[bool]]
) -> ScalarSelect[Any]:
    """The rows of another table in their order, as a JSON list; None when there is none.

    Each condition is given the table's columns.
    """
    part = _table_of(model).alias()
    listed = func.json_agg(aggregate_order_by(func.row_to_json(part.table_valued()), part.c[order]))
    return select(listed).where(*(condition(part.c) for condition in where)).scalar_subquery()


def revived(model: type[Row], values: Mapping[str, Any], **parts: object) -> Row:
    """The object of a row that came as JSON; ``parts`` fill its relationships."""
    row = model()
    held = instance_dict(row)  # as loading does it: what is set one by one is noted as changed one by one
    held.update(values)
    for name, read in _readers(model):
        if held[name] is not None:
            held[name] = read(held[name])
    held.update(parts)
    return row


def all_revived(model: type[Row], found: Sequence[Mapping[str, Any]] | None) -> list[Row]:
    """The objects of a JSON list of rows."""
    return [revived(model, values) for values in found or ()]


@cache
def _readers(model: type[DeclarativeBase]) -> tuple[tuple[str, Callable[[Any], object]], ...]:
    """The columns whose values JSON has no word for, each with what reads them."""
    columns = _table_of(model).columns
    return tuple((column.key, read) for column in columns for kind, read in _READERS if isinstance(column.type, kind))


def _table_of(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table")
    return table
