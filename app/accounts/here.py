"""What the pages of the accounts room ask of the request at hand: the tenant's secrets, how links are sent.

Must not know any service.
"""

from __future__ import annotations

from app.accounts.links import Sending
from app.accounts.passkeys import RelyingParty
from app.accounts.secrets import TenantSecrets
from app.web.request import contract, policy, portal, tenant_key


def secrets() -> TenantSecrets:
    """The secrets of this request's tenant."""
    return TenantSecrets(tenant_key())


def sending() -> Sending:
    """How links and codes are sent at this host; their addresses come from the settings, never from the request."""
    return Sending(policy(), secrets(), portal().settings.url(contract().identity.subdomain))


def link_minutes() -> int:
    """Minutes a link works here, for pages that speak of it."""
    return int(policy().link_life.total_seconds() // 60)


def relying_party() -> RelyingParty:
    """Who asks for passkeys here: the tenant's own host and origin."""
    settings, subdomain = portal().settings, contract().identity.subdomain
    return RelyingParty(settings.host(subdomain), settings.url(subdomain).rstrip("/"), contract().brand.product)
