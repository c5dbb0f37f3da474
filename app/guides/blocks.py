"""What a guide is made of, before it becomes a page or a PDF: chapters of blocks. Knows no contract and no layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Say:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``is_ordered`` where one comes after the other."""

    items: tuple[str, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds. ``key`` is the place in the contract it comes from; tests prove each against the portal."""

    key: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts under each other, with their labels."""

    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the contract's own words; every row has a cell for each column."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody; without ``href`` it is only read."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to ask about a topic, and how."""

    topic: str
    ways: tuple[Way, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts by topic, or training: what it is and where."""

    rows: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part of a chapter."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of the portal: the name of its file and what is on it. It is left out where nobody took it."""

    picture: str
    alt: str


Block = Say | Items | Facts | Table | Contacts | Heading | Figure


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter; ``name`` is its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A whole guide as it holds on a day, made from one release of a contract."""

    title: str
    lede: str
    language: str
    on: date
    release: str
    chapters: tuple[Chapter, ...]

    def chapter(self, name: str) -> Chapter:
        """The chapter of that name. Raises KeyError."""
        found = {one.name: one for one in self.chapters}
        return found[name]

    def facts(self) -> Iterator[Fact]:
        """Every fact the guide states."""
        for chapter in self.chapters:
            for block in chapter.blocks:
                if isinstance(block, Facts):
                    yield from block.rows


def facts(*rows: Fact | None) -> tuple[Block, ...]:
    """A block of the facts that are there; nothing when none is."""
    there = tuple(row for row in rows if row is not None)
    return (Facts(there),) if there else ()


def says(*texts: str) -> tuple[Block, ...]:
    """A paragraph for each text that is not empty."""
    return tuple(Say(text) for text in texts if text)


def items(texts: tuple[str, ...], *, is_ordered: bool = False) -> tuple[Block, ...]:
    """A list, unless there is nothing in it."""
    return (Items(texts, is_ordered),) if texts else ()


def table(caption: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Block, ...]:
    """A table, unless it has no rows."""
    return (Table(caption, head, rows),) if rows else ()
