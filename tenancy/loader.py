"""Contract files → frozen contracts, or one error that lists every fault. The only door from YAML to the rest.

A file directly under the contracts' folder is a contract and its stem is the contract's slug; files in folders below
are what contracts extend. A wrong file never stops the others.
"""

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from tenancy.checks import Problem, problems_of
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective, clamp
from tenancy.contract.floor import Floor
from tenancy.explain import Origin, Provenance, place_of
from tenancy.extends import Library
from tenancy.faults import ContractError, Fault
from tenancy.release import release_of
from tenancy.schema import Part, load_part
from tenancy.yaml_source import UNREADABLE, Node

FLOOR = "platform/floor.yaml"
SLUG = re.compile(r"[a-z][a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class LoadedContract:
    """A contract in use: its objects, the hash that names this release, where every value came from, its warnings.

    ``policy`` is the credential policy the portal applies: the contract's, held to the platform's floor.
    """

    slug: str
    contract: Contract
    release: str
    provenance: Mapping[str, Origin]
    policy: Effective
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ContractShelf:
    """Every contract of a folder by slug: those that may be used, and the errors of those that may not."""

    good: Mapping[str, LoadedContract]
    bad: Mapping[str, ContractError]
    floor: Floor = field(default_factory=Floor)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What reading one contract file gave: every fault and warning, and the contract if no fault is an error."""

    slug: str
    faults: tuple[Fault, ...]
    loaded: LoadedContract | None


def load_contract(path: Path, *, root: Path | None = None) -> LoadedContract:
    """The contract in one file. Raises ContractError with every fault, warnings among them.

    ``root`` is the folder ``extends`` starts from: the file's own, unless given.
    """
    reading = read_contract(path, Library((root or path.parent).resolve()))
    if reading.loaded is None:
        raise ContractError(reading.faults)
    return reading.loaded


def load_directory(folder: Path) -> ContractShelf:
    """Every contract directly in a folder. Two that claim the same address or code cannot both be used."""
    readings = read_directory(folder)
    good = {reading.slug: reading.loaded for reading in readings if reading.loaded}
    bad = {reading.slug: ContractError(reading.faults) for reading in readings if not reading.loaded}
    floor, _ = read_floor(Library(folder.resolve()))
    return ContractShelf(MappingProxyType(good), MappingProxyType(bad), floor or Floor())


def read_directory(folder: Path, *, today: date | None = None) -> tuple[Reading, ...]:
    """As ``load_directory``, with the faults and warnings of each file; of waivers that are over if today is given."""
    library = Library(folder.resolve())
    with _collecting_later():
        readings = [read_contract(path, library, today=today) for path in sorted(library.root.glob("*.yaml"))]
    return tuple(_without_rivals(readings))


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Reading makes many objects and no cycles: looking for cycles meanwhile takes a fifth of the time for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_contract(path: Path, library: Library, *, today: date | None = None) -> Reading:
    """One contract file with everything it inherits. Never raises for anything a file can hold.

    With ``today`` a waiver that is over is an error, as it is when a contract is about to be published.
    """
    path = path.resolve()
    slug = path.stem
    tree, faults = library.read(path)
    found = list(faults)
    if not SLUG.fullmatch(slug):
        reason = f"'{slug}' cannot name a contract: small letters, digits and _ only, a letter first."
        found.append(Fault(library.shown_name(path), 1, 1, "FILE-NAME", reason))
    if tree is None or tree.value is UNREADABLE:
        return _reading(slug, found, None)
    values, errors = load_part(Contract, tree)
    found += flattened(errors)
    parts = {item.name: values[item.name] for item in fields(Contract) if item.name in values}
    floor, floor_faults = read_floor(library)
    found += [*floor_faults, *(_placed(problem, tree) for problem in problems_of(parts, floor, today))]
    if any(fault.is_error for fault in found):
        return _reading(slug, found, None)
    contract = Contract(**parts)
    warnings = tuple(sorted(set(found)))
    release = release_of(contract, library.texts)
    policy = clamp(contract, floor or Floor())
    return _reading(slug, found, LoadedContract(slug, contract, release, Provenance(tree), policy, warnings))


def read_floor(library: Library) -> tuple[Floor | None, tuple[Fault, ...]]:
    """The platform's floor beside the contracts, if there is one, and the faults of its file."""
    path = library.root / FLOOR
    if not path.is_file():
        return None, ()
    tree, faults = library.read_base(FLOOR.removesuffix(".yaml"))
    if tree is None or tree.value is UNREADABLE:
        return None, faults
    try:
        return Part(cls=Floor).read(tree), faults
    except ValidationError as error:
        return None, (*faults, *flattened(error.normalized_messages()))  # type: ignore[no-untyped-call]


def _reading(slug: str, faults: list[Fault], loaded: LoadedContract | None) -> Reading:
    return Reading(slug, tuple(sorted(set(faults))), loaded)


def flattened(errors: Mapping[Any, Any], path: tuple[str, ...] = ()) -> Iterator[Fault]:
    """The faults inside marshmallow's nested errors, each with its path."""
    for name, inner in errors.items():
        here = (*path, str(name))
        if isinstance(inner, Mapping):
            yield from flattened(inner, here)
        else:
            yield from (replace(fault, path=".".join(here)) for fault in inner)


def _placed(problem: Problem, tree: Node) -> Fault:
    node = place_of(tree, problem.path)
    fault = node.fault(problem.code, problem.reason, problem.suggestion, at_key=problem.at_key)
    path = ".".join(problem.path)
    return replace(fault, severity=problem.severity, citation=problem.citation, path=path)


def _without_rivals(readings: list[Reading]) -> Iterator[Reading]:
    """Of contracts that claim the same address or code the one named after the address stays, else the first."""
    taken: dict[tuple[str, str], str] = {}
    for reading in sorted(readings, key=_has_no_natural_claim):
        loaded = reading.loaded
        if loaded is None:
            yield reading
            continue
        rivals = [(name, taken[name, value]) for name, value in _claims(loaded) if (name, value) in taken]
        for claim in () if rivals else _claims(loaded):
            taken[claim] = reading.slug
        yield _refused_for(reading, rivals) if rivals else reading


def _has_no_natural_claim(reading: Reading) -> tuple[bool, str]:
    loaded = reading.loaded
    return (loaded is None or loaded.contract.identity.subdomain != reading.slug.replace("_", "-"), reading.slug)


def _claims(loaded: LoadedContract) -> tuple[tuple[str, str], ...]:
    identity = loaded.contract.identity
    return (("subdomain", identity.subdomain), ("client_code", identity.client_code), ("code", identity.code))


def _refused_for(reading: Reading, rivals: list[tuple[str, str]]) -> Reading:
    loaded = reading.loaded
    assert loaded is not None
    faults = list(reading.faults)
    for name, owner in rivals:
        origin = loaded.provenance[f"identity.{name}"]
        value = getattr(loaded.contract.identity, name)
        reason = f"{name} '{value}' belongs to the contract '{owner}' already."
        fault = Fault(origin.file, origin.line, origin.column, "IDENTITY-TAKEN", reason, path=f"identity.{name}")
        faults.append(fault)
    return _reading(reading.slug, faults, None)
