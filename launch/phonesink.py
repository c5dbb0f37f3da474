"""A telephone gateway for the demo and the tests: takes messages and calls as Twilio does, keeps each as a file.

Run as ``python -m launch.phonesink FOLDER ADDRESS_FILE [PORT]``: it writes the port it listens on into the file. What
it takes lies in the folder as a mail to the number, so that the demo's mailbox shows it. Sends nothing on.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
from email.message import EmailMessage
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

_PATH = re.compile(r"/2010-04-01/Accounts/[^/]+/(Messages|Calls)\.json")
_MOST_BYTES = 64 * 1024


class Taker(BaseHTTPRequestHandler):
    """Takes one message or call."""

    folder: Path
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        """Keep what was asked to be sent or said."""
        found = _PATH.fullmatch(self.path)
        length = int(self.headers.get("Content-Length", 0))
        form = {
            name: values[0] for name, values in parse_qs(self.rfile.read(min(length, _MOST_BYTES)).decode()).items()
        }
        if found is None or not self.headers.get("Authorization", "").startswith("Basic "):
            self._answer(404 if found is None else 401, {"code": 20404, "message": "not found"})
        elif not form.get("To", "").startswith("+"):
            self._answer(400, {"code": 21211, "message": "Invalid 'To' Phone Number"})
        else:
            sid = ("CA" if found.group(1) == "Calls" else "SM") + secrets.token_hex(16)
            keep(self.folder, form)
            self._answer(201, {"sid": sid, "status": "queued"})

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Numbers are nobody's business, not even a log's."""


def keep(folder: Path, form: dict[str, str]) -> None:
    """Write a message or the words of a call as a mail."""
    is_call = "Twiml" in form
    mail = EmailMessage()
    mail["From"] = form.get("From", "")
    mail["To"] = form["To"]
    extension = form.get("SendDigits", "").strip("w")
    called = f"Telephone call, extension {extension}" if extension else "Telephone call"
    mail["Subject"] = called if is_call else "Text message"
    mail["Date"] = formatdate(time.time(), usegmt=True)
    mail.set_content(re.sub(r"<[^>]+>", " ", form["Twiml"]).strip() if is_call else form.get("Body", ""))
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    part = folder / f".{name}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(mail.as_bytes())
    part.rename(folder / f"{name}.eml")


def serve(folder: Path, address_file: Path, port: int = 0) -> None:
    """Listen on the port of the loopback, a free one by default, until stopped."""
    taker = type("FolderTaker", (Taker,), {"folder": folder})
    with ThreadingHTTPServer(("127.0.0.1", port), taker) as server:
        part = address_file.with_name(f".{address_file.name}.part")
        part.write_text(str(server.server_address[1]), encoding="ascii")
        part.rename(address_file)
        server.serve_forever()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    serve(Path(sys.argv[1]), Path(sys.argv[2]), int("".join(sys.argv[3:]) or 0))
