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

_FOLDER = Path(__file__).parent / "templates" / "letters"
TEMPLATE, FORM = _FOLDER / "letter.typ", _FOLDER / "form.typ"
_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_FONTS = (("fontpkg_noto_sans", "files"), ("fontpkg_noto_sans_arabic", "files"), ("pylopdf_fonts_zh_tw", ""))
_KEPT = threading.local()


class LetterUnprintable(Exception):
    """The letter cannot be made as an accessible, lasting PDF; the text says why and holds nothing of the letter."""


def print_letter(content: Mapping[str, object], *, written_at: datetime) -> bytes:
    """The PDF of a letter's data, stamped with the instant it was written.

    Raises LetterUnprintable when a character has no glyph or the template lacks a value.
    """
    return _print(TEMPLATE, content, written_at)


def print_form(content: Mapping[str, object], *, written_at: datetime) -> bytes:
    """The PDF of a form to be filled in by hand, with what is known in it. Raises LetterUnprintable."""
    return _print(FORM, content, written_at)


def _print(template: Path, content: Mapping[str, object], written_at: datetime) -> bytes:
    try:
        pdf = _compiler(template).compile(
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


def _compiler(template: Path) -> typst.Compiler:
    """One compiler a thread and template: it cannot be shared, and its fonts take a while to read."""
    kept: dict[Path, typst.Compiler] = _KEPT.__dict__.setdefault("compilers", {})
    if template not in kept:
        folders = [str(files(package) / folder) for package, folder in _FONTS]
        kept[template] = typst.Compiler(str(template), font_paths=folders, ignore_system_fonts=True)
    return kept[template]
