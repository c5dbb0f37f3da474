"""``charter cases``: checks over the stored cases. Must not know pages."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime

import click

from app.cases.standing import walk
from app.console.serving import slugs_in_force
from app.settings import Settings
from app.storage.db import Databases


@click.group()
def cases() -> None:
    """Checks over the stored cases."""


@cases.command()
@click.argument("slug", required=False)
def check(slug: str | None) -> None:
    """Compute every status again from the events, of the tenant SLUG or of all; exit code 1 when one differs."""
    settings = Settings.from_env(os.environ)
    with closing(Databases.from_settings(settings)) as databases:
        known = slugs_in_force(settings, databases, now=datetime.now(UTC))
        if slug is not None and slug not in known:
            raise click.ClickException(f"There is no contract '{slug}'.")
        differing = sum([_check(databases, one) for one in ((slug,) if slug else known)])
    if differing:
        raise SystemExit(1)


def _check(databases: Databases, slug: str) -> int:
    """How many statuses of a tenant differ; each is told on a line of its own."""
    looked_at = differing = 0
    with databases.app.session(slug) as session:
        for walked in walk(session):
            looked_at += walked.count
            differing += len(walked.differences)
            for one in walked.differences:
                click.echo(
                    f"{slug}: {one.number} {one.what}: stored {one.stored}, events say {one.told} [{one.case_id}]"
                )
    said = f"{differing} differ" if differing else "every status is what its events lead to"
    click.echo(f"{slug}: {looked_at} cases, {said}")
    return differing
