"""Fetching a document from an identity provider: named hosts only, no redirect, three seconds, 256 KiB.

The address a name resolves to is judged and then connected to, so that a name cannot change its mind between the
two. Must not know what the document means.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

SECONDS = 3.0
MOST_BYTES = 256 * 1024
_PORTS = {"https": 443, "http": 80}
_TLS = ssl.create_default_context()
_resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolver")


class FetchRefused(Exception):
    """The document was not fetched; the text names the rule, never what was answered."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A status and a body of at most 256 KiB."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Outward:
    """The hosts that may be asked, each ``host`` or ``host:port`` as it stands in an address.

    ``is_development`` lets plain HTTP and addresses of this machine through, and nothing else.
    """

    hosts: frozenset[str]
    is_development: bool = False

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be asked. Raises FetchRefused."""
        try:
            parts = urlsplit(url)
            is_odd = parts.port == 0 or bool(parts.username or parts.password or parts.fragment)
        except ValueError as error:
            raise FetchRefused("the address cannot be read") from error
        if parts.scheme != "https" and not (self.is_development and parts.scheme == "http"):
            raise FetchRefused("only https is asked")
        if is_odd or not url.isprintable() or parts.netloc.lower() not in self.hosts:
            raise FetchRefused("the host is not on the list")
        return parts

    def fetch(self, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Fetched:
        """GET an address, or POST a body to it. Raises FetchRefused for anything but an answer of 2xx or 4xx."""
        parts = self.check(url)
        until = time.monotonic() + SECONDS
        try:
            with _connection(parts, self._address(parts, until), until) as asking:
                fetched = _asked(asking, parts, body, headers or {})
            _left(until)  # an answer without a length that was cut off looks whole
            return fetched
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchRefused("the other side did not answer as it should") from error

    def _address(self, parts: SplitResult, until: float) -> tuple[str, int]:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if self.is_development and (host == "localhost" or host.endswith(".localhost")):
            return "127.0.0.1", port  # RFC 6761 6.3, which not every resolver follows
        try:
            found = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(_left(until))
        except (TooSlow, UnicodeError) as error:
            raise FetchRefused("the name was not found in time") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not (self.is_development or all(map(is_public, addresses))):
            raise FetchRefused("the name leads to an address inside")
        return addresses[0], port


def is_public(address: str) -> bool:
    """Whether an address is on the open internet: not private, link-local, loopback, shared, or one wrapped in IPv6."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner or found in _NAT64:
            return False
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _asked(
    asking: http.client.HTTPConnection, parts: SplitResult, body: bytes | None, headers: Mapping[str, str]
) -> Fetched:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    plain = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    asking.request("GET" if body is None else "POST", path, body=body, headers={**headers, **plain})
    answer = asking.getresponse()
    if not (200 <= answer.status < 300 or 400 <= answer.status < 500):
        raise FetchRefused("the other side sent elsewhere or failed")
    if answer.getheader("Content-Encoding", "identity") != "identity":
        raise FetchRefused("the answer is packed")
    read = answer.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise FetchRefused("the answer is too long")
    return Fetched(answer.status, read)


@contextmanager
def _connection(parts: SplitResult, address: tuple[str, int], until: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to the judged address that is cut off when the time is over, however slowly bytes drip."""
    held = [socket.create_connection(address, timeout=_left(until))]
    watch = threading.Timer(_left(until), lambda: _cut(held[0]))
    watch.daemon = True
    watch.start()
    try:
        if parts.scheme == "https":
            secured = _TLS.wrap_socket(held[0], server_hostname=parts.hostname, do_handshake_on_connect=False)
            held[0] = secured
            secured.do_handshake()
        made = http.client.HTTPConnection(parts.netloc)
        made.sock = held[0]
        yield made
    finally:
        watch.cancel()
        held[0].close()


def _cut(wire: socket.socket) -> None:
    with suppress(OSError):  # it may be closed already
        wire.shutdown(socket.SHUT_RDWR)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise FetchRefused("the time is over")
    return left
