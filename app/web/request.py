"""What the current request is about: its tenant, its one Session, who acts, what time it is.

The only place that reads the clock for pages. Must not know any room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import Flask, current_app, g, request
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from werkzeug.wrappers import Response

from app.domain.access import Actor
from app.domain.errors import NotFound, Unavailable
from app.settings import Settings
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.models import AuditEvent, AuditHead
from app.storage.wake import Waker
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective
from tenancy.in_force import ContractsInForce
from tenancy.keys import Keyring
from tenancy.loader import LoadedContract
from tenancy.resolver import HostMap
from tenancy.scope import ControlSession, TenantSession

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class GetWrote(RuntimeError):
    """A request that only reads tried to change a row other than the audit trail."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """The tenant whose host was asked."""

    slug: str
    loaded: LoadedContract

    @property
    def contract(self) -> Contract:
        """The contract in force."""
        return self.loaded.contract


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A provider group the person may work for."""

    id: UUID
    name: str
    role: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the keyboard, as the accounts room recognised them."""

    actor: Actor
    groups: tuple[GroupChoice, ...]
    session_id: UUID
    until: datetime | None = None
    """When leave to look inside a tenant ends; None for everybody who works there."""


def _nobody() -> SignedIn | None:
    return None


@dataclass(slots=True)
class Portal:
    """What one process serves from; kept in ``app.extensions['charter']``."""

    settings: Settings
    contracts: ContractsInForce
    databases: Databases
    keyring: Keyring
    files: FileStore
    waker: Waker
    recognise: Callable[[], SignedIn | None] = field(default=_nobody)
    gates: list[Callable[[], Response | None]] = field(default_factory=list)

    @property
    def tenants(self) -> Mapping[str, LoadedContract]:
        """Every contract in force, by slug."""
        return self.contracts

    @property
    def hosts(self) -> HostMap:
        """Every host that is answered for."""
        return self.contracts.hosts


def portal() -> Portal:
    """The process's own parts."""
    return portal_of(current_app)


def portal_of(app: Flask) -> Portal:
    """The parts of an application, outside a request."""
    found: Portal = app.extensions["charter"]
    return found


def tenant() -> Tenant:
    """The tenant of this request's host. Raises NotFound on a page that belongs to no tenant."""
    found: Tenant | None = g.get("tenant")
    if found is None:
        raise NotFound
    return found


def contract() -> Contract:
    """The contract in force at this host."""
    return tenant().contract


def in_force() -> LoadedContract:
    """The contract in force for whoever asks, also on the page of a case that keeps an older release."""
    found: LoadedContract | None = g.get("in_force")
    return found or tenant().loaded


def policy() -> Effective:
    """The credential policy at this host: the contract's, held to the platform's floor."""
    return tenant().loaded.policy


def session() -> TenantSession:
    """The one Session of this request, bound to its tenant; opened at the first call."""
    opened: TenantSession | None = g.get("session")
    if opened is None:
        opened = portal().databases.app.session(tenant().slug)
        if request.method in SAFE_METHODS:
            _refuse_writes(opened)
        g.session = opened
    return opened


def control() -> ControlSession:
    """The one Session on control of this request."""
    opened: ControlSession | None = g.get("control")
    if opened is None:
        opened = g.control = portal().databases.control.session()
    return opened


def signed_in() -> SignedIn | None:
    """Who is at the keyboard, or None."""
    found: SignedIn | None = g.get("signed_in")
    return found


def actor() -> Actor:
    """Who acts. Raises Unavailable where nobody is signed in: such a page must not ask."""
    found = signed_in()
    if found is None:
        raise Unavailable
    return found.actor


def current_group() -> UUID:
    """The provider group the person chose to work for. Raises NotFound when there is none."""
    group_id = actor().current_group
    if group_id is None:
        raise NotFound
    return group_id


def now() -> datetime:
    """The instant of this request, the same for all its parts."""
    instant: datetime | None = g.get("now")
    if instant is None:
        instant = g.now = current_app.config["CLOCK"]()
    return instant


def databases() -> Databases:
    """The databases of this process."""
    return portal().databases


def files() -> FileStore:
    """The encrypted file store."""
    return portal().files


def tenant_key() -> bytes:
    """The 32-byte key of this request's tenant, for sealing secrets at rest."""
    return portal().keyring.key_for(tenant().slug)


def is_partial() -> bool:
    """Whether htmx asked for a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def commit_anyway() -> None:
    """Keep what was written although the answer refuses: for counting failed attempts, nothing else."""
    g.commits_anyway = True


def _refuse_writes(opened: TenantSession) -> None:
    @event.listens_for(opened, "before_flush")
    def _no_flush(flushed: TenantSession, *_: object) -> None:
        if flushed.new or flushed.deleted or any(flushed.is_modified(row) for row in flushed.dirty):
            raise GetWrote("a GET changed a row")

    @event.listens_for(opened, "do_orm_execute")
    def _no_statement(state: ORMExecuteState) -> None:
        if not (state.is_insert or state.is_update or state.is_delete):
            return
        if getattr(state.statement, "table", None) not in (AuditEvent.__table__, AuditHead.__table__):
            raise GetWrote("a GET sent a statement that writes")
