"""What the documentation points at exists: relative links, pictures, and the words of ``./run``."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app.cli import main
from launch.places import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ELSEWHERE = ("https://", "http://", "mailto:")


def links(text: str) -> list[str]:
    plain = _INLINE.sub("", _FENCED.sub("", text))
    return [link for link in _LINK.findall(plain) if not link.startswith(_ELSEWHERE)]


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_picture_is_shown_and_is_small() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    assert pictures
    assert [one.name for one in pictures if f"pictures/{one.name}" not in told] == []
    assert [one.name for one in pictures if one.stat().st_size > 250_000] == []


def test_every_word_of_run_that_is_named_is_known() -> None:
    known = {"demo", "test", "check", "bench", "charter", "code", "assets"}
    told = {word for page in PAGES for word in re.findall(r"\./run ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert told
    assert told <= known


def test_every_command_that_is_named_is_there() -> None:
    lost = []
    for page in PAGES:
        for told in re.findall(r"\./run charter((?: [a-z][a-z-]+){1,2})", page.read_text(encoding="utf-8")):
            command: click.Command | None = main
            for word in told.split():
                if isinstance(command, click.Group):
                    command = command.get_command(click.Context(command), word)
            lost += [f"{page.name}: {told}"] if command is None else []
    assert lost == []
