"""The guide of a contract with its pictures, as PDF and as a page of its own. Must not know requests or a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.guides.blocks import Guide
from app.guides.printing import print_guide
from app.guides.writing import write_guide
from app.web.messages import gettext
from app.web.rendering import date_us
from tenancy.loader import LoadedContract

_KEPT = 8
NOTHING: Mapping[str, Path] = MappingProxyType({})


def pictures_of(folder: Path, slug: str) -> Mapping[str, Path]:
    """The pictures taken for a tenant's guide: name → file. Nothing where none were taken."""
    return {path.stem: path for path in sorted((folder / slug).glob("*.png"))} if slug.isidentifier() else NOTHING


def printed(loaded: LoadedContract, on: date, pictures: Mapping[str, Path]) -> bytes:
    """The guide as PDF; the last few are kept, since it takes a second to make. Raises GuideUnprintable."""
    stamps = tuple((name, path, path.stat().st_mtime_ns) for name, path in pictures.items())
    return _printed(_Same(loaded), on, stamps)


def as_page(guide: Guide, loaded: LoadedContract, pictures: Mapping[str, Path]) -> str:
    """The guide as one HTML file that stands beside its pictures."""
    made = Environment(
        loader=PackageLoader("app.guides"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["_"] = gettext
    made.filters["date_us"] = date_us
    brand = loaded.contract.brand
    return made.get_template("guides/alone.html").render(guide=guide, brand=brand, pictures=pictures)


class _Same:
    """A contract that counts as the same as another of its release and switches, so that its PDF is kept."""

    def __init__(self, loaded: LoadedContract) -> None:
        self.loaded = loaded
        self._key = (loaded.slug, loaded.release, tuple(loaded.contract.features.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=_KEPT)
def _printed(same: _Same, on: date, stamps: tuple[tuple[str, Path, int], ...]) -> bytes:
    loaded, pictures = same.loaded, {name: path for name, path, _changed in stamps}
    brand = loaded.contract.brand
    return print_guide(write_guide(loaded, on=on), colour=brand.primary, sender=brand.operator, pictures=pictures)
