"""What the console works on: the control plane, the contracts in force and the folder they came from.

Must not know requests or pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from app.domain.errors import NotFound
from tenancy.in_force import ContractsInForce
from tenancy.loader import LoadedContract, Reading
from tenancy.previews import is_preview
from tenancy.releases import INSTALLED, Publication, get_sources, newest_publication, release_at
from tenancy.scope import ControlSession
from tenancy.sources import reading_of, sources_of


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts every act of the console needs."""

    control: ControlSession
    contracts: ContractsInForce
    folder: Path

    def slugs(self) -> tuple[str, ...]:
        """Every tenant, by name; previews are none."""
        return tuple(sorted(slug for slug in self.contracts if not is_preview(slug)))

    def must_know(self, slug: str) -> str:
        """The slug itself. Raises NotFound for one that is no tenant."""
        if slug not in self.contracts or is_preview(slug):
            raise NotFound("There is no such contract.")
        return slug

    def in_force(self, slug: str, now: datetime) -> LoadedContract:
        """The release in force without any switch over it, as the control plane has it. Raises NotFound."""
        return self._contract_of(self.must_know(slug), release_at(self.control, slug, now))

    def newest(self, slug: str) -> LoadedContract:
        """The newest release, whether its instant has come or not: what a change starts from. Raises NotFound."""
        return self._contract_of(self.must_know(slug), newest_publication(self.control, slug))

    def texts(self, slug: str) -> Mapping[str, str]:
        """The files the newest release was read from, by name under the contracts' folder. Raises NotFound."""
        newest = newest_publication(self.control, self.must_know(slug))
        kept = get_sources(self.control, slug, newest.hash) if newest and newest.kind != INSTALLED else {}
        path = self.folder / f"{slug}.yaml"
        if kept or not path.is_file():
            return kept
        return MappingProxyType(dict(sources_of(path)))

    def reading(self, slug: str, text: str, today: date) -> Reading:
        """The contract with another text in its own file: every fault with its place, and the contract if it may be
        used. Raises NotFound.
        """
        return reading_of({**self.texts(slug), f"{slug}.yaml": text}, slug, today=today)

    def reading_of(self, sources: Mapping[str, str], slug: str) -> LoadedContract | None:
        """A release read again from its own files, with the place of every value; None when they do not read."""
        return reading_of(sources, slug).loaded

    def _contract_of(self, slug: str, publication: Publication | None) -> LoadedContract:
        on_file = self.contracts.shelf.good.get(slug)
        if on_file is not None and (publication is None or publication.kind == INSTALLED):
            return on_file
        if publication is None:
            return self.contracts.published(slug)
        if on_file is not None and on_file.release == publication.hash:
            return on_file
        return self.contracts.release(self.control, slug, publication.hash)
