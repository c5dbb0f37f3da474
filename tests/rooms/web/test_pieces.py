"""Small parts of the web floor: paging, colours, how values look, the mailbox, safe targets."""

from __future__ import annotations

import gzip
import itertools
import re
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import colours, rendering
from app.web.access import safe_next
from app.web.mailbox import create_mailbox
from app.web.paging import Page, list_request
from tenancy.loader import ContractShelf
from tests.pages import Browser, OpenClient, look_at


def test_a_page_of_a_list_says_what_it_shows() -> None:
    page = Page(items=range(10), number=3, size=10, total=95)
    assert (page.first_index, page.last_index, page.pages) == (21, 30, 10)
    assert page.numbers == (1, 2, 3, 4, None, 10)
    empty: Page[int] = Page(items=(), number=1, size=10, total=0)
    assert (empty.first_index, empty.last_index, empty.pages, empty.numbers) == (0, 0, 1, (1,))


@given(st.dictionaries(st.sampled_from(["page", "size", "sort"]), st.text(max_size=12)))
def test_nothing_in_an_address_breaks_a_list(arguments: dict[str, str]) -> None:
    asked = list_request(arguments, sorts=("name", "submitted_at"), default_sort="-submitted_at")
    assert asked.number >= 1
    assert asked.size in (10, 25, 50, 100)
    assert asked.sort in ("name", "submitted_at")
    assert asked.offset < 10**8


def test_a_list_is_read_from_its_address() -> None:
    asked = list_request({"page": "2", "size": "25", "sort": "-name"}, sorts=("name",), default_sort="name")
    assert (asked.number, asked.size, asked.offset, asked.sort_text) == (2, 25, 25, "-name")


channel = st.integers(0, 255).map(lambda value: f"{value:02x}")
colour = st.tuples(channel, channel, channel).map(lambda parts: "#" + "".join(parts))


@given(colour, colour)
def test_every_colour_a_contract_may_name_can_be_read(primary: str, accent: str) -> None:
    made = colours.palette(primary, accent)
    assert colours.contrast(made.brand, colours.WHITE) >= 4.5
    assert colours.contrast(made.brand, made.brand_tint) >= 3.9
    assert colours.contrast(made.brand_deep, made.brand_tint) >= 4.5
    assert colours.contrast(made.brand_deep, colours.WHITE) >= 9
    assert colours.contrast(made.accent, colours.WHITE) >= 4.5
    assert colours.contrast(made.accent_edge, colours.WHITE) >= 3


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dates_and_instants_look_as_the_guides_show_them() -> None:
    assert rendering.date_us(date(2026, 1, 5)) == "01/05/2026"
    assert rendering.date_us("1/5/26") == "1/5/26"
    assert rendering.date_us(None) == ""
    instant = datetime(2021, 6, 17, 16, 30, 23, tzinfo=UTC)
    assert rendering.in_zone(instant, "America/Chicago") == "6/17/2021 11:30:23 AM CDT"
    assert (
        rendering.in_zone(datetime(2026, 11, 22, 5, 0, tzinfo=UTC), "America/New_York") == "11/22/2026 12:00:00 AM EST"
    )
    assert rendering.iso(instant) == "2021-06-17T16:30:23Z"


def test_phones_sizes_and_ids() -> None:
    assert rendering.phone("(555) 010 4477") == "555-010-4477"
    assert rendering.phone("ext 4") == "ext 4"
    assert rendering.tel("888.801.1910") == "+18888011910"
    assert [rendering.file_size(size) for size in (None, 1, 2048, 4 * 1024 * 1024)] == ["", "1 KB", "2 KB", "4.0 MB"]
    assert rendering.field_id("lines[2].start_on") == "f-lines-2-start-on"


HOSTILE = (
    "//evil.example",
    "http://evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "javascript:x",
    "",
    "a/b",
    "/a\nb",
)


@pytest.mark.parametrize("target", HOSTILE)
def test_a_target_elsewhere_becomes_the_front_page(target: str) -> None:
    assert safe_next(target) == "/"


def test_a_target_here_is_kept() -> None:
    assert safe_next("/cases?page=2&sort=-number") == "/cases?page=2&sort=-number"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    for number, subject in enumerate(("First <b>one</b>", "Second")):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "portal@example.org", "a@example.org", subject
        message["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
        message.set_content(f"Letter {number}\n")
        (tmp_path / f"m{number}.eml").write_bytes(message.as_bytes())
    return tmp_path


def test_the_demos_mailbox_shows_every_message(letters: Path) -> None:
    client = create_mailbox(letters).test_client()
    assert "Second" in look_at(client.get("/")).text
    listed = client.get("/messages.json").get_json()
    assert {message["subject"] for message in listed} == {"First <b>one</b>", "Second"}
    assert listed[0].keys() == {"id", "sender", "to", "subject", "sent_at", "text"}
    page = look_at(client.get("/messages/m0"))
    assert page.heading == "First <b>one</b>"
    assert "Letter 0" in page.text
    assert look_at(client.get("/messages/..%2fsecret")).status == 404


def test_an_empty_mailbox_is_no_error(tmp_path: Path) -> None:
    client = create_mailbox(tmp_path / "not there").test_client()
    assert "No messages yet" in look_at(client.get("/")).text
    assert client.get("/messages.json").get_json() == []


def test_the_style_page_is_whole_in_every_contracts_colours(client: OpenClient, shelf: ContractShelf) -> None:
    for slug in shelf.good:
        assert Browser(client(slug)).get("/styleguide").heading == "Style page"


ROOT = Path(rendering.__file__).parents[1]
ICON = re.compile(r"""\bicon(?:_name=|\()['"]([a-z-]+)['"]""")
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
CLASS = re.compile('class="([^"]*)"')


def templates() -> str:
    paths = itertools.chain(ROOT.glob("templates/**/*.html"), ROOT.glob("*/templates/**/*.html"))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_icon_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")))
    named = set(ICON.findall(templates()))
    assert len(named) > 15
    assert named <= drawn


def test_every_class_of_our_own_that_a_template_names_is_styled() -> None:
    sheets = [
        (ROOT / "static" / name).read_text(encoding="utf-8") for name in ("charter.css", "console.css", "guide.css")
    ]
    styled = set(re.findall(r"\.(c-[a-zA-Z_-]+)", "".join(sheets)))
    classes = (JINJA.sub(" ", found) for found in CLASS.findall(templates()))
    named = {word for found in classes for word in found.split() if word.startswith("c-") and not word.endswith("--")}
    assert named - styled <= {"c-choices", "c-outcome"}


def test_the_scripts_of_every_page_are_small() -> None:
    ours = [ROOT / "static" / name for name in ("boot.js", "charter.js", "vendor/htmx.min.js")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in ours) <= 20_000
    assert len(gzip.compress(ours[1].read_bytes())) <= 4_000


def test_the_script_of_passkeys_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "passkey.js").read_bytes())) <= 1_200


def test_the_script_of_pages_that_save_what_is_typed_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "keeping.js").read_bytes())) <= 3_000


def test_the_script_of_single_keys_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "keys.js").read_bytes())) <= 900


def test_the_script_of_deciding_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "deciding.js").read_bytes())) <= 800


def test_the_script_that_warns_before_the_idle_sign_off_is_small() -> None:
    assert len(gzip.compress((ROOT / "static" / "idle.js").read_bytes())) <= 2_000
