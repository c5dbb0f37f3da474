"""Fields that a body carried and no page asked for: they change nothing, and the trail tells that somebody sent them.

A page reads the fields of its form by name, and no page reads a body in JSON. What stays unread and is called like a
column of the tenant's tables was sent by somebody who tried his luck (status, owner, role, deadline). Must not know
any page or any table's meaning.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import structlog
from flask import Flask, Request, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from app.domain.access import Actor, ActorKind
from app.domain.errors import Unavailable
from app.storage import audit
from app.storage.db import TenantBase
from app.storage.transaction import tenant_transaction
from app.web.request import SAFE_METHODS, now, portal, signed_in, tenant

ACTION = "form:undeclared"
MOST_NAMED = 12
LONGEST_JSON = 64 * 1024
NOBODY = Actor(kind=ActorKind.PROVIDER, user_id=None, name="Not signed in")

log = structlog.get_logger(__name__)


class ReadFields(ImmutableMultiDict[str, str]):
    """Fields as sent; remembers which of them were asked for by name."""

    @property
    def asked(self) -> set[str]:
        """The names somebody asked for, there or not."""
        found: set[str] = self.__dict__.setdefault("_asked", set())
        return found

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, type: Any = None) -> Any:  # noqa: A002 - werkzeug's own name for it
        """Every value of a name."""
        self.asked.add(key)
        return super().getlist(key, type)


class CharterRequest(Request):
    """A request that knows which of its fields a page asked for."""

    parameter_storage_class = ReadFields


def install(app: Flask) -> None:
    """Look at every request that may write once its page is done."""
    app.request_class = CharterRequest
    app.after_request(_tell)


def known(*names: str) -> None:
    """Say of fields which this page has no use for that its own form carries them."""
    if isinstance(request.form, ReadFields):
        request.form.asked.update(names)


@cache
def columns() -> frozenset[str]:
    """Every column of a tenant's tables; all rooms are there by the first request."""
    return frozenset(column.name for table in TenantBase.metadata.tables.values() for column in table.columns)


def unread() -> list[str]:
    """The fields of this request that are called like a column and that its page never asked for, in order."""
    form = request.__dict__.get("form")
    names = form.keys() - form.asked if isinstance(form, ReadFields) else set()
    return sorted(name for name in names | _named_in_json() if name in columns())


def _named_in_json() -> set[str]:
    """The names in a body of JSON that is short enough to be looked at."""
    length = request.content_length
    if not request.is_json or length is None or length > LONGEST_JSON:
        return set()
    body = request.get_json(silent=True)
    return set(body) if isinstance(body, dict) else set()


def _tell(answer: Response) -> Response:
    """A page that was refused read nothing and changed nothing: there is nothing to tell of it."""
    has_read = g.get("tenant") is not None and (answer.status_code < 400 or answer.status_code == 422)
    if has_read and request.method not in SAFE_METHODS and (names := unread()):
        _record(names)
    return answer


def _record(names: list[str]) -> None:
    person = signed_in()
    told = {"page": request.endpoint or "", "fields": " ".join(names[:MOST_NAMED]), "number": str(len(names))}
    try:
        with tenant_transaction(portal().databases.app, tenant().slug) as session:
            audit.record(
                session,
                actor=person.actor if person else NOBODY,
                action=ACTION,
                object_type="page",
                object_id=None,
                result="refused",
                detail=told,
                now=now(),
            )
    except Unavailable:
        log.warning("undeclared_fields", **told)
