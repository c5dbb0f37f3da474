"""PostgreSQL brought up by the launcher: from nothing, again, and after its folder was thrown away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.places import ROOT
from launch.postgres import remove_cluster

# a process of its own: leaving the block ends every child the process has
TRY = """
import sys
from pathlib import Path
import psycopg
from launch import postgres
from launch.children import Children
with Children() as children:
    server = postgres.start(children, Path(sys.argv[1]), password="p@ss/word")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (id serial)")
        connection.execute("INSERT INTO starts DEFAULT VALUES")
        print(connection.execute("SELECT count(*) FROM starts").fetchone()[0])
        for name in ("fsync", "listen_addresses"):
            print(connection.execute(f"SHOW {name}").fetchone()[0])
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin")
    assert server.child is not None
    print(server.child.process.pid)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A state folder inside a folder that only its owner may enter."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    yield private / "state"
    remove_cluster(private / "state")


def start(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_it_keeps_what_was_written_and_leaves_no_server(folder: Path) -> None:
    first, second = start(folder), start(folder)
    assert (first[0], second[0]) == ("1", "2")
    assert first[1:3] == ["on", "127.0.0.1"]
    assert not Path(f"/proc/{second[3]}").exists()


def test_it_starts_afresh_when_its_folder_was_thrown_away(folder: Path) -> None:
    assert start(folder)[0] == "1"
    shutil.rmtree(folder)
    assert start(folder)[0] == "1"
