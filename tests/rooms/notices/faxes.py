"""Phaxio's API v2 on this machine, after its published documents: queueing, telling the status, finding by tag."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "key", "secret"


@dataclass
class Fax:
    """A fax the service took."""

    id: int
    to: str
    tag: str
    pdf: bytes
    status: str = "queued"


@dataclass
class FaxService:
    """What the service took, and the trouble it is told to make."""

    port: int = 0
    sent: list[Fax] = field(default_factory=list)
    answers_lost: int = 0
    refuses_with: int = 0
    refuses_body: bytes = b'{"success": false, "message": "no"}'

    @property
    def address(self) -> str:
        """What the settings name it by."""
        return f"phaxio+http://{KEY}:{SECRET}@127.0.0.1:{self.port}/v2"


class _Desk(BaseHTTPRequestHandler):
    """One exchange with the service."""

    service: FaxService

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_stopped():
            return
        fax = self._fax(body)
        self.service.sent.append(fax)
        if self.service.answers_lost:
            self.service.answers_lost -= 1
            self.close_connection = True
            return
        self._tell({"id": fax.id})

    def do_GET(self) -> None:
        if self._is_stopped():
            return
        parts = urlsplit(self.path)
        last = parts.path.rpartition("/")[2]
        if last == "faxes":
            tag = parse_qs(parts.query)["tag[delivery]"][0]
            self._tell([{"id": fax.id} for fax in self.service.sent if fax.tag == tag])
        else:
            self._tell({"id": int(last), "status": self.service.sent[int(last) - 1].status})

    def _fax(self, body: bytes) -> Fax:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message: Any = BytesParser().parsebytes(head + body)
        parts = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in message.get_payload()
        }
        return Fax(len(self.service.sent) + 1, parts["to"].decode(), parts["tag[delivery]"].decode(), parts["file"])

    def _is_stopped(self) -> bool:
        wanted = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if self.headers["Authorization"] != wanted:
            self._answer(401, b'{"success": false}')
        elif self.service.refuses_with:
            self._answer(self.service.refuses_with, self.service.refuses_body)
        else:
            return False
        return True

    def _tell(self, data: Any) -> None:
        self._answer(200, json.dumps({"success": True, "message": "", "data": data}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def fax_service() -> Iterator[FaxService]:
    """Serve until the block ends."""
    service = FaxService()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Desk", (_Desk,), {"service": service}))
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
