"""``extends:`` – one file's values laid over another's, each value keeping where it came from. Knows no contract class.

Mappings are merged key by key; lists and scalars replace what was there; ``~`` takes an inherited entry away.
Inherited keys keep their order, new ones follow.
"""

import re
from pathlib import Path

from tenancy.faults import Fault, did_you_mean
from tenancy.vocabulary import Operator
from tenancy.yaml_source import UNREADABLE, Node, read_file

EXTENDS_KEY = "extends"
TARGET = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*")
CONDITION_STARTS = frozenset({"fact", "answer", "all", "any", "not"})
CONDITION_WORDS = CONDITION_STARTS | frozenset(Operator)
Read = tuple[Node | None, tuple[Fault, ...]]


class Library:
    """The YAML files under one folder of contracts. Each base is read once, however many contracts extend it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[tuple[str, ...], Read] = {}
        self.texts: dict[int, tuple[object, str]] = {}

    def read(self, path: Path) -> Read:
        """The file with everything it inherits, and the faults of its YAML and of the files it inherits from."""
        name = path.relative_to(self.root).with_suffix("").as_posix()
        return self._inherit(name, *read_file(path, self.shown_name(path)), behind=())

    def read_base(self, name: str) -> Read:
        """A file that is no contract, by its name under the folder without suffix; read once."""
        return self._bases((name,), ())

    def files(self) -> tuple[Path, ...]:
        """The files read so far because a contract extends them."""
        return tuple(self.root / f"{names[0]}.yaml" for names in self._read if len(names) == 1)

    def shown_name(self, path: Path) -> str:
        """How a file is called in faults: from the contracts' folder on."""
        return f"{self.root.name}/{path.relative_to(self.root).as_posix()}"

    def _inherit(self, name: str, root: Node | None, faults: tuple[Fault, ...], *, behind: tuple[str, ...]) -> Read:
        if root is None or root.value is UNREADABLE or EXTENDS_KEY not in root.value:
            return root, faults
        given = root.value.pop(EXTENDS_KEY)
        targets = given.value if isinstance(given.value, list) else [given]
        refusals = tuple(fault for target in targets if (fault := self._refusal(target, (*behind, name))))
        if refusals or not targets:
            return None if refusals else root, (*faults, *refusals)
        base, base_faults = self._bases(tuple(target.value for target in targets), (*behind, name))
        if base is None:
            return None, (*faults, *base_faults)
        return merge(base, root, base.source, root.source), (*faults, *base_faults)

    def _bases(self, names: tuple[str, ...], behind: tuple[str, ...]) -> Read:
        """The named files laid over each other from first to last, together with what they extend themselves."""
        if names not in self._read:
            self._read[names] = self._stack(names, behind) if len(names) > 1 else self._base(names[0], behind)
        return self._read[names]

    def _base(self, name: str, behind: tuple[str, ...]) -> Read:
        path = self.root / f"{name}.yaml"
        return self._inherit(name, *read_file(path, self.shown_name(path)), behind=behind)

    def _stack(self, names: tuple[str, ...], behind: tuple[str, ...]) -> Read:
        lower, faults = self._bases(names[:-1], behind)
        upper, more = self._bases(names[-1:], behind)
        if lower is None or upper is None:
            return None, (*faults, *more)
        return merge(lower, upper, lower.source, upper.source), (*faults, *more)

    def _refusal(self, target: Node, behind: tuple[str, ...]) -> Fault | None:
        name = target.value
        if not isinstance(name, str) or not TARGET.fullmatch(name):
            hint = "Name a file under the contracts' folder without its suffix, e.g. base/medicaid_ffs."
            return target.fault("EXTENDS-FORM", "extends names one file or a list of files.", hint)
        if name in behind:
            chain = " → ".join((*behind[behind.index(name) :], name))
            return target.fault("EXTENDS-CYCLE", f"these files extend each other: {chain}.")
        if not (self.root / f"{name}.yaml").is_file():
            hint = did_you_mean(name, self._targets())
            return target.fault("EXTENDS-UNKNOWN", f"there is no file '{name}.yaml' to extend.", hint)
        return None

    def _targets(self) -> list[str]:
        found = sorted(self.root.glob("base/**/*.yaml"))
        return [path.relative_to(self.root).with_suffix("").as_posix() for path in found]


def merge(base: Node, over: Node, base_source: str | None, over_source: str | None) -> Node:
    """``over`` laid upon ``base``. Sources given for whole mappings are handed down to what they spoke of.

    Removing what nobody inherited is left in place as an empty value; the schema refuses it there.
    """
    merged = Node({}, over.file, over.line, over.column)
    merged.key_line, merged.key_column = over.key_line, over.key_column
    for name, inherited in base.value.items():
        given = over.value.get(name)
        if given is None:
            merged.value[name] = _cited(inherited, base_source)
        elif given.value is not None:
            merged.value[name] = _laid_over(inherited, given, base_source, over_source)
        else:
            merged.taken = {**(merged.taken or {}), name: given}
    for name, given in over.value.items():
        if name not in base.value:
            merged.value[name] = _cited(given, over_source)
    return merged


def _laid_over(inherited: Node, given: Node, base_source: str | None, over_source: str | None) -> Node:
    if isinstance(inherited.value, dict) and isinstance(given.value, dict) and not _is_choice(inherited, given):
        return merge(inherited, given, inherited.source or base_source, given.source or over_source)
    return _cited(given, over_source)


def _is_choice(inherited: Node, given: Node) -> bool:
    """Whether both are conditions: a condition is replaced whole, never mixed with the inherited one."""
    return any(
        CONDITION_WORDS.issuperset(node.value) and not CONDITION_STARTS.isdisjoint(node.value)
        for node in (inherited, given)
    )


def _cited(node: Node, source: str | None) -> Node:
    if node.source is None:
        node.source = source
    return node
