"""A contract manager at the console: a function switched for Monday, a window changed by two people, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import worker
from app.accounts import staff_recognition
from app.web.request import portal_of
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf
from tests.fourth import SLUG as FOURTH
from tests.identity import Vouching, running
from tests.journeys.axe import must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage, and_fourth

pytestmark = pytest.mark.browser

SLUG = "mississippi"
Shoot = Callable[[Page, str], Path]
SWITCHES = {SLUG: "Copy", FOURTH: "Case summary"}
WINDOWS = {SLUG: ("peer_to_peer", 1), FOURTH: ("ombudsman", 45)}
"""Per state the right whose window is changed, and its business days."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouching]:
    with running(tmp_path_factory.mktemp("identity")) as started:
        yield started


@pytest.fixture
def console(live: Live, provider: Vouching, shelf: ContractShelf) -> Iterator[str]:
    """The console's address; the worker has recorded the releases and counted the tenants."""
    portal = portal_of(live.app)
    kept, portal.settings = portal.settings, replace(portal.settings, port=live.port)
    portal.contracts = ContractsInForce(shelf, base_domain="localhost")
    for slug in and_fourth(SLUG):
        live.town(slug)
    provider.serve(live.app)
    worker.Works(databases=portal.databases, contracts=portal.contracts, handlers={}).sweep()
    yield f"http://console.localhost:{live.port}"
    portal.settings = kept
    portal.contracts = ContractsInForce(shelf, base_domain="localhost")
    live.app.extensions.pop(staff_recognition.EXTENSION)


def sign_in(page: Page, console: str, subject: str) -> Page:
    """Somebody of the staff, through the identity provider, at the console's first page."""
    looks = re.compile("^https:")  # the provider's page asks for a style sheet elsewhere
    page.route(looks, lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(console)
    page.get_by_role("link", name="Sign in with").click()
    page.get_by_role("button", name=subject).click()
    page.wait_for_url(f"{console}/console")
    return page


def look(page: Page, shoot: Shoot, name: str) -> None:
    """The page is accessible and fits both widths."""
    page.wait_for_load_state()
    must_be_accessible(page)
    for size, suffix in ((WIDE, "wide"), (NARROW, "narrow")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        shoot(page, f"{name}-{suffix}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", and_fourth(SLUG))
def test_a_contract_manager_switches_publishes_and_goes_back(
    live: Live, console: str, open_page: OpenPage, shoot: Shoot, slug: str
) -> None:
    portal = portal_of(live.app)
    was = WINDOWS[slug][1]
    carla = sign_in(open_page(), console, "carla.jensen")
    look(carla, shoot, "contracts")
    carla.get_by_role("row").filter(has_text=portal.tenants[slug].contract.identity.display).get_by_role("link").click()
    carla.get_by_role("link", name="Functions").click()
    switch_for_monday(carla, shoot, SWITCHES[slug])
    propose_a_longer_window(carla, shoot, slug, (portal.settings.contracts_dir / f"{slug}.yaml").read_text("utf-8"))
    paul = sign_in(open_page(), console, "paul.hobbs")
    paul.get_by_role("link", name="Approvals").first.click()
    paul.get_by_role("row").nth(1).get_by_role("link").click()
    look(paul, shoot, "proposal")
    paul.get_by_role("button", name="Approve and publish").click()
    expect(paul.get_by_text("Approved. In force from")).to_be_visible()
    assert window_of(live, slug) == was + 2
    paul.get_by_role("link", name="Go back to this").first.click()
    look(paul, shoot, "back")
    paul.get_by_label("Reason").fill("The guide was wrong")
    paul.get_by_role("button", name="Go back to it now").click()
    expect(paul.get_by_text("The older release is in force again.")).to_be_visible()
    look(paul, shoot, "history")
    assert window_of(live, slug) == was


def propose_a_longer_window(carla: Page, shoot: Shoot, slug: str, original: str) -> None:
    """A typing mistake is told with its place, the plan is read, a second person is needed."""
    was = WINDOWS[slug][1]
    written = f"window: {{amount: {was}, unit: business_days}}"
    assert written in original
    carla.get_by_role("link", name="Change", exact=True).click()
    carla.get_by_label(f"{slug}.yaml").fill(original.replace(written, written.replace("business", "bussiness")))
    carla.get_by_role("button", name="Keep and check").click()
    expect(carla.get_by_text("Did you mean 'business_days'?").first).to_be_visible()
    look(carla, shoot, "report")
    carla.get_by_label(f"{slug}.yaml").fill(original.replace(written, written.replace(str(was), str(was + 2))))
    carla.get_by_role("button", name="Keep and check").click()
    expect(carla.get_by_role("heading", name="Plan: one change")).to_be_visible()
    expect(carla.get_by_text("No case is open.")).to_be_visible()
    look(carla, shoot, "plan")
    carla.get_by_label("Reason").fill("Provider guide, page 12")
    carla.get_by_role("button", name="Propose this release").click()
    expect(carla.get_by_role("heading", name="You wrote this release")).to_be_visible()
    expect(carla.get_by_role("button", name="Approve and publish")).to_have_count(0)
    refused = carla.evaluate(
        "async () => (await fetch(location.pathname + '/approve', {method: 'POST', body: new URLSearchParams("
        "{csrf_token: document.querySelector('meta[name=csrf-token]').content})})).status"
    )
    assert refused == 409


def switch_for_monday(page: Page, shoot: Shoot, function: str) -> None:
    """A function is switched off from Monday on, looked at before, seen in the history, and taken back."""
    page.get_by_role("button", name="See whom it touches").click()
    expect(page.locator("#error-summary")).to_be_visible()
    look(page, shoot, "switch-errors")
    page.get_by_label("Function", exact=False).first.select_option(label=function)
    page.get_by_text("Off", exact=True).click()
    page.get_by_text("Next Monday at 6:00").click()
    page.get_by_label("Reason").fill("Provider guide, page 9")
    page.get_by_role("button", name="See whom it touches").click()
    expect(page.get_by_text("is switched off.").first).to_be_visible()
    look(page, shoot, "switch-look")
    page.get_by_role("button", name="Switch it").click()
    expect(page.get_by_role("row").filter(has_text="scheduled")).to_be_visible()
    look(page, shoot, "functions")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="taken back").first).to_be_visible()


def test_ops_watch_the_boards_and_ask_over_all_contracts(console: str, open_page: OpenPage, shoot: Shoot) -> None:
    page = sign_in(open_page(), console, "omar.reyes")
    places = {"Boards": "boards", "Search": "search", "Compare": "compare", "Record": "record", "Look inside": "inside"}
    for name, path in places.items():
        page.get_by_role("navigation").first.get_by_role("link", name=name).click()
        page.wait_for_url(f"{console}/console/{path}")
        look(page, shoot, name.lower().replace(" ", "-"))
    page.goto(f"{console}/console/boards/{SLUG}")
    look(page, shoot, "board")
    page.goto(f"{console}/console/search?words=fax")
    look(page, shoot, "fax")
    page.goto(f"{console}/console/compare?one=colorado&other={SLUG}&part=rights")
    look(page, shoot, "side-by-side")
    page.goto(f"{console}/console/contracts/{SLUG}/explain?path=rights.peer_to_peer")
    look(page, shoot, "explain")


def window_of(live: Live, slug: str) -> int:
    """What every serving process would take over within a second."""
    portal = portal_of(live.app)
    with portal.databases.control.session() as control:
        portal.contracts.refresh(control, datetime.now(UTC))
    window = portal.contracts[slug].contract.rights[WINDOWS[slug][0]].window
    assert window is not None
    return window.amount
