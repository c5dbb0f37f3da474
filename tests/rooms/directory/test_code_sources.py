"""CMS's own files become rows, and every line that cannot be read is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.directory.code_sources import (
    HCPCS_CODE,
    CodeFileRefused,
    LineFault,
    displayed,
    is_code_of,
    read_code_file,
    read_hcpcs_records,
    read_order_file,
    read_starter,
)
from tenancy.vocabulary import CodeSystem

CM = CodeSystem.ICD10CM


def order_line(number: int, key: str, flag: str, short: str, long: str) -> str:
    """One line of CMS's order file."""
    return f"{number:05} {key:7} {flag} {short:60} {long}".rstrip()


ORDER = [
    order_line(1, "A00", "0", "Cholera", "Cholera"),
    order_line(
        2, "A000", "1", "Cholera due to Vibrio cholerae 01, biovar cholerae", "Cholera due to Vibrio cholerae 01"
    ),
    "",
    order_line(
        3,
        "S92154B",
        "1",
        "Nondisp avuls fx (chip fracture) of r talus",
        "Nondisplaced avulsion fracture of right talus",
    ),
]


def record(
    code: str, kind: str, long: str, short: str = "", added: str = "20200101", last: str = "", sequence: str = "00100"
) -> str:
    """One line of CMS's HCPCS record layout."""
    line = f"{code:<5}{sequence:<5}{kind}{long:<80}{short:<28}"
    return f"{line:<268}{added:<8}{added:<8}{last:<8}N".ljust(320)


def test_an_order_file_gives_code_titles_and_whether_it_is_billable() -> None:
    rows = read_order_file(CM, ORDER)
    assert [(row.key, row.is_billable) for row in rows] == [("A00", False), ("A000", True), ("S92154B", True)]
    assert rows[2].short == "Nondisp avuls fx (chip fracture) of r talus"
    assert rows[2].long == "Nondisplaced avulsion fracture of right talus"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A000    Cholera", "no order number in columns 1 to 5: this is not an order file"),
        (order_line(1, "9999999", "1", "x", "x"), "9999999 in columns 7 to 13 is no icd10cm code"),
        (order_line(1, "A000", "7", "x", "x"), "column 15 must be 0 or 1"),
        (order_line(1, "A000", "1", "x", ""), "no long title from column 78"),
    ],
)
def test_it_names_the_line_and_the_reason_of_a_wrong_order_file(line: str, reason: str) -> None:
    with pytest.raises(CodeFileRefused) as refused:
        read_order_file(CM, [*ORDER, line])
    assert refused.value.faults == (LineFault(5, reason),)


def test_it_refuses_a_code_that_is_given_twice_and_an_empty_file() -> None:
    with pytest.raises(CodeFileRefused, match="line 5: A000 was there before"):
        read_order_file(CM, [*ORDER, ORDER[1]])
    with pytest.raises(CodeFileRefused, match="holds no code"):
        read_order_file(CM, ["", "  "])


def test_many_faults_are_counted_not_poured_out() -> None:
    with pytest.raises(CodeFileRefused) as refused:
        read_order_file(CM, ["nonsense"] * 30)
    assert len(refused.value.faults) == 30
    assert str(refused.value).endswith("and 10 more")


def test_hcpcs_records_join_the_lines_of_a_description_and_keep_the_codes_own_days() -> None:
    rows = read_hcpcs_records(
        [
            record("E0141", "3", "Walker, rigid, wheeled, adjustable or", "Rigid wheeled walker adj/fix", "19860101"),
            record("E0141", "4", "fixed height", sequence="00200"),
            record("K0001", "3", "Standard wheelchair", "Standard wheelchair", last="20241231"),
            record("   RT", "7", "Right side", "Right side"),
            record("   RT", "8", "of the body"),
        ]
    )
    assert [row.key for row in rows] == ["E0141", "K0001"]
    assert rows[0].long == "Walker, rigid, wheeled, adjustable or fixed height"
    assert rows[0].starts_on == date(1986, 1, 1)
    assert rows[0].ends_on is None
    assert rows[1].ends_on == date(2024, 12, 31)


def test_dental_and_cpt_codes_never_come_in() -> None:
    rows = read_hcpcs_records([record("D0120", "3", "x"), record("99213", "3", "x"), record("E0100", "3", "Cane")])
    assert [row.key for row in rows] == ["E0100"]


def test_it_refuses_what_is_no_hcpcs_record() -> None:
    with pytest.raises(CodeFileRefused, match="line 1: column 11"):
        read_hcpcs_records(["HCPC,SEQNUM,RECID"])
    with pytest.raises(CodeFileRefused, match="line 1: the lines of E0100 are out of order"):
        read_hcpcs_records([record("E0100", "4", "second line first")])


def test_a_day_that_does_not_exist_is_no_day() -> None:
    assert read_hcpcs_records([record("E0100", "3", "Cane", added="20201399")])[0].starts_on is None


def test_a_file_of_an_old_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "order.txt"
    file.write_bytes("\r\n".join([*ORDER, order_line(4, "M350", "0", "x", "Sjögren")]).encode("cp1252"))
    assert read_code_file(CM, file)[-1].long == "Sjögren"
    file.write_bytes(record("E0100", "3", "Cane").encode())
    assert read_code_file(CodeSystem.HCPCS, file)[0].key == "E0100"


@pytest.mark.parametrize(
    ("system", "key", "shown"),
    [(CM, "S92154B", "S92.154B"), (CM, "I10", "I10"), (CodeSystem.ICD10PCS, "0SG0070", "0SG0070")],
)
def test_only_diagnoses_have_a_dot(system: CodeSystem, key: str, shown: str) -> None:
    assert displayed(system, key) == shown


def test_each_system_has_codes_of_its_own_form() -> None:
    assert is_code_of(CM, "C7A00")
    assert not is_code_of(CM, "00160J0")
    assert is_code_of(CodeSystem.ICD10PCS, "00160J0")
    assert not is_code_of(CodeSystem.ICD10PCS, "00160JO")
    assert not is_code_of(CodeSystem.CPT, "99213")


def test_our_starter_list_has_only_level_two_codes_once_each_and_words_for_all() -> None:
    text = (Path(__file__).parents[3] / "app/directory/data/hcpcs_starter.txt").read_text()
    rows = list(read_starter(text.splitlines()))
    keys = [row.key for row in rows]
    assert len(keys) > 500
    assert len(keys) == len(set(keys))
    assert all(HCPCS_CODE.fullmatch(key) for key in keys)
    assert all(row.long for row in rows)
    assert {"E0141", "E0163", "E0290", "E1399", "S9131"} <= set(keys)
