"""A page of a list and the address of its neighbours. Knows no query and no template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

SIZES = (10, 25, 50, 100)
_LARGEST_NUMBER = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows of a longer list; ``number`` counts from 1."""

    items: Sequence[Item]
    number: int
    size: int
    total: int

    @property
    def first_index(self) -> int:
        """Position of the first row shown, 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_index(self) -> int:
        """Position of the last row shown, 0 when there is none."""
        return self.first_index + len(self.items) - 1 if self.items else 0

    @property
    def pages(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """Page numbers to offer; None marks a gap."""
        near = {1, self.pages, self.number - 1, self.number, self.number + 1}
        shown = sorted(n for n in near if 1 <= n <= self.pages)
        result: list[int | None] = []
        for number in shown:
            if result and result[-1] is not None and number - result[-1] > 1:
                result.append(None)
            result.append(number)
        return tuple(result)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which page of a list was asked for, and in which order."""

    number: int
    size: int
    sort: str
    descending: bool

    @property
    def offset(self) -> int:
        """Rows to skip."""
        return (self.number - 1) * self.size

    @property
    def sort_text(self) -> str:
        """The order as written in an address: ``-name`` is descending."""
        return f"-{self.sort}" if self.descending else self.sort


def list_request(
    arguments: Mapping[str, str], *, sorts: Sequence[str], default_sort: str, default_size: int = 10
) -> ListRequest:
    """Read ``?page=2&size=10&sort=-submitted_at``; whatever makes no sense falls back to the default."""
    asked = arguments.get("sort", default_sort)
    if asked.removeprefix("-") not in sorts:
        asked = default_sort
    size = _whole(arguments.get("size", ""), default_size)
    return ListRequest(
        number=min(_whole(arguments.get("page", ""), 1), _LARGEST_NUMBER),
        size=size if size in SIZES or size == default_size else default_size,
        sort=asked.removeprefix("-"),
        descending=asked.startswith("-"),
    )


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= 9 and int(text) > 0 else default
