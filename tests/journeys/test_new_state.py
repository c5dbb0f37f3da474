"""Operations bring a new state live, from nothing: begun, checked, shown, published by two people, by YAML alone."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from app.cli import main
from app.settings import Settings
from app.storage.following import follow
from app.web.request import portal_of
from tenancy.handover import purge_tenant
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tests.databases import Dsns
from tests.journeys.conftest import Live, OpenPage, and_fourth

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = "lakeland"
Charter = Callable[..., str]
UNITS = {"colorado": "calendar_days", "franklin": "months"}
SHOWN_SECONDS, IN_FORCE_SECONDS = 10.0, 5.0


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The contracts as they are in the checkout, in a folder of the author's own."""
    shutil.copytree(settings.contracts_dir, tmp_path / "contracts")
    return tmp_path / "contracts"


@pytest.fixture
def charter(live: Live, settings: Settings, dsns: Dsns, folder: Path) -> Iterator[Charter]:
    """The portal's own command, beside the running portal; it must end as expected."""
    environment = {
        "CHARTER_DSN_APP": dsns.app, "CHARTER_DSN_CONTROL": dsns.control, "CHARTER_DSN_MIGRATE": dsns.migrate,
        "CHARTER_MASTER_KEY": b64encode(b"m" * 32).decode(), "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(settings.files_dir), "CHARTER_SMTP_URL": settings.smtp_url,
        "CHARTER_CONTRACTS_DIR": str(folder), "CHARTER_PORT": str(live.port),
    }  # fmt: skip

    def run(*words: object, ends: int = 0) -> str:
        done = CliRunner().invoke(main, [str(word) for word in words], env=environment)
        assert done.exit_code == ends, done.output
        return done.output

    yield run
    purge_tenant(dsns.migrate, NEW)


@pytest.fixture
def following(live: Live, shelf: ContractShelf) -> Iterator[None]:
    """The running portal looks at the control plane every second, as each of its processes does."""
    portal, stop = portal_of(live.app), Event()
    portal.contracts = ContractsInForce(shelf, base_domain="localhost")
    thread = follow(portal.contracts, portal.databases.control, stop)
    yield
    stop.set()
    thread.join()
    portal.contracts = ContractsInForce(shelf, base_domain="localhost")


def seconds_until(page: Page, address: str, words: str, most: float) -> float:
    """How long it takes from now until the page at this address says these words."""
    began = monotonic()
    while monotonic() - began < most:
        answer = page.goto(address)
        if answer is not None and answer.status == 200 and words in page.locator("body").inner_text():
            return monotonic() - began
        sleep(0.2)
    raise AssertionError(f"{address} does not say {words!r} within {most} s")


def replaced(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for pattern, put in pairs:
        text, count = re.subn(pattern, put, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("origin", and_fourth("colorado"))
def test_a_new_state_goes_live_from_nothing_by_yaml_alone(
    live: Live, charter: Charter, following: None, folder: Path, open_page: OpenPage, origin: str
) -> None:
    page, file = open_page(), folder / f"{NEW}.yaml"
    begun = charter("contract", "new", NEW, "--from", origin, "--folder", folder)
    assert f"holds the scenarios of {origin.title()}" in begun
    spoken = re.search(rf"Lines that still speak of {origin.title()}: ([\d, ]+)\.", begun)
    assert spoken is not None
    named = [file.read_text("utf-8").splitlines()[int(number) - 1] for number in spoken[1].split(", ")]
    assert any(line.startswith("  state: ") for line in named)
    unit = UNITS[origin]
    replaced(
        file,
        (r"^  state: .*$", "  state: OR"),
        (r"^  time_zone: .*$", "  time_zone: America/Los_Angeles"),
        (r"^  client_code: .*$", '  client_code: "41007"'),
        (f"unit: {unit}", f"unit: {unit}s"),
    )
    assert f"Did you mean '{unit}'?" in charter("contract", "check", file, ends=1)
    replaced(file, (f"unit: {unit}s", f"unit: {unit}"))
    assert "1 of 1 contracts may be used: 0 errors" in charter("contract", "check", file)
    assert "0 failed" in charter("contract", "test", file)
    shown(charter, live, page, file)
    published(charter, live, page, file)


def shown(charter: Charter, live: Live, page: Page, file: Path) -> None:
    """A preview with made-up people; each save is seen soon; taken down it is gone."""
    address = f"http://{NEW}.preview.localhost:{live.port}/sign-in"
    began = monotonic()
    assert "authenticator" in charter("preview", "up", file, "--by", "Ann")
    seconds_until(page, address, "Preview", SHOWN_SECONDS)
    assert monotonic() - began < SHOWN_SECONDS * 3, "making the schema and the people"
    replaced(file, (r"^  title: .*$", "  title: Lakeland Care for All"))
    began = monotonic()
    charter("preview", "up", file, "--by", "Ann")
    seconds_until(page, address, "Lakeland Care for All", SHOWN_SECONDS)
    assert monotonic() - began <= SHOWN_SECONDS
    charter("preview", "down", NEW)
    sleep(1.5)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status in (404, 421)


def published(charter: Charter, live: Live, page: Page, file: Path) -> None:
    """One person proposes, another approves; the state is served at its own address within seconds."""
    said = charter("contract", "publish", file, "--by", "Ann", "--reason", "The contract begins.")
    assert f"{NEW} is new" in said
    assert f"{NEW}: created" in said
    found = re.search(r"Proposed as (\S+)\.", said)
    assert found is not None
    assert "a second person" in charter("contract", "approve", found[1], "--by", "ann", ends=1)
    assert f"{NEW}: release " in charter("contract", "approve", found[1], "--by", "Ben")
    seconds_until(page, f"http://{NEW}.localhost:{live.port}/sign-in", "Lakeland Care for All", IN_FORCE_SECONDS)
    assert page.get_by_text("Preview").count() == 0
