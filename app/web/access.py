"""Who may open a page, declared at each view; a page that declares nothing is never served.

Order: tenant, who is there, declaration, size of the body, forged request, permission. Must not know any room
or how a person is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, url_for
from werkzeug.exceptions import BadRequest, MisdirectedRequest
from werkzeug.wrappers import Response

from app.domain.access import Permission, may
from app.domain.errors import Forbidden
from app.web import csrf
from app.web.request import SAFE_METHODS, Tenant, contract, is_partial, portal
from tenancy.contract import Contract
from tenancy.resolver import UnknownHost

View = TypeVar("View", bound=Callable[..., Any])
_RULE = "__charter_access__"
_LIMIT = "__charter_body_limit__"
_SMALL_FORM_BYTES = 32 * 1024
DEFAULT_BODY_BYTES = 256 * 1024


class Scope(StrEnum):
    """What a page needs: a signed-in person's permission, a tenant only, or not even that."""

    TENANT = "tenant"
    PUBLIC = "public"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What was declared at a view; any one of the permissions opens it."""

    scope: Scope
    permissions: tuple[Permission, ...] = ()


class UndeclaredView(RuntimeError):
    """A view says nothing about who may open it."""


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Only a signed-in person who holds one of these permissions in one of their groups."""
    if not permissions:
        raise UndeclaredView("requires() names at least one permission")
    return _declare(AccessRule(Scope.TENANT, permissions))


def public(view: View) -> View:
    """Anybody at a tenant's host."""
    return _declare(AccessRule(Scope.PUBLIC))(view)


def control_route(view: View) -> View:
    """Anybody at any host; the page belongs to no tenant."""
    return _declare(AccessRule(Scope.CONTROL))(view)


def body_limit(limit: int | Callable[[Contract], int]) -> Callable[[View], View]:
    """Most bytes a request to this view may carry; more is refused before it is read.

    Where only a small form is expected the answer is 400: nobody types that much, there is nothing to make smaller.
    Everywhere else it is 413.
    """

    def mark(view: View) -> View:
        setattr(view, _LIMIT, limit)
        return view

    return mark


def rule_of(view: Callable[..., Any]) -> AccessRule | None:
    """What was declared at a view, or None."""
    rule: AccessRule | None = getattr(view, _RULE, None)
    return rule


def _declare(rule: AccessRule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _RULE, rule)
        return view

    return mark


def enforce() -> Response | None:
    """Before every request: everything that can refuse it, in the order the house gives."""
    view = current_app.view_functions.get(request.endpoint or "")
    rule = rule_of(view) if view is not None else None
    if rule is not None and rule.scope is Scope.CONTROL:
        return None
    g.tenant = _tenant_of_host()
    g.signed_in = portal().recognise()
    if view is None:
        return None  # no such page or method: routing has its own answer
    if rule is None:
        raise UndeclaredView(str(request.endpoint))
    request.max_content_length = _body_bytes(view)
    if rule.scope is Scope.TENANT and g.signed_in is None:
        return _to_sign_in()
    if request.method not in SAFE_METHODS:
        _refuse_senseless_sizes()
        csrf.check()
    if rule.scope is Scope.TENANT and not any(may(g.signed_in.actor, wanted) for wanted in rule.permissions):
        raise Forbidden
    return None


def _tenant_of_host() -> Tenant:
    try:
        slug = portal().hosts.resolve(request.headers.get("Host", ""))
    except UnknownHost:
        raise MisdirectedRequest from None
    return Tenant(slug=slug, loaded=portal().tenants[slug])


def _body_bytes(view: Callable[..., Any]) -> int:
    limit = getattr(view, _LIMIT, DEFAULT_BODY_BYTES)
    return limit(contract()) if callable(limit) else limit


def _refuse_senseless_sizes() -> None:
    limit, told = request.max_content_length or 0, request.content_length
    if told is not None and told > limit and limit <= _SMALL_FORM_BYTES:
        raise BadRequest


def _to_sign_in() -> Response:
    target = url_for("accounts.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if is_partial():
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.sign_in")})
    return redirect(target, 303)


def safe_next(target: str) -> str:
    """A relative address to go on to, or the front page: redirects never leave the host."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if is_path and target.isprintable() and "\\" not in target else "/"
