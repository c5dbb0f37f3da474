"""A case's pages are served under the release it was submitted under, a draft's under the one in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, g, request
from werkzeug.wrappers import Response

from app.cases.queries import release_of_draft, release_of_number
from app.domain.errors import Unavailable
from app.storage.keeping import contract_for
from app.web.request import Portal, Tenant, portal, portal_of, session, tenant
from tenancy.loader import LoadedContract
from tenancy.scope import TenantSession

Find = Callable[[TenantSession, str], str | None]
NAMED: Mapping[str, Find] = {"number": release_of_number, "draft_id": release_of_draft}


def install(app: Flask, named: Mapping[str, Find] = NAMED) -> None:
    """Let the pages whose address names a case by one of these words keep the case's release."""
    found: Portal = portal_of(app)
    found.gates.append(lambda: keep_release(named))


def keep_release(named: Mapping[str, Find]) -> Response | None:
    """Serve this request under the release of the case it names. Raises Unavailable when that cannot be read."""
    word = next((one for one in named if one in (request.view_args or {})), None)
    if word is None or g.tenant is None:
        return None
    release = named[word](session(), str((request.view_args or {})[word]))
    if release is not None:
        serve_under(release)
    return None


def release_named(release: str) -> LoadedContract | None:
    """The release of this name as its draft's author knew it; None when nobody can read it any more."""
    try:
        return contract_for(portal().contracts, portal().databases.control, tenant().loaded, release)
    except Unavailable:
        return None


def serve_under(release: str) -> None:
    """From here on this request is about a case submitted under this release."""
    present = tenant().loaded
    loaded = contract_for(portal().contracts, portal().databases.control, present, release)
    if loaded is not present:
        g.in_force = present
        g.tenant = Tenant(tenant().slug, loaded)
