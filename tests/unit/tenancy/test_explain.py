"""Every effective value can say where it comes from."""

import pytest

from tenancy.explain import Origin, Provenance, UnknownPath, node_at, place_of, plain
from tenancy.yaml_source import Node, read_bytes


def tree(text: str) -> Node:
    node, _ = read_bytes(text.encode(), "contracts/a.yaml")
    assert node is not None
    return node


TREE = tree("a:\n  b: [x, {c: 1}]\n  source: REG-01\n  d.e: true\n  d: {f: 2}\nempty: {}\n")


def test_every_value_has_an_origin_under_its_path() -> None:
    origins = Provenance(TREE)
    assert list(origins) == ["a", "a.b", "a.b.0", "a.b.1", "a.b.1.c", "a.d.e", "a.d", "a.d.f", "empty"]
    assert len(origins) == 9
    assert origins["a.b.1.c"] == Origin("contracts/a.yaml", 2, 11, "REG-01")
    assert str(origins["empty"]) == "contracts/a.yaml:6"


def test_a_part_is_explained_value_by_value() -> None:
    assert Provenance(TREE).explained("a") == (
        'a.b.0: "x"  contracts/a.yaml:2 (source: REG-01)',
        "a.b.1.c: 1  contracts/a.yaml:2 (source: REG-01)",
        "a.d.e: true  contracts/a.yaml:4 (source: REG-01)",
        "a.d.f: 2  contracts/a.yaml:5 (source: REG-01)",
    )
    assert Provenance(TREE).explained("empty") == ("empty: {}  contracts/a.yaml:6",)


def test_a_value_can_be_looked_up() -> None:
    assert Provenance(TREE).value_at("a.d") == {"f": 2}


def test_keys_with_dots_are_found() -> None:
    assert plain(node_at(TREE, "a.d.e")) is True
    assert plain(node_at(TREE, "a.d.f")) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("b", "'the contract' has no 'b'. Use one of: a, empty."),
        ("a.b.7", "'a.b' has no '7'. Use one of: 0, 1."),
        ("a.b.0.x", "'a.b.0' has no 'x'."),
        ("empty.x", "'empty' has no 'x'."),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path: str, message: str) -> None:
    with pytest.raises(UnknownPath) as caught:
        node_at(TREE, path)
    assert str(caught.value) == message


def test_a_fault_in_a_default_is_placed_at_what_stands_above() -> None:
    assert place_of(TREE, ("a", "b", "9", "z")) is TREE.value["a"].value["b"]
