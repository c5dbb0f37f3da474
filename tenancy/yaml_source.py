"""YAML text → a tree of nodes that remember their place. Refuses what YAML would guess at.

Reads PyYAML's parse events (libyaml where it is built in) with a core schema of its own: true and false, plain
decimal numbers, nothing else. Whatever another YAML reader might take for something other than text becomes an
``Unclear`` and is refused wherever text is wanted. Knows no contract class.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from tenancy.faults import Fault

MAX_BYTES = 1_048_576
MAX_DEPTH = 40
MAX_VALUES = 40_000
MAX_FAULTS = 300
SOURCE_KEY = "source"
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
UNCLEAR = re.compile(
    r"[-+]?0b[01_]+|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"
    r"|True|TRUE|False|FALSE|=",
    re.DOTALL,
)
CLEAR_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "false": False,
}  # fmt: skip
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Unclear(str):
    """A plain scalar that is text to one YAML reader and a number, date or truth value to another."""

    __slots__ = ()


class Unreadable:
    """Stands where an alias or a refused value was, so that no second fault is reported for it."""


UNREADABLE = Unreadable()
Scalar = bool | int | Decimal | str | Unreadable | None


class Node:
    """A value, where it stands, and the source its author gave for it. ``value`` is a dict, a list or a scalar.

    ``made`` keeps what a schema made of it, so that a part inherited by many contracts is made once; ``taken`` holds
    the empty values by which an author took inherited keys away.
    """

    __slots__ = ("column", "file", "key_column", "key_line", "line", "made", "source", "taken", "value")

    def __init__(self, value: Any, file: str, line: int, column: int) -> None:
        self.value = value
        self.file = file
        self.line = self.key_line = line
        self.column = self.key_column = column
        self.source: str | None = None
        self.made: tuple[object, object] | None = None
        self.taken: dict[str, Node] | None = None

    def fault(self, code: str, reason: str, suggestion: str = "", *, at_key: bool = False) -> Fault:
        """A fault at this value, or at the key in front of it."""
        line, column = (self.key_line, self.key_column) if at_key else (self.line, self.column)
        return Fault(self.file, line, column, code, reason, suggestion=suggestion)


def plain_value(text: str) -> Scalar:
    """What an unquoted scalar means: nothing, true, false, a decimal number, unclear, or text."""
    if text in CLEAR_WORDS:
        return CLEAR_WORDS[text]
    if text[0] not in "0123456789+-.yYnNoOtTfF=":
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return Decimal(text)
    return Unclear(text) if UNCLEAR.fullmatch(text) else text


class _Stop(Exception):
    """Reading cannot go on."""


class _Builder:
    """Turns one document's events into nodes; notes every fault and goes on where it can."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.keys: list[Node | None] = []
        self.documents = 0
        self.values = 0
        self.handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._open_mapping,
            yaml.SequenceStartEvent: self._open_sequence,
            yaml.MappingEndEvent: self._close_mapping,
            yaml.SequenceEndEvent: self._close_sequence,
            yaml.DocumentStartEvent: self._document,
        }

    def build(self, events: Iterator[Any]) -> None:
        """Take every event."""
        handler_of = self.handlers.get
        for event in events:
            handler = handler_of(type(event))
            if handler:
                handler(event)

    def _note(self, event: Any, code: str, reason: str, suggestion: str = "") -> None:
        mark = event.start_mark
        self.faults.append(Fault(self.file, mark.line + 1, mark.column + 1, code, reason, suggestion=suggestion))

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._note(event, "YAML-DOCUMENTS", "a second document starts here.", "Keep one document in a file.")
            raise _Stop

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            hint = "Write the value out where it is needed, or inherit it with extends."
            self._note(event, "YAML-ANCHOR", f"anchor '&{event.anchor}' hides where a value is used.", hint)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(event, "YAML-TAG", f"tag '{tag}' is not allowed.", "Remove it.")

    def _node(self, value: Any, event: Any) -> Node:
        self.values += 1
        if self.values > MAX_VALUES:
            self._note(event, "YAML-MANY", f"the file holds more than {MAX_VALUES} values.", "Split it, or extend one.")
            raise _Stop
        if len(self.faults) > MAX_FAULTS:
            self._note(event, "FAULTS-MANY", "the rest of the file is read when the faults above are mended.")
            raise _Stop
        mark = event.start_mark
        return Node(value, self.file, mark.line + 1, mark.column + 1)

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event)
        value = event.value if event.style else plain_value(event.value)
        self._place(self._node(value, event))

    def _alias(self, event: Any) -> None:
        hint = "Write the value out, or inherit it with extends."
        self._note(event, "YAML-ALIAS", f"alias '*{event.anchor}' hides what stands here.", hint)
        self._place(self._node(UNREADABLE, event))

    def _open(self, event: Any, value: dict[str, Node] | list[Node]) -> None:
        self._refuse_marks(event)
        if len(self.stack) >= MAX_DEPTH:
            self._note(event, "YAML-DEPTH", f"values are nested more than {MAX_DEPTH} deep.")
            raise _Stop
        self.stack.append(self._node(value, event))
        self.keys.append(None)

    def _open_mapping(self, event: Any) -> None:
        self._open(event, {})

    def _open_sequence(self, event: Any) -> None:
        self._open(event, [])

    def _close_sequence(self, _: Any) -> None:
        self.keys.pop()
        self._place(self.stack.pop())

    def _close_mapping(self, _: Any) -> None:
        self.keys.pop()
        node = self.stack.pop()
        source = node.value.pop(SOURCE_KEY, None)
        if source is not None:
            self.faults.extend(_take_source(node, source))
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self.stack:
            self.root = node
        elif isinstance(self.stack[-1].value, list):
            self.stack[-1].value.append(node)
        elif self.keys[-1] is None:
            self.keys[-1] = node
        else:
            self._pair(self.keys[-1], node)
            self.keys[-1] = None

    def _pair(self, key: Node, node: Node) -> None:
        name = self._key_name(key)
        node.key_line, node.key_column = key.line, key.column
        mapping = self.stack[-1].value
        if name is None:
            return
        if name in mapping:
            first = mapping[name].key_line
            self.faults.append(key.fault("YAML-DUPLICATE", f"key '{name}' was already given in line {first}."))
            return
        mapping[name] = node

    def _key_name(self, key: Node) -> str | None:
        value = key.value
        if value == "<<":
            hint = "Inherit with extends."
            self.faults.append(key.fault("YAML-MERGE", "merge key '<<' hides where values come from.", hint))
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, bool | int | Decimal):
            return Unclear(str(value).lower())
        if value is not UNREADABLE:
            self.faults.append(key.fault("YAML-KEY", "a key must be one word or quoted text.", "Quote it."))
        return None


