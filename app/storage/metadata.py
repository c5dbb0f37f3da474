"""Every table of every room, for migrations and for tests that walk all models.

Knows the rooms' model modules by name only; a room that is not there yet has no tables.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from app.storage.db import ControlBase, TenantBase

MODEL_MODULES = (
    "app.storage.registry",
    "app.storage.models",
    "app.accounts.models",
    "app.accounts.enrolment_models",
    "app.accounts.recovery_models",
    "app.accounts.staff_models",
    "app.accounts.profile_models",
    "app.directory.models",
    "app.cases.models",
    "app.cases.clock_models",
    "app.cases.requirement_models",
    "app.notices.models",
    "app.reviews.models",
    "app.reviews.after_models",
    "app.console.models",
)


def import_models() -> None:
    """Import every room's models, so that the two metadata hold every table."""
    for name in MODEL_MODULES:
        if find_spec(name.rpartition(".")[0]) is not None and find_spec(name) is not None:
            import_module(name)


def tenant_metadata() -> MetaData:
    """The tables of a tenant's schema."""
    import_models()
    return TenantBase.metadata


def control_metadata() -> MetaData:
    """The tables of schema ``control``."""
    import_models()
    return ControlBase.metadata
