"""ClamAV's daemon on this machine, as far as INSTREAM goes: it knows one virus, the test file of EICAR."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.rooms.cases.files import EICAR


@dataclass
class Clamd:
    """What the daemon was shown, and the trouble it is told to make."""

    address: str = ""
    seen: list[bytes] = field(default_factory=list)
    breaks_off: bool = False
    answers: bytes = b""


class _Desk(socketserver.StreamRequestHandler):
    """One exchange: the command, pieces after their lengths, a length of 0, one answer."""

    daemon: Clamd

    def handle(self) -> None:
        assert self.rfile.read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.daemon.seen.append(content)
        if self.daemon.breaks_off:
            return
        verdict = b"stream: Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"stream: OK"
        self.wfile.write((self.daemon.answers or verdict) + b"\0")


@contextmanager
def clamd() -> Iterator[Clamd]:
    """The daemon while the block lasts."""
    made = Clamd()
    desk = type("Desk", (_Desk,), {"daemon": made})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), desk) as server:
        made.address = f"clamd://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, name="clamd")
        thread.start()
        yield made
        server.shutdown()
        thread.join()
