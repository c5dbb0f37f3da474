"""Folders of contracts for the unit tests of the language."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

WHOLE = Path(__file__).parents[2] / "contracts" / "broken" / "base" / "whole.yaml"
Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of contracts with the whole made-up base."""
    root = tmp_path / "contracts"
    (root / "base").mkdir(parents=True)
    shutil.copy(WHOLE, root / "base" / "whole.yaml")
    return root


@pytest.fixture
def write(folder: Path) -> Write:
    """Writes a file of that folder; a contract extends the base unless it says otherwise."""

    def written(name: str, text: str = "", *, extends: str = "extends: base/whole\n") -> Path:
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(extends + text, encoding="utf-8")
        return path

    return written
