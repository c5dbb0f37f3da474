"""Settings: read once, every fault named at once, no secret shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from app.settings import ROOT, Settings, SettingsError

ENVIRONMENT = {
    "CHARTER_DSN_APP": "postgresql://charter_app:secret-a@db/charter",
    "CHARTER_DSN_CONTROL": "postgresql://charter_control:secret-b@db/charter",
    "CHARTER_MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
    "CHARTER_SECRET_KEY": "secret-c" * 5,
    "CHARTER_FILES_DIR": "/files",
    "CHARTER_SMTP_URL": "smtp://user:secret-d@mail:25",
}


def read(**changes: str) -> Settings:
    return Settings.from_env({**ENVIRONMENT, **changes})


def test_it_reads_what_is_needed_and_has_an_answer_for_the_rest() -> None:
    settings = read()
    assert settings.master_key == b"k" * 32
    assert settings.files_dir == Path("/files")
    assert settings.contracts_dir == ROOT / "contracts"
    assert (settings.base_domain, settings.port, settings.scheme) == ("localhost", 8000, "http")
    assert (settings.dsn_migrate, settings.redis_url, settings.mail_dir) == (None, None, None)


def test_it_reads_what_may_be_set() -> None:
    settings = read(
        CHARTER_DSN_MIGRATE="postgresql://m@db/charter",
        REDIS_URL="redis://cache",
        CHARTER_CONTRACTS_DIR="/contracts",
        CHARTER_BASE_DOMAIN="Portal.Example.",
        CHARTER_MAIL_DIR="/mail",
        CHARTER_SCHEME="https",
        CHARTER_PORT="443",
    )
    assert settings.dsn_migrate == "postgresql://m@db/charter"
    assert settings.redis_url == "redis://cache"
    assert settings.contracts_dir == Path("/contracts")
    assert settings.mail_dir == Path("/mail")
    assert settings.is_secure
    assert settings.url("ohio") == "https://ohio.portal.example/"


def test_an_address_names_its_port_unless_it_is_the_usual_one() -> None:
    assert read(CHARTER_PORT="8123").url("ohio") == "http://ohio.localhost:8123/"
    assert read(CHARTER_PORT="80").url("ohio") == "http://ohio.localhost/"


def test_it_names_every_missing_variable_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    for name in ENVIRONMENT:
        assert f"{name} is not set" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("CHARTER_MASTER_KEY", "not base64!", "CHARTER_MASTER_KEY is not base64"),
        ("CHARTER_MASTER_KEY", base64.b64encode(b"k" * 31).decode(), "CHARTER_MASTER_KEY does not hold 32 bytes"),
        ("CHARTER_SECRET_KEY", "short", "CHARTER_SECRET_KEY is shorter than 32 characters"),
        ("CHARTER_PORT", "eighty", "CHARTER_PORT is not a port number"),
        ("CHARTER_PORT", "0", "CHARTER_PORT is not a port number"),
        ("CHARTER_PORT", "65536", "CHARTER_PORT is not a port number"),
        ("CHARTER_PORT", "٨٠", "CHARTER_PORT is not a port number"),
        ("CHARTER_SCHEME", "ftp", "CHARTER_SCHEME is not one of http, https"),
    ],
)
def test_it_refuses_a_value_it_cannot_use_without_repeating_it(name: str, value: str, fault: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{name: value})
    assert str(caught.value) == fault


def test_its_text_shows_no_secret() -> None:
    assert "secret" not in repr(read())
    assert "k" * 32 not in repr(read())
