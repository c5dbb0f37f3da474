"""``charter staff``: who of the staff has signed in, and shutting somebody out at once.

Must not know what a role may do.
"""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime

import click
from sqlalchemy import select

from app.accounts.staff import set_active
from app.accounts.staff_models import StaffMember
from app.domain.errors import NotFound
from app.settings import Settings, SettingsError
from app.storage.db import Databases


@click.group()
def staff() -> None:
    """The operator's own people."""


def _databases() -> Databases:
    try:
        return Databases.from_settings(Settings.from_env(os.environ))
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@staff.command("list")
def listed() -> None:
    """Everybody of the staff who has signed in, with their last time."""
    with closing(_databases()) as databases, databases.control.session() as control:
        for one in control.scalars(select(StaffMember).order_by(StaffMember.email)):
            state = "" if one.is_active else "  deactivated"
            click.echo(f"{one.email:<40} {one.last_sign_in_at:%Y-%m-%d %H:%M} UTC  {' '.join(one.claims)}{state}")


def _set(email: str, *, is_active: bool) -> None:
    with closing(_databases()) as databases, databases.control.session() as control:
        try:
            count = set_active(control, email, is_active=is_active, now=datetime.now(UTC))
        except NotFound as error:
            raise click.ClickException("Nobody with this e-mail address has signed in.") from error
        control.commit()
    click.echo(f"{count} {'let in again' if is_active else 'shut out'}")


@staff.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Shut a person out of every place at once."""
    _set(email, is_active=False)


@staff.command("reactivate")
@click.argument("email")
def reactivate(email: str) -> None:
    """Let a person sign in again."""
    _set(email, is_active=True)
