"""The guide as PDF: typst, PDF/UA-1 and PDF/A-2a checked as it is made. Must not know contracts or pages.

The same guide, pictures and instant give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from app.domain.typed import day_shown
from app.guides.blocks import Block, Contacts, Facts, Figure, Guide, Heading, Items, Reach, Say, Table
from app.web.messages import gettext as _

TEMPLATE = Path(__file__).parent / "templates" / "print" / "guide.typ"
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_FONTS = (("fontpkg_noto_sans", "files"), ("fontpkg_noto_sans_arabic", "files"), ("pylopdf_fonts_zh_tw", ""))


class GuideUnprintable(Exception):
    """The guide cannot be made as an accessible PDF; the text says why."""


def print_guide(guide: Guide, *, colour: str, sender: str, pictures: Mapping[str, Path]) -> bytes:
    """The PDF of a guide, stamped with the day it holds on; figures whose picture is not there are left out.

    Raises GuideUnprintable when a character has no glyph.
    """
    folder = next((path.parent for path in pictures.values()), TEMPLATE.parent)
    content = {
        "title": guide.title,
        "lede": f"{guide.lede} {_('As it holds on %(day)s.', day=day_shown(guide.on))}",
        "contents": _("Contents"),
        "language": guide.language,
        "colour": colour,
        "sender": sender,
        "footer": f"{guide.title} · {guide.release[:12]}",
        "chapters": [
            {
                "title": one.title,
                "blocks": [_block(block, pictures) for block in one.blocks if _is_there(block, pictures)],
            }
            for one in guide.chapters
        ],
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        root=str(folder),
        font_paths=_fonts(),
        sys_inputs={"guide": json.dumps(content, ensure_ascii=False)},
    )
    try:
        pdf = compiler.compile(
            format="pdf",
            pdf_standards=_STANDARDS,  # type: ignore[arg-type]  # a list of two of its words
            timestamp=datetime.combine(guide.on, time(), UTC),
        )
    except typst.TypstError as error:
        raise GuideUnprintable(str(error)) from None
    if not isinstance(pdf, bytes):
        raise GuideUnprintable("The guide has no page.")
    return pdf


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [str(files(package) / inside) for package, inside in _FONTS]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _is_there(block: Block, pictures: Mapping[str, Path]) -> bool:
    return not isinstance(block, Figure) or block.picture in pictures


def _block(block: Block, pictures: Mapping[str, Path]) -> dict[str, object]:
    match block:
        case Say(text):
            return {"kind": "say", "text": text}
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Items(texts, is_ordered):
            return {"kind": "items", "items": list(texts), "ordered": is_ordered}
        case Facts(rows):
            return {"kind": "facts", "rows": [{"label": row.label, "words": row.words} for row in rows]}
        case Table(caption, head, cells):
            return {"kind": "table", "caption": caption, "head": list(head), "rows": [list(row) for row in cells]}
        case Contacts(reached):
            return {"kind": "contacts", "rows": [_reach(one) for one in reached]}
        case Figure(picture, alt):
            return {"kind": "figure", "path": pictures[picture].name, "alt": alt}


def _reach(one: Reach) -> dict[str, object]:
    return {"topic": one.topic, "note": one.note, "ways": [{"text": way.text, "href": way.href} for way in one.ways]}
