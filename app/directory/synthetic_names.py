"""The words synthetic people and practices are named with, read once from their list."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).parent / "data" / "names.txt"


@lru_cache(maxsize=1)
def words() -> dict[str, tuple[str, ...]]:
    """Names by section: ``female``, ``male``, ``family``, ``streets``, ``places``."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.extend(name.strip() for name in line.split(",") if name.strip())
    return {section: tuple(names) for section, names in sections.items()}
