"""A fourth, invented state beside the shipped contracts: a folder as an ops person would have it.

Sweeps over the states have two sizes: the shipped ones, and with ``CHARTER_STATES=all`` the fourth too, served beside
them by everything the tests start.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from launch.places import ROOT

SLUG = "franklin"
FILES = ROOT / "tests" / "contracts" / "fourth"
SHIPPED = tuple(sorted(path.stem for path in (ROOT / "contracts").glob("*.yaml")))
IS_FULL = os.environ.get("CHARTER_STATES") == "all"


def every_state() -> tuple[str, ...]:
    """The states a sweep goes through: those shipped, at full size the fourth too."""
    return (*SHIPPED, SLUG) if IS_FULL else SHIPPED


def folder_with_fourth(home: Path) -> Path:
    """A copy of the contracts' folder with the fourth state's file and scenarios in it."""
    folder = home / "contracts"
    shutil.copytree(ROOT / "contracts", folder)
    shutil.copy(FILES / f"{SLUG}.yaml", folder)
    shutil.copy(FILES / "scenarios" / f"{SLUG}.yaml", folder / "scenarios")
    return folder
