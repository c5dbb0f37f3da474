"""The database, the contracts, the application and the rules of conduct that every test shares.

Rooms add fixtures of their own in a conftest beside their tests.
"""

from __future__ import annotations

import base64
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from launch import testing
from launch.places import ROOT
from tests.databases import Clone, Dsns
from tests.fourth import IS_FULL, folder_with_fourth

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from flask import Flask
    from flask.testing import FlaskClient

    from app.settings import Settings
    from app.storage.db import Databases
    from tenancy.contract import Contract
    from tenancy.loader import ContractShelf
    from tenancy.scope import ControlSession, TenantSession

_LONGEST_FIRST = (
    "journeys/test_both_sides.py",
    "rooms/tenancy/test_over_http.py",
    "house/test_mutation.py",
    "launch/test_demo.py",
    "faults",
    "journeys",
    "house/test_verdicts.py",
    "launch",
)
"""Files and folders whose tests take longest: a process left alone with one of them at the end keeps all waiting."""
_LOOPBACK = ("127.", "::1", "localhost")


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    """Tests speak to this machine only; anything else is a mistake in the test or in the code."""
    if event != "socket.connect":
        return
    wire, address = arguments
    if wire.family == socket.AF_UNIX or not isinstance(address, tuple):
        return
    if not str(address[0]).startswith(_LOOPBACK):
        raise RuntimeError("a test reached for another machine")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network; let generated examples take the time a busy machine needs, and be the same in every run."""
    sys.addaudithook(_refuse_strangers)
    hypothesis.settings.register_profile("charter", deadline=None, derandomize=True, print_blob=True)
    hypothesis.settings.load_profile("charter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes long before everything else; files stay together."""
    places = [Path(__file__).parent / name for name in _LONGEST_FIRST]

    def rank(item: pytest.Item) -> int:
        return next((number for number, place in enumerate(places) if item.path.is_relative_to(place)), len(places))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: it is not searched for garbage again and again, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The superuser's address of the test server."""
    with testing.server() as address:
        yield address


@pytest.fixture(scope="session")
def clone(database_server: str) -> Iterator[Clone]:
    """This process's own database."""
    made = Clone.made(database_server, os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    yield made
    made.drop()


@pytest.fixture(scope="session")
def dsns(clone: Clone) -> Dsns:
    """The addresses of this process's database."""
    return clone.dsns


@pytest.fixture(scope="session")
def settings(dsns: Dsns, mail_sink: tuple[int, Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the application is told in tests."""
    from app.settings import Settings

    port, folder = mail_sink
    return Settings.from_env(
        {
            "CHARTER_DSN_APP": dsns.app,
            "CHARTER_DSN_CONTROL": dsns.control,
            "CHARTER_DSN_MIGRATE": dsns.migrate,
            "CHARTER_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
            "CHARTER_SECRET_KEY": "s" * 40,
            "CHARTER_FILES_DIR": str(tmp_path_factory.mktemp("files")),
            "CHARTER_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "CHARTER_MAIL_DIR": str(folder),
            "CHARTER_PORT": "8000",
            **_with_fourth(tmp_path_factory),
        }
    )


def _with_fourth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """At full size the contracts' folder holds the invented state too."""
    if not IS_FULL:
        return {}
    return {"CHARTER_CONTRACTS_DIR": str(folder_with_fourth(tmp_path_factory.mktemp("states")))}


@pytest.fixture(scope="session")
def _pools(dsns: Dsns) -> Iterator[Databases]:
    from app.storage.db import Databases
    from tenancy.scope import ControlDatabase, TenantDatabase

    pools = Databases(app=TenantDatabase(dsns.app), control=ControlDatabase(dsns.control))
    yield pools
    pools.close()


@pytest.fixture
def databases(_pools: Databases, clone: Clone) -> Iterator[Databases]:
    """The tenants' database and control; whatever the test commits is removed afterwards."""
    yield _pools
    clone.sweep()


@pytest.fixture
def tenant_session(databases: Databases) -> Iterator[Callable[[str], TenantSession]]:
    """Opens a Session inside the tenant named; it is rolled back and closed when the test ends."""
    opened: list[TenantSession] = []

    def open_one(slug: str) -> TenantSession:
        opened.append(databases.app.session(slug))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def control_session(databases: Databases) -> Iterator[ControlSession]:
    """A Session on control; it is rolled back and closed when the test ends."""
    with databases.control.session() as session:
        yield session


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> ContractShelf:
    """The contracts of the checkout; at full size with the invented state."""
    from tenancy.loader import load_directory

    return load_directory(Path(_with_fourth(tmp_path_factory).get("CHARTER_CONTRACTS_DIR", ROOT / "contracts")))


@pytest.fixture(scope="session")
def contract(shelf: ContractShelf) -> Callable[[str], Contract]:
    """The contract of a slug."""
    return lambda slug: shelf.good[slug].contract


@pytest.fixture(scope="session")
def earnest_hasher() -> Iterator[PasswordHasher]:
    """The portal's own way of hashing passwords; in tests people are hashed the same way with less work."""
    from argon2 import PasswordHasher

    from app.accounts import passwords

    kept = passwords._HASHER, passwords._NOBODY
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._HASHER, passwords._NOBODY = light, light.hash("nobody has this password")
    yield kept[0]
    passwords._HASHER, passwords._NOBODY = kept


@pytest.fixture(scope="session")
def _application(settings: Settings, shelf: ContractShelf, earnest_hasher: PasswordHasher) -> Iterator[Flask]:
    from app.factory import create_app
    from app.web.request import portal_of

    made = create_app(settings, shelf)
    made.testing = True
    yield made
    portal_of(made).databases.close()


@pytest.fixture
def app(_application: Flask, clone: Clone) -> Iterator[Flask]:
    """The application over this process's database; its clock and settings are put back when the test ends."""
    portal = _application.extensions["charter"]
    kept, recognise = dict(_application.config), portal.recognise
    yield _application
    portal.recognise = recognise
    _application.config.clear()
    _application.config.update(kept)
    clone.sweep()
    portal.keyring.forget()  # the sweep removed the keys that its tenants were given


@pytest.fixture
def client(app: Flask, shelf: ContractShelf, settings: Settings) -> Callable[[str], FlaskClient]:
    """A client that asks as a browser on the tenant's own host would."""

    def open_one(slug: str) -> FlaskClient:
        made = app.test_client()
        host = settings.host(shelf.good[slug].contract.identity.subdomain)
        made.environ_base["HTTP_HOST"] = f"{host}:{settings.port}"
        return made

    return open_one


@pytest.fixture
def at() -> Callable[..., datetime]:
    """An aware UTC instant from its numbers: ``at(2026, 11, 22, 15, 30)``."""

    def instant(*numbers: int) -> datetime:
        return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]

    return instant


@pytest.fixture(scope="session")
def mail_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A real mail server: its port and the folder that every message lands in."""
    home = tmp_path_factory.mktemp("mail")
    address = home / "port"
    command = [sys.executable, "-m", "launch.mailsink", str(home / "messages"), str(address)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        limit = time.monotonic() + 20
        while not address.exists() and time.monotonic() < limit and process.poll() is None:
            time.sleep(0.02)
        yield int(address.read_text()), home / "messages"
        process.terminate()


@pytest.fixture
def mailbox(mail_sink: tuple[int, Path]) -> Path:
    """The folder of messages sent during this test."""
    folder = mail_sink[1]
    for file in folder.glob("*.eml"):
        file.unlink()
    return folder
