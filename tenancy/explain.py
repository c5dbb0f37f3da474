"""Where an effective value of a contract comes from: file, line, column and the source its author gave."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenancy.faults import did_you_mean
from tenancy.yaml_source import Node


@dataclass(frozen=True, slots=True)
class Origin:
    """A value's place in YAML and the source given for it; ``source`` is empty if none was given."""

    file: str
    line: int
    column: int
    source: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place} (source: {self.source})" if self.source else place


class UnknownPath(LookupError):
    """No value has this path. The message says what stands there instead."""


class Provenance(Mapping[str, Origin]):
    """Path → origin for every value of one contract; ``intake.sections.0.title``. Values left to their default
    have none.
    """

    def __init__(self, tree: Node) -> None:
        self._tree = tree
        self._origins: dict[str, Origin] | None = None

    def __getitem__(self, path: str) -> Origin:
        return self._all()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def value_at(self, path: str) -> Any:
        """The value written at a path, as plain lists, dicts and scalars. Raises UnknownPath."""
        return plain(node_at(self._tree, path))

    def explained(self, path: str) -> tuple[str, ...]:
        """Lines that say what stands at a path and where each value of it comes from. Raises UnknownPath."""
        node = node_at(self._tree, path)
        return tuple(f"{name}: {shown(self._tree, name)}  {self[name]}" for name in leaves(node, path))

    def _all(self) -> dict[str, Origin]:
        if self._origins is None:
            self._origins = dict(_origins(self._tree, "", ""))
        return self._origins


def _origins(node: Node, path: str, source: str) -> Iterator[tuple[str, Origin]]:
    given = node.source or source
    if path:
        yield path, Origin(node.file, node.key_line, node.key_column, given)
    for name, child in children(node):
        yield from _origins(child, f"{path}.{name}" if path else name, given)


def children(node: Node) -> list[tuple[str, Node]]:
    """A node's parts with their names; list items are named by their number from 0."""
    if isinstance(node.value, dict):
        return [(str(name), child) for name, child in node.value.items()]
    if isinstance(node.value, list):
        return [(str(index), child) for index, child in enumerate(node.value)]
    return []


def node_at(tree: Node, path: str) -> Node:
    """The node at a dotted path; keys may hold dots themselves. Raises UnknownPath."""
    node, behind, rest = tree, "", path
    while rest:
        inside = children(node)
        name = _longest_start(rest, [name for name, _ in inside])
        if name is None:
            wanted = rest.split(".")[0]
            hint = did_you_mean(wanted, [name for name, _ in inside])
            raise UnknownPath(f"'{behind or 'the contract'}' has no '{wanted}'. {hint}".strip())
        node = dict(inside)[name]
        behind = f"{behind}.{name}" if behind else name
        rest = rest[len(name) + 1 :]
    return node


def leaves(node: Node, path: str) -> Iterator[str]:
    """The paths of the single values at and under a node."""
    inside = children(node)
    if not inside:
        yield path
    for name, child in inside:
        yield from leaves(child, f"{path}.{name}")


def shown(tree: Node, path: str) -> str:
    """The value at a path on one line."""
    return json.dumps(plain(node_at(tree, path)), ensure_ascii=False, default=str)


def _longest_start(path: str, names: list[str]) -> str | None:
    fitting = [name for name in names if path == name or path.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)


def place_of(tree: Node, path: tuple[str, ...]) -> Node:
    """The node at a path, or the nearest one above it where the author left a default."""
    node = tree
    for step in path:
        inside = dict(children(node))
        if step not in inside:
            return node
        node = inside[step]
    return node


def plain(node: Node) -> Any:
    """A node as plain lists, dicts and scalars."""
    if isinstance(node.value, dict):
        return {str(name): plain(child) for name, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value
