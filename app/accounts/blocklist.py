"""The passwords everybody uses, offline: 30,000 of them as another package's data, read once. Asks no network."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module

_SOURCE = "zxcvbn.frequency_lists"


def is_known(text: str) -> bool:
    """Whether a case-folded text is one of the passwords people use most (NIST SP 800-63B-4 3.1.1.2)."""
    return text in _known()


@cache
def _known() -> frozenset[str]:
    lists: dict[str, list[str]] = import_module(_SOURCE).FREQUENCY_LISTS
    words = frozenset(lists["passwords"])
    sys.modules.pop(_SOURCE, None)  # the other lists of that package are of no use here
    return words
