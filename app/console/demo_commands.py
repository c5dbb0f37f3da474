"""``charter demo prepare``: code sets, made-up people of every tenant, and the file that says who may sign in.

Safe to run again: what is there is kept. Must not know how anything of it is made.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ProviderGroup
from app.accounts.secrets import TenantSecrets
from app.accounts.seeding import GROUPS_NEEDED, DemoUser, seed_demo_users
from app.cases.models import Case
from app.cases.synthetic import Owner, fill_cases
from app.directory import code_loading
from app.directory.demo_people import DEMO_MEMBERS, DEMO_PROVIDERS
from app.directory.models import Member, Provider
from app.directory.queries import get_provider
from app.directory.synthetic import fill_tenant
from app.reviews.synthetic import fill_determinations
from app.settings import Settings, SettingsError
from app.storage.db import Databases
from tenancy.contract import Contract
from tenancy.keys import Keyring
from tenancy.loader import LoadedContract, load_directory

_AT_ONCE = 2
_CASES, _CASE_DAYS = 160, 120
_MEMBERS_SHOWN = 2


@click.group()
def demo() -> None:
    """Synthetic people for a demonstration."""


@demo.command("prepare")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Who may sign in, as JSON.")
def prepare(out: Path) -> None:
    """Load the packages' code sets, fill each tenant, and write who may sign in where."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    slugs = sorted(load_directory(settings.contracts_dir).good)
    # before any connection is open, so that the processes share none
    with ProcessPoolExecutor(_AT_ONCE, mp_context=multiprocessing.get_context("fork")) as pool:
        codes = pool.submit(_load_codes)
        tenants = dict(zip(slugs, pool.map(_fill, slugs), strict=True))
        codes.result()
    _write(out, {"port": settings.port, "tenants": tenants, "mailbox": settings.url("mail")})
    click.echo(f"{len(tenants)} tenants are ready: {', '.join(tenants)}")


def _load_codes() -> None:
    databases = Databases.from_settings(Settings.from_env(os.environ))
    with closing(databases), databases.control.session() as session:
        code_loading.load_packages(session, now=datetime.now(UTC))
        session.commit()


def _fill(slug: str) -> dict[str, Any]:
    """Fill one tenant and describe it for the file."""
    settings = Settings.from_env(os.environ)
    loaded = load_directory(settings.contracts_dir).good[slug]
    with closing(Databases.from_settings(settings)) as databases:
        return fill(settings, databases, slug, loaded, cases=_CASES)


def fill(settings: Settings, databases: Databases, slug: str, loaded: LoadedContract, *, cases: int) -> dict[str, Any]:
    """Fill a tenant with made-up people and cases where it has none; who may sign in, with their passwords."""
    contract, now = loaded.contract, datetime.now(UTC)
    with databases.app.session(slug) as session:
        secrets = TenantSecrets(Keyring(databases.control, settings.master_key).key_for(slug))
        fill_tenant(session, contract, now=now)
        practices = _practices(session)
        users = seed_demo_users(session, contract, practices, secrets=secrets, now=now)
        if session.scalar(select(Case.id).limit(1)) is None:
            with databases.control.session() as control:
                owners = _owners(session, practices, users)
                fill_cases(session, control, loaded, owners, count=cases, now=now, days=_CASE_DAYS)
                fill_determinations(session, loaded)
        members, unclaimed = _members(session), _unclaimed(session)
        session.commit()
    return {**_described(settings, contract, users), "members": members, "unclaimed": unclaimed}


def _practices(session: Session) -> list[UUID]:
    """The practices that the demo's people work for, in the order they are made."""
    names = [one.name for one in DEMO_PROVIDERS[:GROUPS_NEEDED]]
    rows = session.execute(select(Provider.name, Provider.id).where(Provider.name.in_(names))).all()
    found = dict(rows)
    return [found[name] for name in names if name in found]


def _owners(session: Session, practices: list[UUID], users: tuple[DemoUser, ...]) -> list[Owner]:
    """Each practice's group and one of its people, for the cases made in the past."""
    providers = [get_provider(session, provider_id) for provider_id in practices]
    people = {group: user for user in users for group in user.group_ids}
    names = {name: group for user in users for name, group in zip(user.groups, user.group_ids, strict=True)}
    found = [(names[one.name], one) for one in providers if one.name in names]
    return [Owner(group, one, people[group].user_id, people[group].name) for group, one in found]


def _members(session: Session) -> list[dict[str, str]]:
    """Members to try the search with, as they are printed for whoever started the demo."""
    found = []
    for one in DEMO_MEMBERS[:_MEMBERS_SHOWN]:
        named = (Member.first_name == one.first_name, Member.last_name == one.last_name)
        member = session.scalars(select(Member).where(*named, Member.birth_date == one.birth_date)).first()
        if member is not None:
            name, birth = f"{member.first_name} {member.last_name}", f"{member.birth_date:%m/%d/%Y}"
            found.append({"name": name, "birth_date": birth, "member_number": member.member_number})
    return found


def _unclaimed(session: Session) -> list[dict[str, str]]:
    """An organization nobody has registered, to try the registration with."""
    taken = select(ProviderGroup.provider_id)
    statement = select(Provider).where(Provider.entity == "organization", Provider.npi.is_not(None), Provider.is_active)
    statement = statement.where(Provider.state_identifier != "", Provider.id.not_in(taken)).order_by(Provider.name)
    found = session.scalars(statement.limit(1))
    return [{"name": one.name, "npi": one.npi or "", "code": one.state_identifier} for one in found]


def _described(settings: Settings, contract: Contract, users: tuple[DemoUser, ...]) -> dict[str, Any]:
    return {
        "name": contract.identity.display,
        "url": settings.url(contract.identity.subdomain),
        "users": [
            {
                "username": user.username,
                "name": user.name,
                "email": user.email,
                "role": user.role,
                "groups": list(user.groups),
                "password": user.password,
                "totp_secret": user.totp_secret,
            }
            for user in users
        ],
    }


def _write(out: Path, summary: dict[str, Any]) -> None:
    """The file holds passwords of the demo's people: for its owner only, and whole or not there."""
    part = out.with_name(f".{out.name}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(out)
