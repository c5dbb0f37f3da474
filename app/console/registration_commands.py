"""``charter registrations``: first claims that wait for staff, and every other request to join. Must not know pages."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import UUID

import click

from app.accounts import claims
from app.console.serving import contracts_in_force
from app.domain.access import SYSTEM
from app.domain.errors import NotFound
from app.settings import Settings
from app.storage.db import Databases


@click.group()
def registrations() -> None:
    """Requests to join provider organizations: list, accept, decline."""


@registrations.command(name="list")
@click.argument("slug")
def list_them(slug: str) -> None:
    """The open requests of the tenant SLUG, oldest first."""
    settings = Settings.from_env(os.environ)
    with Databases.from_settings(settings).app.session(slug) as session:
        for one in claims.list_requests(session, SYSTEM):
            click.echo(f"{one.id}  {one.asked_at:%Y-%m-%d %H:%M}Z  {one.provider_name}  {one.person} <{one.email}>")


@registrations.command()
@click.argument("slug")
@click.argument("request_id", type=click.UUID)
def accept(slug: str, request_id: UUID) -> None:
    """Take the person in; where nobody registered the organization yet, as its administrator."""
    _decide(slug, request_id, is_accepted=True)


@registrations.command()
@click.argument("slug")
@click.argument("request_id", type=click.UUID)
def decline(slug: str, request_id: UUID) -> None:
    """Refuse."""
    _decide(slug, request_id, is_accepted=False)


def _decide(slug: str, request_id: UUID, *, is_accepted: bool) -> None:
    settings = Settings.from_env(os.environ)
    databases = Databases.from_settings(settings)
    loaded = contracts_in_force(settings, databases, now=datetime.now(UTC)).get(slug)
    if loaded is None:
        raise click.ClickException(f"There is no contract '{slug}'.")
    with databases.app.session(slug) as session:
        try:
            now = datetime.now(UTC)
            claims.decide(session, loaded.contract, request_id, is_accepted=is_accepted, actor=SYSTEM, now=now)
        except NotFound as error:
            raise click.ClickException("There is no such open request.") from error
        session.commit()
    click.echo("Accepted." if is_accepted else "Declined.")
