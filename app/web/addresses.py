"""Addresses of pages as templates ask for them, remembered: a page holds dozens, most of them the last page's too.

An address here says nothing of the request it is made in: the portal stands at the root of its host. Knows no page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import url_for

_PLAIN = frozenset({str, int, UUID})


def address(endpoint: str, **values: Any) -> str:
    """What ``url_for`` says; values other than words, numbers and ids, and its own options, are not remembered."""
    if endpoint[0] == "." or any(name[0] == "_" for name in values):
        return url_for(endpoint, **values)
    given = {name: value for name, value in values.items() if value is not None}
    if not all(type(value) in _PLAIN for value in given.values()):
        return url_for(endpoint, **given)
    return _made(endpoint, tuple((name, str(value)) for name, value in given.items()))


@lru_cache(maxsize=8192)
def _made(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))
