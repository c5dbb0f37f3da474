"""Schemas follow the dataclasses: each key's type, bounds and name come from its declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

import pytest
from marshmallow import ValidationError

from tenancy.contract.declare import EMPTY, key
from tenancy.json_schema import _properties
from tenancy.loader import flattened
from tenancy.reflection import leads_to, taken_apart
from tenancy.schema import Part, load_part, schema_of
from tenancy.schema_fields import NodeField
from tenancy.yaml_source import Node, read_bytes


class Colour(StrEnum):
    """Colours."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A part inside."""

    text: str = key("A text.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One key of each kind."""

    text: str = key("A text.", default="", maximum=5)
    number: Decimal | None = key("A number.", default=None)
    whole: int = key("A whole number.", default=1, minimum=0)
    day: date | None = key("A day.", default=None, name="on")
    hour: time | None = key("A time.", default=None)
    flag: bool = key("A flag.", default=False)
    colour: Colour | None = key("A colour.", default=None)
    colours: tuple[Colour, ...] = key("Colours.", default=())
    days: tuple[date, ...] = key("Days.", default=())
    inner: Inner | None = key("A part.", default=None)
    inners: tuple[Inner, ...] = key("Parts.", default=())
    by_day: Mapping[date, str] = key("By day.", default=EMPTY)
    by_colour: Mapping[Colour, tuple[Colour, ...]] = key("By colour.", default=EMPTY)
    by_name: Mapping[str, Inner | None] = key("By name.", default=EMPTY)


def node(text: str) -> Node:
    tree, faults = read_bytes(text.encode(), "a.yaml")
    assert tree is not None
    assert [fault.code for fault in faults] in ([], ["YAML-ALIAS"])
    return tree


def load(text: str) -> Sample:
    sample = Part(cls=Sample).read(node(text))
    assert isinstance(sample, Sample)
    return sample


def faults(text: str) -> list[str]:
    _, errors = load_part(Sample, node(text))
    return [f"{fault.path} {fault.code}" for fault in flattened(errors)]


def test_values_of_every_kind_are_read() -> None:
    sample = load(
        "text: ab\nnumber: 1.5\nwhole: 3\non: 2026-01-31\nhour: 08:30\nflag: true\ncolour: red\ncolours: [red, blue]\n"
        "days: [2026-01-01]\ninner: {text: x}\ninners: [{text: w}]\nby_day: {2026-07-04: Fourth}\n"
        "by_colour: {red: [blue]}\nby_name: {a: ~, b: {text: z}}\n"
    )
    assert sample == Sample(
        text="ab",
        number=Decimal("1.5"),
        whole=3,
        day=date(2026, 1, 31),
        hour=time(8, 30),
        flag=True,
        colour=Colour.RED,
        colours=(Colour.RED, Colour.BLUE),
        days=(date(2026, 1, 1),),
        inner=Inner(text="x"),
        inners=(Inner(text="w"),),
        by_day={date(2026, 7, 4): "Fourth"},
        by_colour={Colour.RED: (Colour.BLUE,)},
        by_name={"a": None, "b": Inner(text="z")},
    )


def test_times_and_days_may_be_quoted() -> None:
    assert load("on: '2026-01-31'\nhour: '08:30'\n").hour == time(8, 30)


def test_optional_values_may_be_left_empty() -> None:
    assert load("number:\non: ~\ninner:\n") == Sample()


def test_a_whole_number_is_a_number_too() -> None:
    assert load("number: 7\n").number == Decimal(7)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("text: abcdef", "text TEXT-LENGTH"),
        ("whole: -1", "whole NUMBER-LOW"),
        ("whole: true", "whole TYPE-WHOLE"),
        ("number: x", "number TYPE-NUMBER"),
        ("number: true", "number TYPE-NUMBER"),
        ("on: [2026-01-01]", "on TYPE-DAY"),
        ("hour: '25:00'", "hour TYPE-TIME"),
        ("hour: 8", "hour TYPE-TIME"),
        ("flag: 1", "flag TYPE-FLAG"),
        ("colour: reed", "colour WORD-UNKNOWN"),
        ("colour: 7", "colour WORD-UNKNOWN"),
        ("colour: {}", "colour TYPE-WORD"),
        ("colours:", "colours TYPE-LIST"),
        ("colours: [~]", "colours.0 TYPE-WORD"),
        ("colours: [red, red]", "colours.1 LIST-REPEAT"),
        ("colours: [reed, reed]", "colours.1 WORD-UNKNOWN"),
        ("days: [2026-01-01, 2026-01-01]", "days.1 LIST-REPEAT"),
        ("inner: []", "inner TYPE-MAPPING"),
        ("inner: {}", "inner.text KEY-MISSING"),
        ("inner: {text: ''}", "inner.text TEXT-EMPTY"),
        ("inner: {text: ~}", "inner.text TYPE-TEXT"),
        ("inner: {text: true}", "inner.text TYPE-QUOTE"),
        ("inner: {text: x, txet: w}", "inner.txet KEY-UNKNOWN"),
        ("inners: [{text: x}, {}]", "inners.1.text KEY-MISSING"),
        ("by_day: {tomorrow: x}", "by_day.tomorrow TYPE-DAY"),
        ("by_day: {2026-01-01: ~}", "by_day.2026-01-01 VALUE-MISSING"),
        ("by_day:", "by_day TYPE-MAPPING"),
        ("by_day: [x]", "by_day TYPE-MAPPING"),
        ("by_colour: {green: []}", "by_colour.green WORD-UNKNOWN"),
        ("by_name: {a b: ~}", "by_name.a b TEXT-PATTERN"),
    ],
)
def test_a_wrong_value_is_one_fault_at_its_path(text: str, fault: str) -> None:
    assert faults(text + "\n")[-1] == fault


