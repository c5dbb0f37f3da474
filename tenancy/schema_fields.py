"""marshmallow fields over nodes: one for each kind of value a contract may hold. Refuses, never guesses.

Every field takes a ``yaml_source.Node`` and gives the frozen value, or raises with finished faults in it. Knows no
contract class; ``tenancy.schema`` puts the fields together.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from tenancy.faults import Fault, did_you_mean
from tenancy.yaml_source import UNREADABLE, Node, Unclear

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,60}")
LONGEST_TEXT = 20_000
MOST_WRONG = 100


def refused(fault: Fault) -> ValidationError:
    """The fault as marshmallow's error."""
    return ValidationError([fault])


def is_enough(errors: dict[Any, Any], name: object, node: Node) -> bool:
    """Whether so much is wrong in one part that the rest of it waits; a last fault then says so, at this node."""
    if len(errors) < MOST_WRONG:
        return False
    reason = f"more than {MOST_WRONG} faults stand in this part; the rest is read when they are mended."
    errors[str(name)] = [node.fault("FAULTS-MANY", reason, at_key=True)]
    return True


def described(node: Node) -> str:
    """What stands there, in an author's words."""
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


class NodeField(fields.Field[Any], ABC):
    """A field that reads one node. ``nullable`` lets the author leave the value empty.

    A field that ``keeps`` leaves what it made with the node, so that what many contracts inherit is made once.
    """

    keeps: ClassVar[bool] = False

    def __init__(self, *, nullable: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.nullable = nullable

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.read(value)

    def read(self, node: Node) -> Any:
        """The node's value. Raises ValidationError with the faults."""
        if node.made is not None and node.made[0] is self:
            return node.made[1]
        if node.value is None and self.nullable:
            return None
        if node.value is UNREADABLE:
            raise ValidationError([])
        made = self.made(node)
        if self.keeps:
            node.made = (self, made)
        return made

    @abstractmethod
    def made(self, node: Node) -> Any:
        """The value of a node that has one."""

    def wrong(self, node: Node, code: str, wanted: str, suggestion: str = "") -> ValidationError:
        """The error that says what is wanted here."""
        return refused(node.fault(code, f"{wanted} is wanted here, not {described(node)}.", suggestion))


class Text(NodeField):
    """Words. Anything unquoted that another YAML reader might take for something else is refused."""

    def __init__(
        self, *, pattern: str | None = None, minimum: int | None = None, maximum: int | None = None, **given: Any
    ) -> None:
        super().__init__(**given)
        self.pattern = re.compile(pattern) if pattern else None
        self.minimum = minimum or 0
        self.maximum = maximum or LONGEST_TEXT

    def made(self, node: Node) -> str:
        value = node.value
        if type(value) is not str:
            if isinstance(value, bool | int | Decimal | Unclear):
                raise refused(quote_wanted(node))
            raise self.wrong(node, "TYPE-TEXT", "a text", 'Write "" for an empty text.' if value is None else "")
        if not self.minimum <= len(value) <= self.maximum:
            raise refused(self._wrong_length(node, len(value)))
        if self.pattern and not self.pattern.fullmatch(value):
            reason = f"{described(node)} does not have the form {self.pattern.pattern}."
            raise refused(node.fault("TEXT-PATTERN", reason))
        return value

    def _wrong_length(self, node: Node, length: int) -> Fault:
        if length == 0:
            return node.fault("TEXT-EMPTY", "a text is wanted here, not an empty one.")
        reason = f"{length} characters; from {self.minimum} to {self.maximum} are allowed."
        return node.fault("TEXT-LENGTH", reason)


def quote_wanted(node: Node) -> Fault:
    """The fault of an unquoted value where text is wanted."""
    written = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
    return node.fault("TYPE-QUOTE", f"a text is wanted here, not {described(node)}.", f'Quote it: "{written}".')


class Flag(NodeField):
    """true or false, and no other spelling."""

    def made(self, node: Node) -> bool:
        if isinstance(node.value, bool):
            return node.value
        raise self.wrong(node, "TYPE-FLAG", "true or false", "Write true or false, unquoted.")


class Whole(NodeField):
    """A whole number."""

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.minimum = minimum
        self.maximum = maximum

    def made(self, node: Node) -> int:
        value = node.value
        if type(value) is not int:
            raise self.wrong(node, "TYPE-WHOLE", "a whole number")
        if self.minimum is not None and value < self.minimum:
            raise refused(node.fault("NUMBER-LOW", f"{value} is less than the least allowed, {self.minimum}."))
        if self.maximum is not None and value > self.maximum:
            raise refused(node.fault("NUMBER-HIGH", f"{value} is more than the most allowed, {self.maximum}."))
        return value


class Number(NodeField):
    """A number, exact."""

    def made(self, node: Node) -> Decimal:
        if isinstance(node.value, Decimal) or type(node.value) is int:
            return Decimal(node.value)
        raise self.wrong(node, "TYPE-NUMBER", "a number")


def day_of(text: object) -> date | None:
    """The day written as YYYY-MM-DD, or None."""
    if not isinstance(text, str) or not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Day(NodeField):
    """A day."""

    def made(self, node: Node) -> date:
        day = day_of(node.value)
        if day is None:
            raise self.wrong(node, "TYPE-DAY", "a day", "Write it as YYYY-MM-DD.")
        return day


class ClockTime(NodeField):
    """A time of day."""

    def made(self, node: Node) -> time:
        value = node.value
        try:
            if isinstance(value, str) and CLOCK_TIME.fullmatch(value):
                return time.fromisoformat(value)
        except ValueError:
            pass
        raise self.wrong(node, "TYPE-TIME", "a time of day", 'Write it as "HH:MM" in 24 hours.')


class Choice(NodeField):
    """A word of a closed list."""

    def __init__(self, *, words: type[StrEnum], called: str, **given: Any) -> None:
        super().__init__(**given)
        self.words = words
        self.called = called
        self._members = {member.value: member for member in words}

    def made(self, node: Node) -> StrEnum:
        value = node.value
        member = self._members.get(value) if isinstance(value, str) else None
        if member is not None:
            return member
        if isinstance(value, dict | list) or value is None:
            raise self.wrong(node, "TYPE-WORD", "one word", did_you_mean("", self._members))
        reason = f"{self.called} {described(node)} is unknown."
        raise refused(node.fault("WORD-UNKNOWN", reason, did_you_mean(str(value), self._members)))


class Listing(NodeField):
    """A list, kept in order."""

    keeps = True

    def __init__(self, *, item: NodeField, unique: bool, **given: Any) -> None:
        super().__init__(**given)
        self.item = item
        self.unique = unique

    def made(self, node: Node) -> tuple[Any, ...]:
        if not isinstance(node.value, list):
            raise self.wrong(node, "TYPE-LIST", "a list", "Write [] for an empty list." if node.value is None else "")
        errors: dict[Any, Any] = {}
        values = collected(((index, item) for index, item in enumerate(node.value)), self.item.read, errors)
        if self.unique:
            _refuse_repeats(((index, node.value[index]) for index in values), errors)
        if errors:
            raise ValidationError(errors)
        return tuple(values.values())


def _refuse_repeats(nodes: Iterable[tuple[int, Node]], errors: dict[Any, Any]) -> None:
    seen: set[Any] = set()
    for index, node in nodes:
        if node.value in seen:
            errors[index] = [node.fault("LIST-REPEAT", f"{described(node)} stands in this list already.")]
        seen.add(node.value)


def collected(items: Iterable[tuple[Any, Node]], read: Callable[[Node], Any], errors: dict[Any, Any]) -> dict[Any, Any]:
    """What could be read of the items; what could not is put into ``errors`` under the item's key."""
    values = {}
    for name, node in items:
        if is_enough(errors, name, node):
            break
        try:
            values[name] = read(node)
        except ValidationError as error:
            errors[name] = error.messages
    return values


class Keyed(NodeField):
    """A mapping from the author's own keys to values, kept in order."""

    keeps = True

    def __init__(self, *, key: NodeField, item: NodeField, **given: Any) -> None:
        super().__init__(**given)
        self.key = key
        self.item = item

    def made(self, node: Node) -> Mapping[Any, Any]:
        if not isinstance(node.value, dict):
            hint = "Write {} if there is none." if node.value is None else ""
            raise self.wrong(node, "TYPE-MAPPING", "a mapping of keys to values", hint)
        errors: dict[Any, Any] = {}
        values: dict[Any, Any] = {}
        for name, child in node.value.items():
            if is_enough(errors, name, child):
                break
            try:
                values[self._key(name, child)] = self._item(child)
            except ValidationError as error:
                errors[str(name)] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(values)

    def _key(self, name: str, child: Node) -> Any:
        at_key = Node(name, child.file, child.key_line, child.key_column)
        return self.key.read(at_key)

    def _item(self, child: Node) -> Any:
        if child.value is None and not self.item.nullable:
            hint = "~ takes an inherited entry away, and none was inherited here."
            raise refused(child.fault("VALUE-MISSING", "nothing stands behind this key.", hint, at_key=True))
        return self.item.read(child)
