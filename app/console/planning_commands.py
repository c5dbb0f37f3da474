"""``charter contract plan``: what a contract changes, for whom, before anybody publishes it."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from app.console.contract_commands import contract, loaded_from
from app.console.planning import CaseEffects, effects_on_cases, lines_of, plan_of
from app.console.release_commands import control, in_force
from app.settings import Settings
from app.storage.db import Databases
from tenancy.contract import Contract

existing = click.Path(path_type=Path, dir_okay=False, exists=True)


@contract.command(name="plan")
@click.argument("file", type=existing)
@click.option("--against", type=existing, help="Another file; the release in force unless given. Needs no database.")
def plan(file: Path, against: Path | None) -> None:
    """Say in plain words what the contract FILE changes, for whom, and which open cases it meets."""
    new = loaded_from(file)
    if against is not None:
        before = loaded_from(against)
        made = plan_of(before.contract, new, before=before)
    else:
        with control() as session:
            old = in_force(session, new.slug)
        made = plan_of(old, new, effects=_effects(new.slug, old, new.contract) if old else None)
    for line in lines_of(made):
        click.echo(line)


def _effects(slug: str, old: Contract, new: Contract) -> CaseEffects:
    settings = Settings.from_env(os.environ)
    with closing(Databases.from_settings(settings)) as databases, databases.app.session(slug) as session:
        return effects_on_cases(session, old, new, now=datetime.now(UTC))
