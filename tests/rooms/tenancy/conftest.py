"""Two tenants of the test database, plain or with canaries planted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.storage.db import Databases
from tests.databases import Clone, contract_slugs
from tests.rooms.tenancy.proofs import World, plant_canaries


@pytest.fixture
def world(databases: Databases, clone: Clone) -> World:
    """Two tenants of this process's database."""
    ours, theirs = contract_slugs()[:2]
    return World(databases=databases, superuser=clone.dsns.superuser, ours=ours, theirs=theirs)


@pytest.fixture(scope="package")
def canaried(database_server: str) -> Iterator[World]:
    """The same with a canary in every text column of both tenants, on a database made for it alone."""
    clone = Clone.made(database_server, "canaries")
    databases = _pools(clone)
    ours, theirs = contract_slugs()[:2]
    world = World(databases=databases, superuser=clone.dsns.superuser, ours=ours, theirs=theirs)
    try:
        assert plant_canaries(world, ours) == plant_canaries(world, theirs) > 20
        yield world
    finally:
        databases.close()
        clone.drop()


def _pools(clone: Clone) -> Databases:
    from tenancy.scope import ControlDatabase, TenantDatabase

    return Databases(app=TenantDatabase(clone.dsns.app), control=ControlDatabase(clone.dsns.control))
