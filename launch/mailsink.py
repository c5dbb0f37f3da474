"""A mail server for the demo and the tests: keeps every message as a file and sends none on.

Run as ``python -m launch.mailsink FOLDER ADDRESS_FILE [PORT]``: it writes the port it listens on into the file.
A message is acknowledged only after its file has its final name. Must not know what the messages are for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_MOST_BYTES = 20 * 1024 * 1024


class Keeper:
    """Writes each message it is handed into the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 ARG002
        """Keep one message. The envelope's recipients stand in a header, as a mail server writes them."""
        content = envelope.original_content or b""
        recipients = ", ".join(envelope.rcpt_tos)
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        try:
            self._keep(name, f"X-Envelope-To: {recipients}\r\n".encode() + content)
        except OSError:
            return "452 The message could not be kept"
        return f"250 Kept as {name}"

    def _keep(self, name: str, content: bytes) -> None:
        part = self._folder / f".{name}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / f"{name}.eml")


async def serve(folder: Path, address_file: Path, port: int = 0) -> None:
    """Listen on the port of the loopback, a free one by default, until told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=_MOST_BYTES, hostname="mail.localhost", ident="Charter", loop=loop),
        "127.0.0.1",
        port,
    )
    part = address_file.with_name(f".{address_file.name}.part")
    part.write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    part.rename(address_file)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2]), int("".join(sys.argv[3:]) or 0)))
