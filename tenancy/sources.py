"""The texts of the files a contract is read from, and reading one back from such texts. Knows no database."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tenancy.extends import Library
from tenancy.loader import FLOOR, Reading, read_contract


def sources_of(path: Path) -> Mapping[str, str]:
    """The file and everything it extends, the platform's floor too: name under the contracts' folder → text."""
    path = path.resolve()
    library = Library(path.parent)
    read_contract(path, library)
    floor = library.root / FLOOR
    files = {path, *library.files(), *([floor] if floor.is_file() else [])}
    return {
        file.relative_to(library.root).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(files)
        if file.is_file()
    }


def reading_of(sources: Mapping[str, str], slug: str, *, today: date | None = None) -> Reading:
    """The contract in such texts, with the file and line of every value: for explaining a published release.

    With ``today`` a waiver that is over is an error, as for :func:`read_contract`. Never raises for anything a
    text can hold; a name that leads out of the folder is left out.
    """
    with tempfile.TemporaryDirectory(prefix="charter-") as name:
        root = Path(name).resolve() / "contracts"
        root.mkdir()
        for file, text in sources.items():
            target = (root / file).resolve()
            if target.is_relative_to(root):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        return read_contract(root / f"{slug}.yaml", Library(root), today=today)
