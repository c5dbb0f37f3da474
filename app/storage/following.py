"""Keeps a running process's contracts up to date: one small query a second, in a thread of its own.

The control plane away: what is in force stays, and the next second tries again. Must not know what a contract says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from app.domain.errors import Unavailable
from tenancy.in_force import ContractsInForce
from tenancy.scope import ControlDatabase

EVERY_SECONDS = 1.0

log = structlog.get_logger(__name__)


def refresh(contracts: ContractsInForce, control: ControlDatabase, now: datetime) -> tuple[str, ...]:
    """Look once; the slugs whose contract changed. A fault is logged and leaves everything as it is."""
    known = contracts.faults
    try:
        with control.session() as session:
            changed = contracts.refresh(session, now)
    except Unavailable:
        return ()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one release must not stop the process
        log.warning("contracts_not_refreshed", fault=type(error).__name__)
        return ()
    for slug in changed:
        log.info("contract_in_force", tenant=slug, release=contracts[slug].release[:12] if slug in contracts else None)
    for slug in contracts.faults.keys() - known.keys():
        log.warning("contract_kept", tenant=slug)
    return changed


def follow(
    contracts: ContractsInForce,
    control: ControlDatabase,
    stop: threading.Event | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> threading.Thread:
    """Refresh at once and then every second until told to stop; the thread ends with the process."""
    told = stop or threading.Event()
    refresh(contracts, control, clock())

    def run() -> None:
        while not told.wait(EVERY_SECONDS):
            refresh(contracts, control, clock())

    thread = threading.Thread(target=run, name="contracts", daemon=True)
    thread.start()
    return thread
