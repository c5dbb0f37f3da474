"""One file laid over another: what is merged, what is replaced, what is taken away, and whose source it is."""

from pathlib import Path
from typing import Any

from tenancy.explain import Provenance, plain
from tenancy.extends import Library
from tests.unit.tenancy.conftest import Write


def read(path: Path, root: Path) -> tuple[Any, list[str]]:
    node, faults = Library(root).read(path)
    return (plain(node) if node else None), [str(fault) for fault in faults]


def test_mappings_are_merged_and_all_else_replaced(folder: Path, write: Write) -> None:
    write("base/a", "m: {x: 1, y: [1, 2], z: {p: 1, q: 2}}\n", extends="")
    path = write("c", "m: {y: [3], z: {q: 4, r: 5}}\n", extends="extends: base/a\n")
    assert read(path, folder) == ({"m": {"x": 1, "y": [3], "z": {"p": 1, "q": 4, "r": 5}}}, [])


def test_an_empty_value_takes_an_inherited_entry_away(folder: Path, write: Write) -> None:
    write("base/a", "m: {x: 1, y: 2}\n", extends="")
    assert read(write("c", "m: {x: ~}\n", extends="extends: base/a\n"), folder)[0] == {"m": {"y": 2}}


def test_a_condition_is_replaced_whole(folder: Path, write: Write) -> None:
    write("base/a", "when: {fact: case.service, equals: dme}\nkeep: {at_least: 1, at_most: 2}\n", extends="")
    path = write("c", "when: {all: []}\nkeep: {at_most: 5}\n", extends="extends: base/a\n")
    assert read(path, folder)[0] == {"when": {"all": []}, "keep": {"at_least": 1, "at_most": 5}}


def test_several_files_are_laid_over_each_other_in_order(folder: Path, write: Write) -> None:
    write("base/a", "x: 1\ny: 1\n", extends="")
    write("base/b", "y: 2\nz: 2\n", extends="extends: base/a\n")
    write("base/d", "z: 3\n", extends="extends: [base/a]\n")
    path = write("c", extends="extends: [base/b, base/d]\n")
    assert read(path, folder)[0] == {"x": 1, "y": 1, "z": 3}


def test_an_empty_list_extends_nothing(folder: Path, write: Write) -> None:
    assert read(write("c", "x: 1\n", extends="extends: []\n"), folder) == ({"x": 1}, [])


def test_every_wrong_target_is_reported(folder: Path, write: Write) -> None:
    path = write("c", extends="extends: [base/hole, 12, base/whole]\n")
    tree, faults = read(path, folder)
    assert tree is None
    assert [fault.split()[2] for fault in faults] == ["EXTENDS-UNKNOWN", "EXTENDS-FORM"]


def test_the_faults_of_every_base_are_reported(folder: Path, write: Write) -> None:
    write("base/a", "x: {\n", extends="")
    write("base/b", "\ty: 1\n", extends="")
    tree, faults = read(write("c", extends="extends: [base/a, base/b]\n"), folder)
    assert tree is None
    assert [fault.split()[2] for fault in faults] == ["YAML-SYNTAX", "YAML-TAB"]


def test_a_base_that_cannot_be_read_alone_stops_the_contract(folder: Path, write: Write) -> None:
    write("base/a", "x: {\n", extends="")
    tree, faults = read(write("c", extends="extends: base/a\n"), folder)
    assert tree is None
    assert len(faults) == 1


def test_a_contract_that_is_an_alias_is_left_as_it_is(folder: Path, write: Write) -> None:
    _, faults = read(write("c", "*a\n", extends=""), folder)
    assert [fault.split()[2] for fault in faults] == ["YAML-ALIAS"]


def test_a_source_of_a_whole_part_stays_with_the_values_it_spoke_of(folder: Path, write: Write) -> None:
    write("base/a", "m: {x: 1, y: {z: 2}, source: GEN-01}\nn: 1\nsource: GEN-09\n", extends="")
    path = write("c", "m: {w: 3, source: assumed}\n", extends="extends: base/a\n")
    node, _ = Library(folder).read(path)
    assert node is not None
    origins = Provenance(node)
    assert {name: origins[name].source for name in ("m.x", "m.y.z", "m.w", "n")} == {
        "m.x": "GEN-01",
        "m.y.z": "GEN-01",
        "m.w": "assumed",
        "n": "GEN-09",
    }
    assert str(origins["m.x"]) == "contracts/base/a.yaml:1 (source: GEN-01)"


def test_taking_away_is_remembered_over_several_files(folder: Path, write: Write) -> None:
    write("base/a", "m: {x: 1, y: 1}\n", extends="")
    path = write("c", "m: {x: ~, y: ~}\n", extends="extends: base/a\n")
    node, _ = Library(folder).read(path)
    assert node is not None
    assert set(node.value["m"].taken or ()) == {"x", "y"}


def test_the_files_read_for_others_are_known(folder: Path, write: Write) -> None:
    library = Library(folder)
    library.read(write("c"))
    assert library.files() == (folder / "base" / "whole.yaml",)
