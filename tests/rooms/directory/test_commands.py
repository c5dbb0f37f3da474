"""What an operator types: load code sets, import providers, fill a demo; a fault is one sentence."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import Settings
from app.storage.db import Databases
from tests.rooms.directory.conftest import SLUG
from tests.rooms.directory.test_code_sources import ORDER
from tests.rooms.directory.test_providers import COLUMNS, row

Run = Callable[..., Result]
LOAD = ("codes", "load", "--system", "icd10cm", "--release", "FY2027", "--from", "2026-10-01")


@pytest.fixture
def run(settings: Settings, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``charter`` with the test's databases; what it wrote is swept afterwards."""
    for name, value in {
        "CHARTER_DSN_APP": settings.dsn_app,
        "CHARTER_DSN_CONTROL": settings.dsn_control,
        "CHARTER_MASTER_KEY": "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=",
        "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(settings.files_dir),
        "CHARTER_SMTP_URL": "smtp://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return invoke


@pytest.fixture
def order_file(tmp_path: Path) -> Path:
    """A small order file."""
    path = tmp_path / "icd10cm_order_2027.txt"
    path.write_text("\n".join(ORDER))
    return path


def test_a_file_is_loaded_once_and_listed(run: Run, order_file: Path) -> None:
    loaded = run(*LOAD, str(order_file))
    assert loaded.output == "icd10cm FY2027: 3 codes, 3 new, 0 reworded, 0 ended, in force from 2026-10-01\n"
    again = run(*LOAD, str(order_file))
    assert (again.exit_code, again.output) == (1, "Error: icd10cm FY2027 is loaded already.\n")
    assert "FY2027" in run("codes", "list").output


def test_a_release_that_has_run_out_is_marked(run: Run, order_file: Path) -> None:
    run(*LOAD, "--until", "2026-10-02", str(order_file))
    assert "RUN OUT" in run("codes", "list").output


def test_a_wrong_file_and_half_a_command_are_told(run: Run, order_file: Path) -> None:
    order_file.write_text("HCPC,LONG\n")
    refused = run(*LOAD, str(order_file))
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: line 1: no order number")
    assert run("codes", "load", "--system", "icd10cm").exit_code == 2


def test_the_packages_hcpcs_list_is_loaded_once(run: Run) -> None:
    assert "hcpcs Starter" in run("codes", "load", "--package", "--system", "hcpcs").output
    assert "Nothing to do" in run("codes", "load", "--package", "--system", "hcpcs").output


def test_providers_are_imported_and_rejected_rows_written_down(run: Run, tmp_path: Path) -> None:
    file, rejected = tmp_path / "npidata.csv", tmp_path / "rejected.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows([row("1003000126", kind="2", name="HERE"), row("1", kind="2", name="WRONG")])
    done = run("directory", "import-nppes", "--tenant", SLUG, "--rejected", str(rejected), str(file))
    assert done.output.splitlines() == [
        "2 rows: 1 added, 0 renewed, 0 deactivated, 0 of other states left out, 1 rejected",
        "  line 3: the NPI's check digit or form is wrong",
    ]
    assert rejected.read_text().splitlines()[1] == "3,the NPI's check digit or form is wrong"


def test_a_demo_is_filled_and_an_unknown_tenant_refused(run: Run) -> None:
    filled = run("directory", "fill", "--tenant", SLUG, "--members", "25", "--providers", "12")
    assert filled.output == f"{SLUG}: 25 members and 12 providers made\n"
    assert run("directory", "fill", "--tenant", "nowhere").exit_code == 1
