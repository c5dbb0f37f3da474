"""What one process is told by its environment, read once and checked once.

Must not know Flask, any database driver or any contract; nothing else in the application reads the environment.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MASTER_KEY_BYTES = 32
SECRET_KEY_CHARACTERS = 32


class SettingsError(RuntimeError):
    """The environment lacks a value the portal cannot run without, or holds one it cannot use."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process knows about where it runs. Secrets stay out of its ``repr``."""

    dsn_app: str = field(repr=False)
    dsn_control: str = field(repr=False)
    dsn_migrate: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    master_key: bytes = field(repr=False)
    secret_key: str = field(repr=False)
    files_dir: Path
    contracts_dir: Path
    smtp_url: str = field(repr=False)
    base_domain: str
    port: int
    scheme: str
    mail_dir: Path | None
    phone_url: str | None = field(default=None, repr=False)
    staff_file: Path | None = None
    fax_url: str | None = field(default=None, repr=False)
    post_dir: Path | None = None
    metrics_token: str | None = field(default=None, repr=False)
    scan_url: str | None = None
    guides_dir: Path = ROOT / "docs" / "guides"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; raises SettingsError that names every variable at fault, never a value."""
        reader = _Reader(environ)
        settings = cls(
            dsn_app=reader.needed("CHARTER_DSN_APP"),
            dsn_control=reader.needed("CHARTER_DSN_CONTROL"),
            dsn_migrate=reader.optional("CHARTER_DSN_MIGRATE"),
            redis_url=reader.optional("REDIS_URL"),
            master_key=reader.master_key("CHARTER_MASTER_KEY"),
            secret_key=reader.secret("CHARTER_SECRET_KEY"),
            files_dir=Path(reader.needed("CHARTER_FILES_DIR")),
            contracts_dir=Path(reader.optional("CHARTER_CONTRACTS_DIR") or ROOT / "contracts"),
            smtp_url=reader.needed("CHARTER_SMTP_URL"),
            base_domain=(reader.optional("CHARTER_BASE_DOMAIN") or "localhost").lower().strip("."),
            port=reader.port("CHARTER_PORT", default=8000),
            scheme=reader.choice("CHARTER_SCHEME", ("http", "https"), default="http"),
            mail_dir=reader.path("CHARTER_MAIL_DIR"),
            phone_url=reader.optional("CHARTER_PHONE_URL"),
            staff_file=reader.path("CHARTER_STAFF_FILE"),
            fax_url=reader.optional("CHARTER_FAX_URL"),
            post_dir=reader.path("CHARTER_POST_DIR"),
            metrics_token=reader.optional("CHARTER_METRICS_TOKEN"),
            scan_url=reader.optional("CHARTER_SCAN_URL"),
            guides_dir=reader.path("CHARTER_GUIDES_DIR") or ROOT / "docs" / "guides",
        )
        reader.raise_faults()
        return settings

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the portal over TLS, so that cookies may carry the ``__Host-`` prefix."""
        return self.scheme == "https"

    def host(self, subdomain: str) -> str:
        """The host a browser asks for, without the port: ``<subdomain>.<base domain>``."""
        return f"{subdomain}.{self.base_domain}"

    def url(self, subdomain: str) -> str:
        """The address of a host's first page; links in mail are built from it, never from a request."""
        usual = {"http": 80, "https": 443}[self.scheme]
        port = "" if self.port == usual else f":{self.port}"
        return f"{self.scheme}://{self.host(subdomain)}{port}/"


class _Reader:
    """Reads variables and collects the faults, so that one start shows all of them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: list[str] = []

    def optional(self, name: str) -> str | None:
        return self._environ.get(name, "").strip() or None

    def needed(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            self._faults.append(f"{name} is not set")
        return value or ""

    def path(self, name: str) -> Path | None:
        value = self.optional(name)
        return Path(value) if value else None

    def secret(self, name: str) -> str:
        value = self.needed(name)
        if value and len(value) < SECRET_KEY_CHARACTERS:
            self._faults.append(f"{name} is shorter than {SECRET_KEY_CHARACTERS} characters")
        return value

    def master_key(self, name: str) -> bytes:
        try:
            key = base64.b64decode(self.needed(name), validate=True)
        except (binascii.Error, ValueError):
            self._faults.append(f"{name} is not base64")
            return b""
        if key and len(key) != MASTER_KEY_BYTES:
            self._faults.append(f"{name} does not hold {MASTER_KEY_BYTES} bytes")
        return key

    def port(self, name: str, *, default: int) -> int:
        text = self.optional(name) or str(default)
        if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
            return int(text)
        self._faults.append(f"{name} is not a port number")
        return default

    def choice(self, name: str, choices: tuple[str, ...], *, default: str) -> str:
        value = self.optional(name) or default
        if value not in choices:
            self._faults.append(f"{name} is not one of {', '.join(choices)}")
        return value

    def raise_faults(self) -> None:
        if self._faults:
            raise SettingsError("; ".join(self._faults))
