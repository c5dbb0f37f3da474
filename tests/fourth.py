"""A fourth, invented state beside the shipped contracts: a folder as an ops person would have it."""

from __future__ import annotations

import shutil
from pathlib import Path

from launch.places import ROOT

SLUG = "franklin"
FILES = ROOT / "tests" / "contracts" / "fourth"


def folder_with_fourth(home: Path) -> Path:
    """A copy of the contracts' folder with the fourth state's file and scenarios in it."""
    folder = home / "contracts"
    shutil.copytree(ROOT / "contracts", folder)
    shutil.copy(FILES / f"{SLUG}.yaml", folder)
    shutil.copy(FILES / "scenarios" / f"{SLUG}.yaml", folder / "scenarios")
    return folder