def test_what_cannot_be_read_brings_no_second_fault() -> None:
    assert faults("text: *a\n") == []
    with pytest.raises(ValidationError):
        Part(cls=Sample).read(node("text: *a\n"))


def test_the_valid_keys_are_kept_when_others_are_wrong() -> None:
    values, errors = load_part(Sample, node("text: ab\nwhole: x\non: 2026-01-01\n"))
    assert values == {"text": "ab", "day": date(2026, 1, 1)}
    assert set(errors) == {"whole"}


def test_a_long_value_is_shown_in_part() -> None:
    _, errors = load_part(Sample, node(f"flag: {'x' * 80}\n"))
    assert next(flattened(errors)).reason == f"true or false is wanted here, not '{'x' * 37}...'."


def test_a_part_is_made_once_for_all_who_inherit_it() -> None:
    part, tree = Part(cls=Sample), node("inners: [{text: w}]\n")
    assert part.read(tree) is part.read(tree)


def test_a_class_has_one_schema_with_its_keys() -> None:
    assert schema_of(Sample) is schema_of(Sample)
    assert schema_of(Inner).fields["text"].required
    assert schema_of(Sample).fields["day"].data_key == "on"


@pytest.mark.parametrize("hint", [int | str, str | int | None])
def test_a_key_that_could_be_two_things_is_no_contract_key(hint: object) -> None:
    with pytest.raises(TypeError):
        taken_apart(hint)


def test_a_type_the_language_does_not_know_is_refused_when_the_class_is_used() -> None:
    @dataclass(frozen=True)
    class Odd:
        """Has a key of an unknown type."""

        value: bytes = key("Bytes.")

    with pytest.raises(TypeError):
        schema_of(Odd)


def test_a_field_without_a_reading_is_no_field() -> None:
    with pytest.raises(TypeError, match="made"):
        NodeField()  # type: ignore[abstract]


def test_the_json_schema_follows_the_same_declarations() -> None:
    shapes = _properties(Sample, {})
    assert shapes["on"]["anyOf"][1]["type"] == "null"
    assert shapes["text"]["maxLength"] == 5
    assert shapes["whole"] == {"description": "A whole number.", "type": "integer", "minimum": 0, "default": 1}
    assert shapes["colours"]["default"] == []
    assert set(shapes["by_colour"]["properties"]) == {"red", "blue", "source"}


def test_a_class_knows_which_keys_lead_to_a_kind_of_value() -> None:
    assert leads_to(Sample, Inner) == (("inner", "inner"), ("inners", "inners"), ("by_name", "by_name"))
    assert leads_to(Inner, Colour) == ()
