"""Host → slug, from a closed list made of the contracts in force. Must not know requests or forwarded headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.preview)?")


class UnknownHost(LookupError):
    """No contract in force lives at the host of this request. The host itself is not repeated."""


class AmbiguousHost(ValueError):
    """Two contracts claim the same subdomain, or one claims a name kept for the platform."""


class HostMap:
    """Every host the portal answers for. Anything else is unknown, however much it looks like one of them."""

    def __init__(
        self, subdomains: Mapping[str, str], *, base_domain: str, reserved: tuple[str, ...] = ("mail", "console", "id")
    ) -> None:
        """``subdomains`` maps slug to subdomain. Raises AmbiguousHost."""
        self._slugs: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        for slug, subdomain in subdomains.items():
            host = f"{subdomain}.{base_domain}".lower()
            if subdomain in reserved or host in self._slugs or not _LABEL.fullmatch(subdomain):
                raise AmbiguousHost(f"the subdomain of {slug} is taken, reserved or malformed")
            self._slugs[host] = slug
            self._hosts[slug] = host

    @property
    def hosts(self) -> Mapping[str, str]:
        """Slug → host name without a port, for links in mail and lists of addresses."""
        return MappingProxyType(self._hosts)

    def resolve(self, host_header: str) -> str:
        """The slug of the tenant at this ``Host`` header, with or without a port.

        Upper and lower case are one (RFC 9110 4.2.3); a trailing dot, a user part, a bracket, spaces, an
        absolute address or a port past 65535 are unknown. Raises UnknownHost.
        """
        try:
            return self._slugs[host_name(host_header)]
        except KeyError:
            raise UnknownHost("no contract lives at this host") from None


def host_name(host_header: str) -> str:
    """The name in a ``Host`` header in lower case, without its port. Raises UnknownHost for anything but a name."""
    match = _HOST.fullmatch(host_header.lower())
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        raise UnknownHost("no contract lives at this host")
    return match["name"]
