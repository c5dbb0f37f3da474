"""Proofs 3 to 6 of tenancy, and the negative control: with the binding taken away each of them fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event

from tenancy import scope
from tenancy.isolation import role_of, schema_of
from tests.rooms.tenancy.proofs import (
    World,
    prove_no_canary_of_another,
    prove_nothing_runs_without_a_tenant,
    prove_one_connection_serves_in_turn,
    prove_statistics_stand_still,
)


def test_no_row_of_another_tenant_is_ever_read(canaried: World) -> None:
    prove_no_canary_of_another(canaried)


def test_working_as_one_tenant_leaves_the_other_tenants_statistics_still(canaried: World) -> None:
    prove_statistics_stand_still(canaried)


def test_every_query_without_a_tenant_raises(world: World) -> None:
    prove_nothing_runs_without_a_tenant(world)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_pooled_connection_serves_tenants_in_turn_through_errors_savepoints_and_kills(
    world: World, seed: int
) -> None:
    prove_one_connection_serves_in_turn(world, turns=40, seed=seed)


PROOFS: dict[str, Callable[[World], None]] = {
    "canaries": prove_no_canary_of_another,
    "statistics": prove_statistics_stand_still,
    "no tenant": prove_nothing_runs_without_a_tenant,
    "one connection": lambda world: prove_one_connection_serves_in_turn(world, turns=40, seed=1),
}


@contextmanager
def begin_hook(world: World, instead: Callable[[Connection], None] | None) -> Iterator[None]:
    """The world with its begin hook taken away, or with another in its place, also in pools made meanwhile."""
    ours = scope._open_transaction
    engine = world.databases.app.engine
    event.remove(engine, "begin", ours)
    hook = instead or _do_nothing
    event.listen(engine, "begin", hook)
    engine.dispose()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scope, "_open_transaction", hook)
            yield
    finally:
        event.remove(engine, "begin", hook)
        event.listen(engine, "begin", ours)
        engine.dispose()


def _do_nothing(_connection: Connection) -> None:
    pass


@pytest.mark.parametrize("name", PROOFS)
def test_with_the_begin_hook_removed_the_proof_fails(canaried: World, name: str) -> None:
    with begin_hook(canaried, None), pytest.raises((Exception, pytest.fail.Exception)):
        PROOFS[name](canaried)


@pytest.mark.parametrize("name", PROOFS)
def test_with_a_hook_that_binds_one_tenant_for_all_the_proof_fails_by_its_own_words(canaried: World, name: str) -> None:
    def bind_theirs(connection: Connection) -> None:
        binding = scope.tenant_binding(canaried.theirs)
        connection.exec_driver_sql(binding.message.decode(), execution_options={"charter_opening": binding})

    with begin_hook(canaried, bind_theirs), pytest.raises((AssertionError, pytest.fail.Exception)):
        PROOFS[name](canaried)


def test_the_binding_names_the_tenants_role_and_schema() -> None:
    message = scope.tenant_binding("made_up").message.decode()
    assert f'SET LOCAL ROLE "{role_of("made_up")}"' in message
    assert f'SET LOCAL search_path TO "{schema_of("made_up")}", pg_temp' in message
    assert "SET LOCAL statement_timeout TO 15000" in message
