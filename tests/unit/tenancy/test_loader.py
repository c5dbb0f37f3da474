"""Files become frozen contracts, or one error with every fault; a wrong file never stops the others."""

import gc
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tenancy.contract import Contract
from tenancy.extends import Library
from tenancy.faults import ContractError, did_you_mean
from tenancy.loader import load_contract, load_directory, read_contract
from tests.unit.tenancy.conftest import Write

OTHER = 'identity: {{subdomain: {0}, client_code: "{1}", code: {0} UM}}\n'


def test_a_contract_is_loaded_with_its_release_and_origins(write: Write) -> None:
    loaded = load_contract(write("lakeland"))
    assert loaded.slug == "lakeland"
    assert loaded.contract.identity.state == "WY"
    assert len(loaded.release) == 64
    assert loaded.provenance["identity.state"].file == "contracts/base/whole.yaml"
    assert loaded.warnings == ()


def test_every_fault_is_reported_at_once_in_order_of_place(write: Write) -> None:
    path = write("lakeland", "brand: {seal: NO, sael: X}\nsession: {idle_minutes: 99}\nidentity: {state: ZZ}\n")
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert [f"{fault.line}:{fault.column} {fault.code}" for fault in caught.value.faults] == [
        "2:15 TYPE-QUOTE",
        "2:19 KEY-UNKNOWN",
        "3:25 NUMBER-HIGH",
        "4:19 STATE-UNKNOWN",
    ]
    assert str(caught.value).count("\n") == 3


def test_a_fault_in_one_part_leaves_the_checks_of_others_standing(write: Write) -> None:
    path = write("lakeland", "intake: {draft_days: soon}\nbrand: {primary: '#ffffff'}\n")
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert {fault.code for fault in caught.value.faults} == {"TYPE-WHOLE", "BRAND-CONTRAST"}


def test_warnings_stay_with_a_contract_that_may_be_used(write: Write) -> None:
    loaded = load_contract(write("lakeland", "brand: {accent: '#eeeeee'}\n"))
    assert [fault.code for fault in loaded.warnings] == ["BRAND-CONTRAST"]
    assert not loaded.warnings[0].is_error


def test_a_contract_is_frozen_all_the_way_down(write: Write) -> None:
    contract = load_contract(write("lakeland")).contract
    assert list(_loose(contract, "contract")) == []
    with pytest.raises(FrozenInstanceError):
        contract.identity.state = "CO"  # type: ignore[misc]


def _loose(value: Any, path: str) -> list[str]:
    if isinstance(value, MappingProxyType):
        return [found for name, item in value.items() for found in _loose(item, f"{path}.{name}")]
    if isinstance(value, tuple):
        return [found for index, item in enumerate(value) for found in _loose(item, f"{path}.{index}")]
    if is_dataclass(value):
        return [found for item in fields(value) for found in _loose(getattr(value, item.name), f"{path}.{item.name}")]
    return [path] if isinstance(value, list | dict | set) else []


def test_a_folder_is_loaded_with_its_good_and_its_bad(folder: Path, write: Write) -> None:
    write("lakeland")
    write("broken", "brand: {seal: NO}\n")
    write("garbage", "\x00", extends="")
    shelf = load_directory(folder)
    assert set(shelf.good) == {"lakeland"}
    assert {slug: error.faults[0].code for slug, error in shelf.bad.items()} == {
        "broken": "TYPE-QUOTE",
        "garbage": "FILE-BINARY",
    }


def test_reading_a_folder_leaves_the_collector_as_it_was(folder: Path, write: Write) -> None:
    write("lakeland")
    gc.disable()
    try:
        load_directory(folder)
        assert not gc.isenabled()
    finally:
        gc.enable()
    load_directory(folder)
    assert gc.isenabled()


def test_the_contract_named_after_the_address_keeps_it(folder: Path, write: Write) -> None:
    write("alpha", 'identity: {client_code: "00002", code: ALPHA}\n')
    write("lakeland")
    shelf = load_directory(folder)
    assert set(shelf.good) == {"lakeland"}
    (fault,) = shelf.bad["alpha"].faults
    assert str(fault).startswith("contracts/base/whole.yaml:2:12 ERROR IDENTITY-TAKEN subdomain 'lakeland' belongs to")


def test_of_two_that_share_a_code_the_first_in_the_alphabet_keeps_it(folder: Path, write: Write) -> None:
    write("beta", OTHER.format("beta", "00001"))
    write("gamma", OTHER.format("gamma", "00001"))
    write("delta", OTHER.format("delta", "00002").replace("delta UM", "beta UM"))
    shelf = load_directory(folder)
    assert set(shelf.good) == {"beta"}
    assert [fault.path for error in shelf.bad.values() for fault in error.faults] == [
        "identity.code",
        "identity.client_code",
    ]


def test_a_contract_may_stand_beside_others_that_share_nothing(folder: Path, write: Write) -> None:
    write("beta", OTHER.format("beta", "00001"))
    write("north_lake", OTHER.format("north-lake", "00002"))
    assert set(load_directory(folder).good) == {"beta", "north_lake"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("password_minimum: NO\n", "TYPE-WHOLE"),
        ("password_minimum: {\n", "YAML-SYNTAX"),
        ("*a\n", "YAML-ALIAS"),
    ],
)
def test_a_wrong_floor_is_a_fault_of_every_contract(write: Write, text: str, code: str) -> None:
    write("platform/floor", text, extends="")
    reading = read_contract(path := write("lakeland"), Library(path.parent))
    assert reading.loaded is None
    assert code in {fault.code for fault in reading.faults if fault.file == "contracts/platform/floor.yaml"}


def test_a_contract_is_measured_against_the_floor(write: Write) -> None:
    floor = Path(__file__).parents[3] / "contracts" / "platform" / "floor.yaml"
    write("platform/floor", floor.read_text(encoding="utf-8"), extends="")
    with pytest.raises(ContractError) as caught:
        load_contract(write("lakeland", "sign_in: {password: {minimum: 5}}\n"))
    assert [fault.code for fault in caught.value.faults] == ["FLOOR-LEAST"]


def test_a_file_too_large_is_one_fault(write: Write) -> None:
    path = write("lakeland", "# " + "x" * 1_100_000)
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert [fault.code for fault in caught.value.faults] == ["FILE-SIZE"]


def test_a_folder_in_place_of_a_file_is_one_fault(folder: Path) -> None:
    (folder / "lakeland.yaml").mkdir()
    assert [fault.code for fault in load_directory(folder).bad["lakeland"].faults] == ["FILE-UNREADABLE"]


def test_the_parts_of_the_contract_are_all_there(write: Write) -> None:
    contract = load_contract(write("lakeland")).contract
    assert all(getattr(contract, item.name) is not None for item in fields(Contract))


def test_help_after_an_unknown_word_is_short() -> None:
    assert did_you_mean("Standrd", ["standard", "expedited"]) == "Did you mean 'standard'?"
    assert did_you_mean("x", ["a", "b"]) == "Use one of: a, b."
    assert did_you_mean("x", [str(number) for number in range(100)]) == ""
    assert did_you_mean("x", []) == ""
