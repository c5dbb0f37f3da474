"""Asks a virus scanner about the bytes of a file: ClamAV's ``clamd`` over its INSTREAM command, by TCP or socket.

Must not know documents or tables. Nothing is ever taken for clean that the scanner did not call clean.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

_SECONDS = 30.0
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
_USUAL_PORT = 3310


class ScannerAway(Exception):
    """The scanner could not be reached, or broke off: asking again is right."""


class ScannerRefused(Exception):
    """The scanner answered that it cannot look at this file; asking again is of no use."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A ``clamd`` at a host and port, or at a socket of this machine."""

    host: str = ""
    port: int = _USUAL_PORT
    path: str = ""

    @classmethod
    def at(cls, address: str) -> Scanner:
        """From ``clamd://HOST:PORT`` or ``clamd:/path/of/the/socket``. Raises ValueError for anything else."""
        parts = urlsplit(address)
        if parts.scheme != "clamd" or not (parts.hostname or parts.path.strip("/")):
            raise ValueError("a scanner's address is clamd://HOST:PORT or clamd:/path/of/the/socket")
        if parts.hostname:
            return cls(host=parts.hostname, port=parts.port or _USUAL_PORT)
        return cls(path=parts.path)

    def look_at(self, pieces: Iterable[bytes]) -> str:
        """The name of what was found, empty for a clean file. Raises ScannerAway, ScannerRefused."""
        try:
            with closing(self._connected()) as wire:
                _send(wire, pieces)
                return _verdict(_answer(wire))
        except (OSError, EOFError) as error:
            raise ScannerAway(type(error).__name__) from None

    def _connected(self) -> socket.socket:
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=_SECONDS)
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(_SECONDS)
        try:
            wire.connect(self.path)
        except OSError:
            wire.close()
            raise
        return wire


def _send(wire: socket.socket, pieces: Iterable[bytes]) -> None:
    """The command, then each piece after its length, then a length of 0."""
    wire.sendall(b"zINSTREAM\0")
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            part = piece[start : start + _PIECE]
            wire.sendall(struct.pack("!I", len(part)) + part)
    wire.sendall(struct.pack("!I", 0))


def _answer(wire: socket.socket) -> str:
    """The one answer, which ends with a zero byte. Raises EOFError when the scanner breaks off."""
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        more = wire.recv(_LONGEST_ANSWER)
        if not more:
            raise EOFError
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(said: str) -> str:
    """``stream: OK`` is clean, ``stream: NAME FOUND`` is not; anything else is no verdict."""
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND") or "unnamed"
    raise ScannerRefused("the scanner gave no verdict")
