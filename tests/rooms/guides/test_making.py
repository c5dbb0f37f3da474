"""The guide as a PDF that everybody can read, and as a page of its own."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from app.cli import main
from app.guides.blocks import Chapter, Guide, Say
from app.guides.making import as_page, pictures_of, printed
from app.guides.printing import GuideUnprintable, print_guide
from app.guides.writing import write_guide
from launch.places import ROOT
from tenancy.loader import ContractShelf
from tests.pages import Browser, OpenClient, parse
from tests.rooms.guides.test_pages import day_of

ON = date(2026, 11, 23)
SHOT = ROOT / "docs" / "guides"


def without_release(text: str) -> str:
    """The words of a guide without the mark of the release in its footer, which every new key of the language moves."""
    return re.sub(r" · [0-9a-f]{12}\b", "", text)


@pytest.mark.parametrize("slug", ["colorado", "mississippi", "west_virginia"])
def test_the_pdf_is_tagged_named_and_the_same_each_time(shelf: ContractShelf, slug: str) -> None:
    loaded, pictures = shelf.good[slug], pictures_of(SHOT, slug)
    assert len(pictures) == 6
    on = day_of((SHOT / slug / "guide.html").read_text(encoding="utf-8"))
    pdf = PdfReader(BytesIO(printed(loaded, on, pictures)))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-US"
    assert pdf.metadata is not None
    assert pdf.metadata.title == write_guide(loaded, on=on).title
    text = "".join(page.extract_text() for page in pdf.pages)
    kept = "".join(page.extract_text() for page in PdfReader(SHOT / slug / "guide.pdf").pages)
    assert without_release(text) == without_release(kept), "run: charter guide build --all"
    assert all(one.topic in text for one in loaded.contract.support.contacts.values())
    assert all((SHOT / slug / f"guide.{kind}").is_file() for kind in ("html", "pdf"))
    assert all(path.stat().st_size < 120_000 for path in pictures.values())


def test_a_character_no_font_has_is_said(tmp_path: Path) -> None:
    odd = Guide("Title", "Lede", "en", ON, "r" * 64, (Chapter("one", "One", (Say("\ue123"),)),))
    with pytest.raises(GuideUnprintable):
        print_guide(odd, colour="#1a4480", sender="Sender", pictures=pictures_of(tmp_path, "nobody"))


def test_the_page_stands_beside_its_pictures(shelf: ContractShelf) -> None:
    loaded, pictures = shelf.good["colorado"], pictures_of(SHOT, "colorado")
    html = as_page(write_guide(loaded, on=ON), loaded, pictures)
    shown = [one.get("src", "") for one in parse(html).iter("img")]
    assert sorted(shown) == sorted(path.name for path in pictures.values())
    assert pictures_of(SHOT, "../colorado") == {}


def test_the_command_writes_both_and_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(main, ["guide", "build", "colorado", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "16 chapters" in done.output
    assert (tmp_path / "colorado" / "guide.pdf").read_bytes().startswith(b"%PDF")
    assert "No contract" in run.invoke(main, ["guide", "build", "nowhere"]).output
    assert "--all" in run.invoke(main, ["guide", "build"]).output
    away = run.invoke(main, ["guide", "pictures", "colorado", "--demo", str(tmp_path), "--browser", "none"])
    assert "No demo was prepared" in away.output


def test_the_portal_gives_the_pdf_and_its_pictures_to_anybody(client: OpenClient) -> None:
    browser = Browser(client("colorado"))
    answer = browser.client.get("/help/guide.pdf", base_url=browser.address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    page = browser.get("/help/guide")
    shown = [one.get("src", "") for one in page.all("img") if "/help/pictures/" in one.get("src", "")]
    assert len(shown) == 6
    with browser.client.get(shown[0], base_url=browser.address) as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert browser.get("/help/pictures/nothing.png", status=404).heading
