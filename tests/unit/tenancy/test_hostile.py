"""Files made to hurt: each ends in a report, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tenancy.faults import ContractError
from tenancy.loader import load_contract
from tests.unit.tenancy.conftest import Write

MOST_SECONDS = 3.0
PASSED_ON = "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20))
HOSTILE = {
    "unknown keys": ("".join(f"k{n}: 1\n" for n in range(90_000)), "YAML-MANY"),
    "unknown keys, fewer": ("".join(f"k{n}: 1\n" for n in range(19_000)), "FAULTS-MANY"),
    "one key again and again": ("a: 1\n" * 200_000, "FAULTS-MANY"),
    "a long list": ("a: [" + "1," * 499_000 + "1]\n", "YAML-MANY"),
    "unknown functions": ("features:\n" + "".join(f"  f{n}: true\n" for n in range(15_000)), "FAULTS-MANY"),
    "a list of wrong values": ("client:\n  scope: [" + "[]," * 30_000 + "[]]\n", "FAULTS-MANY"),
    "brackets": ("a: " + "[" * 400_000, "YAML-DEPTH"),
    "dashes": ("- " * 450_000, "YAML-DEPTH"),
    "documents": ("---\na: 1\n" * 90_000, "YAML-DOCUMENTS"),
    "tags": ("a: " + "!!str " * 140_000, "YAML-SYNTAX"),
    "an open quote": ('a: "' + "x\n" * 400_000, "YAML-SYNTAX"),
    "aliases of aliases": ("a: &a [x, x]\n" + PASSED_ON, "YAML-ALIAS"),
    "tabs": ("\t" * 900_000, "YAML-TAB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_hurt_ends_in_a_report_soon(write: Write, name: str) -> None:
    text, code = HOSTILE[name]
    path: Path = write("lakeland", text, extends="" if text[0] in "-\t" else "extends: base/whole\n")
    began = time.process_time()
    with pytest.raises(ContractError) as refused:
        load_contract(path)
    assert time.process_time() - began < MOST_SECONDS
    assert code in {fault.code for fault in refused.value.faults}
    assert len(refused.value.faults) < 500
