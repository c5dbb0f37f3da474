"""Previews: a draft contract at an address of its own, with a schema of its own, until a set time.

A preview's tenant is named ``preview_<slug>``; unlike a real one its name may be used again. Nothing of it leaves:
whoever delivers asks :func:`is_preview`. Must not know who fills it or how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from sqlalchemy import text

from tenancy.contract import Contract
from tenancy.handover import purge_tenant
from tenancy.isolation import checked_slug
from tenancy.provisioning import TenantWasPurged, create_tenant, list_tenants
from tenancy.release import canonical_text
from tenancy.releases import Loaded, raise_version
from tenancy.scope import ControlSession
from tenancy.stored import contract_of

DatabaseFault = psycopg.Error
"""What making or removing a schema may end with."""

PREFIX = "preview_"


class NoSuchPreview(LookupError):
    """No preview of this contract is up."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that is up, or coming up while ``is_ready`` is False."""

    slug: str
    tenant: str
    hash: str
    made_by: str
    saved_at: datetime
    expires_at: datetime
    is_ready: bool


def tenant_of(slug: str) -> str:
    """The name of a preview's tenant. Raises BadSlug for a contract whose name leaves no room for it."""
    return checked_slug(f"{PREFIX}{slug}")


def is_preview(tenant: str) -> bool:
    """Whether a tenant is a preview, of which nothing may leave."""
    return tenant.startswith(PREFIX)


def keep_preview(
    session: ControlSession, loaded: Loaded, *, by: str, now: datetime, until: datetime, is_ready: bool
) -> None:
    """Show this content at the preview's address, or hold it until its people are there. The caller commits."""
    session.execute(
        text(
            "INSERT INTO control.preview (slug, tenant, hash, content, made_by, saved_at, expires_at, is_ready)"
            " VALUES (:slug, :tenant, :hash, :content, :by, :now, :until, :is_ready) ON CONFLICT (slug) DO UPDATE SET"
            " hash = :hash, content = :content, made_by = :by, saved_at = :now, expires_at = :until,"
            " is_ready = :is_ready"
        ),
        {
            "slug": loaded.slug, "tenant": tenant_of(loaded.slug), "hash": loaded.release,
            "content": canonical_text(loaded.contract), "by": by, "now": now, "until": until, "is_ready": is_ready,
        },
    )  # fmt: skip
    raise_version(session, tenant_of(loaded.slug))


def list_previews(session: ControlSession) -> tuple[Preview, ...]:
    """Every preview, by slug; those whose time is over too, until they are taken down."""
    rows = session.execute(
        text("SELECT slug, tenant, hash, made_by, saved_at, expires_at, is_ready FROM control.preview ORDER BY slug")
    )
    return tuple(Preview(*row) for row in rows)


def take_down(session: ControlSession, slug: str) -> None:
    """Stop showing a preview. Raises NoSuchPreview. The caller commits, then removes its tenant."""
    gone = session.execute(text("DELETE FROM control.preview WHERE slug = :slug RETURNING slug"), {"slug": slug})
    if gone.first() is None:
        raise NoSuchPreview(f"No preview of {slug} is up.")
    raise_version(session, tenant_of(slug))


def contract_to_show(session: ControlSession, slug: str) -> Contract:
    """What a preview is of. Raises NoSuchPreview, StoredUnreadable."""
    row = session.execute(text("SELECT content, hash FROM control.preview WHERE slug = :slug"), {"slug": slug}).first()
    if row is None:
        raise NoSuchPreview(f"No preview of {slug} is up.")
    return contract_of(row.content, row.hash)


def make_ready(session: ControlSession, slug: str) -> None:
    """Its people are there: show it. The caller commits."""
    session.execute(text("UPDATE control.preview SET is_ready = true WHERE slug = :slug"), {"slug": slug})
    raise_version(session, tenant_of(slug))


def end_preview(session: ControlSession, slug: str, *, now: datetime) -> None:
    """Show it no more; whoever tends previews removes its schema. Raises NoSuchPreview. The caller commits."""
    ended = text("UPDATE control.preview SET expires_at = :now WHERE slug = :slug AND expires_at > :now RETURNING slug")
    if session.execute(ended, {"slug": slug, "now": now}).first() is None:
        raise NoSuchPreview(f"No preview of {slug} is up.")
    raise_version(session, tenant_of(slug))


def make_tenant(dsn_migrate: str, slug: str) -> bool:
    """Make the preview's schema; False when it is there already."""
    tenant = tenant_of(slug)
    if tenant in {one.slug for one in list_tenants(dsn_migrate) if one.purged_at is None}:
        return False
    try:
        create_tenant(dsn_migrate, tenant)
    except TenantWasPurged:  # a removal that was cut short
        _forget(dsn_migrate, tenant)
        create_tenant(dsn_migrate, tenant)
    return True


def remove_tenant(dsn_migrate: str, slug: str) -> None:
    """Drop the preview's schema and roles and forget its name, so that it may come up again."""
    tenant = tenant_of(slug)
    purge_tenant(dsn_migrate, tenant)
    _forget(dsn_migrate, tenant)


def _forget(dsn_migrate: str, tenant: str) -> None:
    with psycopg.connect(dsn_migrate) as connection:
        connection.execute("DELETE FROM control.tenant_key WHERE slug = %s", (tenant,))
        connection.execute("DELETE FROM control.tenant WHERE slug = %s", (tenant,))
