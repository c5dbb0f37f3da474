"""Letters as PDF: typst, PDF/UA-1 and PDF/A-2a checked as they are made. Must not know cases, contracts or tables.

The same data and instant give the same bytes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

TEMPLATE = Path(__file__).parent / "templates" / "letters" / "letter.typ"
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_FONTS = (("fontpkg_noto_sans", "files"), ("fontpkg_noto_sans_arabic", "files"), ("pylopdf_fonts_zh_tw", ""))
_KEPT = threading.local()


class LetterUnprintable(Exception):
    """The letter cannot be made as an accessible, lasting PDF; the text says why and holds nothing of the letter."""


def print_letter(content: Mapping[str, object], *, written_at: datetime) -> bytes:
    """The PDF of a letter's data, stamped with the instant it was written.

    Raises LetterUnprintable when a character has no glyph or the template lacks a value.
    """
    try:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"letter": json.dumps(dict(content), ensure_ascii=False)},
            pdf_standards=_STANDARDS,  # type: ignore[arg-type]  # a list of two of its words
            timestamp=written_at.replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise LetterUnprintable(_reason(error)) from None
    if not isinstance(pdf, bytes):
        raise LetterUnprintable("The letter has no page.")
    return pdf


def _reason(error: typst.TypstError) -> str:
    """Why, in words of ours: the compiler's own message quotes the letter."""
    if "could not be displayed" in str(error) or "font" in str(error):
        return "A character of this letter cannot be printed."
    return "The letter lacks a value or does not fit its template."


def _compiler() -> typst.Compiler:
    """One compiler a thread: it cannot be shared, and its fonts take a while to read."""
    kept: typst.Compiler | None = getattr(_KEPT, "compiler", None)
    if kept is None:
        folders = [str(files(package) / folder) for package, folder in _FONTS]
        kept = typst.Compiler(str(TEMPLATE), font_paths=folders, ignore_system_fonts=True)
        _KEPT.compiler = kept
    return kept
