"""Carriers that take a letter's PDF away: a folder to print or fax from by hand, and Phaxio's fax service (API v2).

Must not know letters, cases or tables. A carrier is asked with the delivery's id, so that it never takes one twice.
"""

from __future__ import annotations

import json
import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import urllib3

_TIMEOUT = urllib3.Timeout(connect=3, read=20)
_MOST_BYTES = 256 * 1024
_GONE = {400, 404, 413, 415, 422}


class Progress(StrEnum):
    """How far a fax is."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"


class CarrierAway(Exception):
    """The carrier could not be reached or is in trouble: trying again is right."""


class CarrierRefused(Exception):
    """The carrier will never take this one."""


class Carrier(Protocol):
    """Takes a PDF to a number or an address."""

    def send(self, pdf: bytes, *, to: str, delivery_id: UUID, is_retry: bool) -> str:
        """Hand the PDF over and return the carrier's own id of it. Raises CarrierAway, CarrierRefused."""

    def progress(self, carrier_id: str) -> Progress:
        """How far it is. Raises CarrierAway."""


def carrier_at(address: str) -> Carrier:
    """The carrier of an address: ``spool:/folder`` or ``phaxio+https://key:secret@api.phaxio.com/v2``."""
    if address.startswith("spool:"):
        return Spool(Path(address.removeprefix("spool:")))
    if address.startswith("phaxio+"):
        return Phaxio(address.removeprefix("phaxio+"))
    raise ValueError("a carrier's address starts with spool: or phaxio+https://")


class Spool:
    """A folder from which staff print or fax by hand, or a machine takes its work: one PDF and one note each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, pdf: bytes, *, to: str, delivery_id: UUID, is_retry: bool) -> str:
        """Write the PDF, then the note that says where it goes; the same delivery lies there once."""
        del is_retry
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(self._folder / f"{delivery_id}.pdf", pdf)
        self._write(self._folder / f"{delivery_id}.json", json.dumps({"to": to}).encode())
        return str(delivery_id)

    def progress(self, carrier_id: str) -> Progress:
        """What lies in the folder has left the portal."""
        del carrier_id
        return Progress.DELIVERED

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        aside = path.with_suffix(".aside")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)


class Phaxio:
    """Phaxio's API v2: ``POST /faxes`` queues a fax, ``GET /faxes/{id}`` tells its status, tags find it again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("the fax service's address holds a host, a key and a secret")
        port = f":{parts.port}" if parts.port else ""
        self._base = f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"
        secret = f"{unquote(parts.username)}:{unquote(parts.password)}"
        self._headers = urllib3.make_headers(basic_auth=secret)
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)

    def send(self, pdf: bytes, *, to: str, delivery_id: UUID, is_retry: bool) -> str:
        """Queue the fax; after a failed attempt look first whether it is queued already."""
        if is_retry and (known := self._known(delivery_id)):
            return known
        fields = {
            "to": _dialled(to),
            "file": ("letter.pdf", pdf, "application/pdf"),
            "tag[delivery]": str(delivery_id),
        }
        return str(self._ask("POST", "/faxes", fields=fields)["id"])

    def progress(self, carrier_id: str) -> Progress:
        """``success`` and ``failure`` are final, everything else is under way."""
        status = str(self._ask("GET", f"/faxes/{carrier_id}").get("status", ""))
        return {"success": Progress.DELIVERED, "failure": Progress.FAILED}.get(status, Progress.UNDER_WAY)

    def _known(self, delivery_id: UUID) -> str:
        found = self._ask("GET", "/faxes", fields={"tag[delivery]": str(delivery_id)})
        return str(found[0]["id"]) if found else ""

    def _ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> Any:
        try:
            answer = self._pool.request(
                method, self._base + path, fields=fields, headers=self._headers, redirect=False, preload_content=False
            )
            body = answer.read(_MOST_BYTES)
            answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise CarrierAway(type(error).__name__) from None
        if answer.status in _GONE:
            raise CarrierRefused(f"the fax service answered {answer.status}")
        try:
            told = json.loads(body)
            if answer.status != 200 or not told["success"]:
                raise CarrierAway(f"the fax service answered {answer.status}")
            return told["data"]
        except (ValueError, KeyError, TypeError):
            raise CarrierAway("the fax service's answer cannot be read") from None


def _dialled(number: str) -> str:
    """E.164 for a ten-digit number of North America. Raises CarrierRefused for anything else."""
    digits = re.sub(r"\D", "", number).removeprefix("1")
    if len(digits) != 10:
        raise CarrierRefused("this is no fax number")
    return f"+1{digits}"
