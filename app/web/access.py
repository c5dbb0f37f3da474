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
from uuid import UUID

from flask import current_app, g, redirect, request, url_for
from werkzeug.exceptions import BadRequest, MisdirectedRequest
from werkzeug.wrappers import Response

from app.domain.access import ActorKind, Permission, may
from app.domain.errors import DomainError, Forbidden, NotFound
from app.web import csrf
from app.web.request import SAFE_METHODS, Tenant, contract, is_partial, portal
from tenancy.contract import Contract
from tenancy.resolver import UnknownHost, host_name

View = TypeVar("View", bound=Callable[..., Any])
_RULE = "__charter_access__"
_LIMIT = "__charter_body_limit__"
_SMALL_FORM_BYTES = 32 * 1024
DEFAULT_BODY_BYTES = 256 * 1024
CONSOLE_HOST = "console"
"""The label of the console's host before the base domain."""
CONSOLE_FRONT, CONSOLE_SIGN_IN, STAFF_FRONT = "console.contracts", "staff.console_sign_in", "staff.front"


class Scope(StrEnum):
    """Where a page is served and to whom.

    TENANT and PUBLIC: at a tenant's host, to people with a permission or to anybody. CONSOLE: at the console's host,
    to staff with a permission. DOOR: at both, where the staff come in and go out. CONTROL: at any host, to anybody.
    MACHINE: at the console's host, to a program that shows the token the view asks for.
    """

    TENANT = "tenant"
    PUBLIC = "public"
    CONSOLE = "console"
    DOOR = "door"
    CONTROL = "control"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What was declared at a view; any one of the permissions opens it."""

    scope: Scope
    permissions: tuple[Permission, ...] = ()


_SERVED = {
    True: frozenset({Scope.CONSOLE, Scope.DOOR, Scope.MACHINE}),
    False: frozenset({Scope.TENANT, Scope.PUBLIC, Scope.DOOR}),
}


class UndeclaredView(RuntimeError):
    """A view says nothing about who may open it."""


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Only a signed-in person who holds one of these permissions in one of their groups."""
    if not permissions:
        raise UndeclaredView("requires() names at least one permission")
    return _declare(AccessRule(Scope.TENANT, permissions))


def console(*permissions: Permission) -> Callable[[View], View]:
    """Only staff who hold one of these permissions, at the console's host; at any other host there is no such page."""
    if not permissions:
        raise UndeclaredView("console() names at least one permission")
    return _declare(AccessRule(Scope.CONSOLE, permissions))


def door(*permissions: Permission) -> Callable[[View], View]:
    """A page the staff come in or go out by, at a tenant's host and at the console's; anybody where none is named."""
    return _declare(AccessRule(Scope.DOOR, permissions))


def public(view: View) -> View:
    """Anybody at a tenant's host."""
    return _declare(AccessRule(Scope.PUBLIC))(view)


def control_route(view: View) -> View:
    """Anybody at any host; the page belongs to no tenant."""
    return _declare(AccessRule(Scope.CONTROL))(view)


def machine(view: View) -> View:
    """A program at the console's host; the view asks for its token. At any other host there is no such page."""
    return _declare(AccessRule(Scope.MACHINE))(view)


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
    g.is_console = is_console_host()
    g.tenant = None if g.is_console else _tenant_of_host()
    g.signed_in = portal().recognise()
    if g.tenant is not None and g.signed_in is not None:
        g.tenant = _tenant_for(g.tenant.slug, g.signed_in.actor.current_group)
    if view is None:
        return None  # no such page or method: routing has its own answer
    if rule is None:
        raise UndeclaredView(str(request.endpoint))
    if rule.scope not in _SERVED[g.is_console]:
        return _front_door()
    return _admitted(view, rule)


def _admitted(view: Callable[..., Any], rule: AccessRule) -> Response | None:
    """What the page declares, in the order the house gives."""
    request.max_content_length = _body_bytes(view)
    if rule.permissions and g.signed_in is None:
        return _to_sign_in()
    if request.method not in SAFE_METHODS:
        _refuse_senseless_sizes()
        csrf.check()
    if rule.permissions and (detour := _detour()) is not None:
        return detour
    if rule.permissions and not any(may(g.signed_in.actor, wanted) for wanted in rule.permissions):
        return _front_door(Forbidden)
    return None


def _detour() -> Response | None:
    """Where a signed-in person must go first; the rooms say so, in the order they were installed."""
    return next((answer for gate in portal().gates if (answer := gate()) is not None), None)


def is_console_host() -> bool:
    """Whether this request asked the console's host. Raises MisdirectedRequest for a host that is no name at all."""
    try:
        return host_name(request.headers.get("Host", "")) == portal().settings.host(CONSOLE_HOST)
    except UnknownHost:
        raise MisdirectedRequest from None


def _front_door(otherwise: type[DomainError] = NotFound) -> Response:
    """Staff who ask for a host's first page are shown to theirs; every other page is refused."""
    if request.path == "/" and request.method == "GET" and (g.is_console or g.signed_in.actor.kind is ActorKind.STAFF):
        return redirect(url_for(CONSOLE_FRONT if g.is_console else STAFF_FRONT), 303)
    raise otherwise


def _tenant_of_host() -> Tenant:
    try:
        slug = portal().hosts.resolve(request.headers.get("Host", ""))
        return Tenant(slug=slug, loaded=portal().tenants[slug])
    except (UnknownHost, KeyError):  # the latter: removed between the two looks
        raise MisdirectedRequest from None


def _tenant_for(slug: str, group_id: UUID | None) -> Tenant:
    """The tenant with what is switched for the person's group only."""
    return Tenant(slug=slug, loaded=portal().contracts.for_group(slug, group_id))


def _body_bytes(view: Callable[..., Any]) -> int:
    limit: int | Callable[[Contract], int] = getattr(view, _LIMIT, DEFAULT_BODY_BYTES)
    return limit(contract()) if callable(limit) else limit


def _refuse_senseless_sizes() -> None:
    limit, told = request.max_content_length or 0, request.content_length
    if told is not None and told > limit and limit <= _SMALL_FORM_BYTES:
        raise BadRequest


def _to_sign_in() -> Response:
    page = CONSOLE_SIGN_IN if g.is_console else "accounts.sign_in"
    was_idle = 1 if g.get("was_idle", False) else None
    target = url_for(page, next=request.full_path.rstrip("?") if request.method == "GET" else None, idle=was_idle)
    if is_partial():
        return Response(status=401, headers={"HX-Redirect": url_for(page, idle=was_idle)})
    return redirect(target, 303)


def safe_next(target: str) -> str:
    """A relative address to go on to, or the front page: redirects never leave the host."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if is_path and target.isprintable() and "\\" not in target else "/"
