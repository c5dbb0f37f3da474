"""How templates find what every page may use. Knows none of it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PlainGlobals(Environment):
    """Templates whose globals are one plain mapping, fixed when a template is first used.

    Jinja's own, a chain of two, is walked name by name at every import of every page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals with the template's own over them."""
        return {**self.globals, **(d or {})}
