"""YAML is read with the place of every value, and nothing is guessed."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tenancy.yaml_source import MAX_BYTES, UNREADABLE, Node, Unclear, plain_value, read_bytes, read_file


def tree(text: str) -> Node:
    node, faults = read_bytes(text.encode(), "a.yaml")
    assert node is not None
    assert faults == ()
    return node


def faults(text: str) -> list[str]:
    return [str(fault) for fault in read_bytes(text.encode(), "a.yaml")[1]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0", 0),
        ("-17", -17),
        ("99213", 99213),
        ("1.5", Decimal("1.5")),
        ("word", "word"),
        ("two words", "two words"),
        ("E0601", "E0601"),
        ("111-111-1111", "111-111-1111"),
        ("2026-01", "2026-01"),
        ("800.346.8272", "800.346.8272"),
        ("night", "night"),
        ("Online", "Online"),
    ],
)
def test_a_plain_scalar_means_what_it_plainly_says(written: str, meant: object) -> None:
    value = plain_value(written)
    assert value == meant
    assert type(value) is type(meant)


# fmt: off
UNCLEAR = (
    "00100", "0120", "0o17", "0x1F", "0b11", "12:30", "1:30:15", "1e3", "1E3", "+5", ".5",
    "5.", "1_000", ".inf", "-.inf", ".NaN", "2026-01-01", "2026-1-1", "yes", "Yes", "YES", "no",
    "NO", "on", "off", "y", "n", "Y", "N", "True", "FALSE", "=", "1234567890123456789",
)
# fmt: on


@pytest.mark.parametrize("written", UNCLEAR)
def test_what_another_reader_could_take_for_something_else_is_unclear(written: str) -> None:
    assert type(plain_value(written)) is Unclear


def test_a_timestamp_is_unclear() -> None:
    assert type(plain_value("2026-01-01 10:00:00")) is Unclear


def test_quoted_values_are_text_whatever_they_look_like() -> None:
    node = tree("a: '00100'\nb: \"yes\"\nc: |\n  12:30\n")
    assert [child.value for child in node.value.values()] == ["00100", "yes", "12:30\n"]
    assert all(type(child.value) is str for child in node.value.values())


def test_every_value_and_key_knows_its_place() -> None:
    inner = tree("a:\n  b: [x, y]\n").value["a"].value["b"]
    assert (inner.key_line, inner.key_column) == (2, 3)
    assert (inner.line, inner.column) == (2, 6)
    assert [(item.line, item.column) for item in inner.value] == [(2, 7), (2, 10)]


def test_both_of_yamls_parsers_give_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(__file__).parents[2] / "contracts" / "broken" / "base" / "whole.yaml"
    quick, _ = read_file(text, "whole")
    monkeypatch.setattr(yaml, "CSafeLoader", yaml.SafeLoader)
    slow, _ = read_file(text, "whole")
    assert quick is not None
    assert slow is not None
    assert flat(quick) == flat(slow)


def flat(node: Node) -> object:
    value = node.value
    if isinstance(value, dict):
        value = [(name, flat(child)) for name, child in value.items()]
    if isinstance(value, list):
        value = [flat(child) if isinstance(child, Node) else child for child in value]
    return (value, node.line, node.column, node.key_line, node.key_column)


def test_a_source_speaks_of_its_mapping_or_of_single_keys() -> None:
    node = tree("a: {x: 1, source: REG-01}\nb: {x: 1, y: {z: 2, source: REG-03}, source: {x: REG-02, y: REG-04}}\n")
    assert node.value["a"].source == "REG-01"
    assert "source" not in node.value["a"].value
    inside = node.value["b"].value
    assert (inside["x"].source, inside["y"].source) == ("REG-02", "REG-03")


def test_a_source_that_is_no_text_is_refused_for_one_key_too() -> None:
    assert faults("a: {x: 1, source: {x: 12}}\n") == [
        "a.yaml:1:23 ERROR SOURCE-TEXT a source is a text such as AUTH-08. Name where the fact is from."
    ]


def test_an_unreadable_source_is_reported_once() -> None:
    assert [fault.split()[2] for fault in faults("a: {x: 1, source: *b}\n")] == ["YAML-ALIAS"]


def test_a_value_behind_an_alias_stays_unreadable() -> None:
    node, _ = read_bytes(b"a: *b\n*c : 1\n", "a.yaml")
    assert node is not None
    assert node.value["a"].value is UNREADABLE
    assert list(node.value) == ["a"]


def test_a_document_that_is_an_alias_is_not_taken_for_a_mapping() -> None:
    node, found = read_bytes(b"*a\n", "a.yaml")
    assert [fault.code for fault in found] == ["YAML-ALIAS"]
    assert node is not None
    assert node.value is UNREADABLE


def test_keys_that_are_no_text_keep_how_they_were_written() -> None:
    assert list(tree("1: a\ntrue: b\n1.5: c\nNO: d\n").value) == ["1", "true", "1.5", "NO"]
    assert all(type(name) is Unclear for name in tree("1: a\ntrue: b\n").value)


def test_a_key_written_in_two_ways_is_still_a_duplicate() -> None:
    assert faults('1: a\n"1": b\n') == ["a.yaml:2:1 ERROR YAML-DUPLICATE key '1' was already given in line 1."]


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    node, found = read_bytes(b"a" * (MAX_BYTES + 1), "a.yaml")
    assert node is None
    assert [str(fault) for fault in found] == ["a.yaml:1:1 ERROR FILE-SIZE the file is larger than 1048576 bytes."]


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    node, found = read_file(tmp_path / "none.yaml", "none.yaml")
    assert node is None
    assert [str(fault) for fault in found] == [
        "none.yaml:1:1 ERROR FILE-UNREADABLE the file cannot be read (FileNotFoundError)."
    ]


def test_utf_16_is_recognised_by_its_mark() -> None:
    assert [fault.code for fault in read_bytes("a: b".encode("utf-16"), "a.yaml")[1]] == ["FILE-BOM"]


def test_every_tab_is_reported() -> None:
    assert [fault.split()[0] for fault in faults("a:\tb\nc: d\n\te: f\n")] == ["a.yaml:1:3", "a.yaml:3:1"]


def test_a_document_with_marks_only_is_empty() -> None:
    assert [fault.split()[2] for fault in faults("---\n")] == ["FILE-EMPTY"]


def test_characters_yaml_does_not_allow_are_a_syntax_fault_without_a_place() -> None:
    assert faults("a: \ufffe\n")[0].startswith("a.yaml:1:1 ERROR YAML-SYNTAX")


def test_faults_found_before_the_text_breaks_are_kept() -> None:
    assert [fault.split()[2] for fault in faults("a: &x 1\nb: {\n")] == ["YAML-ANCHOR", "YAML-SYNTAX"]
