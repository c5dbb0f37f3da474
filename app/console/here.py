"""The bench of this request. The console's only place that asks the web floor for its parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.console.bench import Bench
from app.console.driving import Inside
from app.console.queries import GroupLine, list_groups
from app.web.request import control, databases, files, portal


def bench() -> Bench:
    """What this request works on."""
    return Bench(control(), portal().contracts, portal().settings.contracts_dir)


@contextmanager
def inside(slug: str) -> Iterator[Session]:
    """A Session inside one tenant; what is not committed is rolled back. Raises NotFound for an unknown one."""
    bench().must_know(slug)
    with databases().app.session(slug) as session:
        yield session


def groups_of(slug: str) -> tuple[GroupLine, ...]:
    """The provider groups of a tenant."""
    with inside(slug) as session:
        return list_groups(session)


@contextmanager
def reach(slug: str) -> Iterator[Inside]:
    """One tenant for one act of ops. Raises NotFound for an unknown one."""
    with databases().app.session(bench().must_know(slug)) as session:
        yield Inside(session, portal().contracts[slug].contract, files())
