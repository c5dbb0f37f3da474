"""Finds the contract that a submitted case lives under, in a page and in a worker alike. Must not know cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from app.domain.errors import Unavailable
from tenancy.in_force import ContractsInForce
from tenancy.keeping import kept
from tenancy.loader import LoadedContract
from tenancy.previews import is_preview
from tenancy.releases import ReleaseUnknown
from tenancy.scope import ControlDatabase
from tenancy.stored import StoredUnreadable

ForRelease = Callable[[str], LoadedContract]
"""The contract for a case submitted under the release of this hash."""

log = structlog.get_logger(__name__)


def contract_for(
    contracts: Mapping[str, LoadedContract], control: ControlDatabase, present: LoadedContract, release: str
) -> LoadedContract:
    """The contract of a case submitted under ``release``; ``present`` is what is in force for whoever asks.

    A preview's made-up cases follow the draft that is looked at. Raises Unavailable when that release is not known or
    cannot be read: a case in flight is never judged by rules it was not submitted under.
    """
    if release == present.release or is_preview(present.slug) or not isinstance(contracts, ContractsInForce):
        return present
    try:
        with control.session() as session:
            return kept(present, contracts.release(session, present.slug, release))
    except (ReleaseUnknown, StoredUnreadable) as error:
        log.warning("release_unreadable", tenant=present.slug, release=release[:12], fault=type(error).__name__)
        raise Unavailable from error
