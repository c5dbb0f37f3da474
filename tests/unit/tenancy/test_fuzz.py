"""Whatever a file holds, reading it gives a contract or a ContractError and nothing else."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.faults import ContractError
from tenancy.loader import load_contract
from tests.unit.tenancy.conftest import WHOLE

TEXT = WHOLE.read_bytes()
LINES = TEXT.splitlines(keepends=True)
ODD = st.sampled_from(
    [b"*a", b"&a ", b"!!str ", b"<<: ", b"~", b"NO", b"00100", b"\t", b"\x00", b"\xff", b"{", b"[", b"- ", b"? ", b": ",
     b"'", b'"', b"|\n", b"---\n", b"...\n", b"%YAML 1.2\n", b"\xe2\x80\xa8", b"1e9", b"#", b"extends: base/x\n"]
)  # fmt: skip
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def reads(data: bytes, folder: Path) -> None:
    path = folder / "lakeland.yaml"
    path.write_bytes(data)
    try:
        load_contract(path)
    except ContractError as error:
        places = [(fault.line, fault.column) for fault in error.faults]
        if not places or min(min(place) for place in places) < 1:
            raise AssertionError("a report without faults or without places") from error


@given(st.integers(0, len(TEXT)))
@calm
def test_a_contract_cut_off_anywhere(folder: Path, at: int) -> None:
    reads(TEXT[:at], folder)


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), ODD), min_size=1, max_size=4))
@calm
def test_a_contract_with_odd_signs_put_in_anywhere(folder: Path, changes: list[tuple[int, bytes]]) -> None:
    data = TEXT
    for at, sign in changes:
        data = data[:at] + sign + data[at:]
    reads(data, folder)


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1)), min_size=1, max_size=4))
@calm
def test_a_contract_with_lines_put_in_place_of_others(folder: Path, moves: list[tuple[int, int]]) -> None:
    lines = list(LINES)
    for here, there in moves:
        lines[here] = LINES[there]
    reads(b"".join(lines), folder)


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.binary(max_size=12)), min_size=1, max_size=3))
@calm
def test_a_contract_with_values_turned_into_noise(folder: Path, changes: list[tuple[int, bytes]]) -> None:
    lines = list(LINES)
    for at, noise in changes:
        head, colon, _ = lines[at].partition(b":")
        lines[at] = head + colon + b" " + noise + b"\n"
    reads(b"".join(lines), folder)


@given(st.binary(max_size=400))
@calm
def test_any_bytes_at_all(folder: Path, data: bytes) -> None:
    reads(data, folder)
    reads(b"extends: base/whole\n" + data, folder)
