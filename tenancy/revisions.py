"""Which revisions of a tenant's schema this code can serve, and a watch that looks now and then.

Expand, then contract: a revision never breaks the code before it, so code serves schemas from the oldest it
still reads up to one revision past the newest it knows. Must not know what a revision does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

OLDEST = 1
AHEAD = 1
_LOOK_AGAIN_SECONDS = 60.0
_VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "tenant" / "versions"


def newest() -> int:
    """The number of the newest revision this code knows; revisions are files called ``NNNN_name.py``."""
    return max(int(path.name[:4]) for path in _VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py"))


class SchemaWatch:
    """Remembers for a minute that a tenant's schema can be served; what cannot be served is looked at every time."""

    def __init__(
        self,
        refusal: Callable[[], Exception],
        *,
        missing: Callable[[], Exception] | None = None,
        up_to: int | None = None,
    ) -> None:
        """``refusal`` makes the error for a tenant whose schema is out of range, ``missing`` for one that is not there.

        Without ``missing`` both are the same.
        """
        self._served = range(OLDEST, (newest() if up_to is None else up_to) + AHEAD + 1)
        self.refusal = refusal
        self.missing = missing or refusal
        self._good_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_due(self, slug: str) -> bool:
        """Whether the revision should be read again."""
        return self._good_until.get(slug, 0.0) < time.monotonic()

    def check(self, slug: str, revision: str | None) -> None:
        """Remember a schema in range; raise the refusal for any other, and for one with no revision at all."""
        if revision is None or not revision.isdigit() or int(revision) not in self._served:
            raise self.refusal()
        with self._lock:
            self._good_until[slug] = time.monotonic() + _LOOK_AGAIN_SECONDS