def _take_source(node: Node, source: Node) -> Iterator[Fault]:
    """Move a mapping's ``source`` from its keys to what it speaks of."""
    if isinstance(source.value, dict):
        for name, cited in source.value.items():
            if name not in node.value:
                yield cited.fault("SOURCE-KEY", f"source names '{name}', which is not beside it.", at_key=True)
            elif not _is_citation(cited.value):
                yield cited.fault("SOURCE-TEXT", "a source is a text such as AUTH-08.", "Name where the fact is from.")
            elif node.value[name].source is None:
                node.value[name].source = cited.value
    elif _is_citation(source.value):
        node.source = source.value
    elif source.value is not UNREADABLE:
        yield source.fault("SOURCE-TEXT", "a source is a text such as AUTH-08.", "Name where the fact is from.")


def _is_citation(value: object) -> bool:
    return type(value) is str and 0 < len(value.strip()) <= 300


def read_file(path: Path, name: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The file's one document as nodes, and every fault of its YAML; no node if it could not be read to its end.

    ``name`` is how the file is called in faults. Never raises for anything a file can hold.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, (Fault(name, 1, 1, "FILE-UNREADABLE", f"the file cannot be read ({type(error).__name__})."),)
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """As ``read_file``, for bytes at hand."""
    text, faults = _decoded(data, name)
    if text is None:
        return None, faults
    builder = _Builder(name)
    try:
        builder.build(_events(text))
    except _Stop:
        return None, tuple(builder.faults)
    except yaml.YAMLError as error:
        return None, (*builder.faults, _syntax_fault(name, error))
    return _whole(builder)


def _whole(builder: _Builder) -> tuple[Node | None, tuple[Fault, ...]]:
    root = builder.root
    if root is None or root.value is None:
        return None, (*builder.faults, Fault(builder.file, 1, 1, "FILE-EMPTY", "the file is empty."))
    if root.value is not UNREADABLE and not isinstance(root.value, dict):
        hint = "Start with keys such as 'identity:'."
        builder.faults.append(root.fault("FILE-SHAPE", "the file must be a mapping of keys to values.", hint))
        return None, tuple(builder.faults)
    return root, tuple(builder.faults)


def _events(text: str) -> Iterator[Any]:
    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    return iter(parser.get_event, None)


def _syntax_fault(name: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = getattr(error, "problem", None) or "the text is not YAML"
    return Fault(name, line, column, "YAML-SYNTAX", f"{problem}.", suggestion="Check indentation and quotes above.")


def _decoded(data: bytes, name: str) -> tuple[str | None, tuple[Fault, ...]]:
    if len(data) > MAX_BYTES:
        return None, (Fault(name, 1, 1, "FILE-SIZE", f"the file is larger than {MAX_BYTES} bytes."),)
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        hint = "Save as plain UTF-8."
        return None, (Fault(name, 1, 1, "FILE-BOM", "a byte order mark comes first.", suggestion=hint),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place_in(data[: error.start].decode("utf-8"))
        hint = "Save as UTF-8."
        return None, (Fault(name, line, column, "FILE-ENCODING", "this is not UTF-8 text.", suggestion=hint),)
    faults = tuple(_unwanted(text, name))
    return (None if faults else text), faults


def _unwanted(text: str, name: str) -> Iterator[Fault]:
    control = CONTROL.search(text)
    if control:
        line, column = _place_in(text[: control.start()])
        yield Fault(name, line, column, "FILE-BINARY", "a control character; this is not a text file.")
        return
    for number, row in enumerate(text.split("\n"), start=1):
        if "\t" in row:
            hint = 'Indent with spaces; inside quoted text write "\\t".'
            yield Fault(name, number, row.index("\t") + 1, "YAML-TAB", "a tab is not allowed.", suggestion=hint)


def _place_in(before: str) -> tuple[int, int]:
    """Line and column of the character that follows ``before``."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
