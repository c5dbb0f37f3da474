"""Which contracts are in force, for commands: those of the folder, and what was published since. Knows no page."""

from __future__ import annotations

from datetime import datetime

from app.settings import Settings
from app.storage.db import Databases
from tenancy.in_force import ContractsInForce
from tenancy.loader import load_directory
from tenancy.previews import is_preview


def contracts_in_force(settings: Settings, databases: Databases, *, now: datetime) -> ContractsInForce:
    """What every serving process holds at this moment; a state published without a file is there too."""
    held = ContractsInForce(load_directory(settings.contracts_dir), base_domain=settings.base_domain)
    with databases.control.session() as control:
        held.refresh(control, now)
    return held


def slugs_in_force(settings: Settings, databases: Databases, *, now: datetime) -> tuple[str, ...]:
    """Every tenant that is served, previews aside, by name."""
    return tuple(sorted(slug for slug in contracts_in_force(settings, databases, now=now) if not is_preview(slug)))
