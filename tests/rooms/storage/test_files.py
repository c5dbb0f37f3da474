"""Encrypted files: what is given back is what was sent, or nothing is; what lies on disk tells nothing."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.errors import NotFound
from app.storage import files
from app.storage.files import PIECE, FileDamaged, FileEmpty, FileNotStored, FileStore, FileTooLarge, StoredFile
from tenancy.isolation import BadSlug

CASE, DOCUMENT = UUID(int=1), UUID(int=2)
LIMIT = 8 * PIECE


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, lambda slug: slug.encode().ljust(32, b"k"))


def put(store: FileStore, content: bytes, limit: int = LIMIT, *, slug: str = "ours", version: int = 1) -> StoredFile:
    return store.put(slug, CASE, DOCUMENT, io.BytesIO(content), limit, version=version)


def only_file(folder: Path) -> Path:
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("size", [1, 17, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5])
def test_what_is_read_is_what_was_sent(store: FileStore, size: int) -> None:
    content = os.urandom(size)
    assert put(store, content) == StoredFile(hashlib.sha256(content).hexdigest(), size)
    assert store.read("ours", CASE, DOCUMENT) == content


def test_a_stream_that_gives_little_at_a_time_is_stored_whole(store: FileStore) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 4096))

    content = os.urandom(2 * PIECE + 9)
    store.put("ours", CASE, DOCUMENT, Trickle(content), LIMIT)
    assert store.read("ours", CASE, DOCUMENT) == content


def test_nothing_of_the_content_or_the_name_lies_on_disk(store: FileStore, tmp_path: Path) -> None:
    put(store, b"the content of a document" * 1000)
    path = only_file(tmp_path)
    assert b"content" not in path.read_bytes()
    assert path.relative_to(tmp_path).parts == ("ours", str(CASE), f"{DOCUMENT}.1")
    assert path.stat().st_mode & 0o077 == 0


def test_byte_limit_plus_one_is_refused_and_nothing_stays(store: FileStore, tmp_path: Path) -> None:
    put(store, b"x" * 100, 100)
    with pytest.raises(FileTooLarge):
        store.put("ours", CASE, uuid.uuid4(), io.BytesIO(b"x" * 101), 100)
    only_file(tmp_path)


def test_an_endless_stream_is_cut_off_at_the_limit(store: FileStore) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    stream: Any = Endless()
    with pytest.raises(FileTooLarge):
        store.put("ours", CASE, DOCUMENT, stream, LIMIT)
    assert stream.given <= LIMIT + 3 * PIECE


def test_an_empty_file_is_refused_and_nothing_stays(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        put(store, b"")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_is_not_there_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound):
        store.read("ours", CASE, DOCUMENT)


@pytest.mark.parametrize("slug", ["", "..", "a/b", "A"])
def test_a_slug_never_leads_out_of_the_folder(store: FileStore, slug: str) -> None:
    with pytest.raises(BadSlug):
        put(store, b"content", slug=slug)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


HARM: dict[str, Callable[[Path], object]] = {
    "one bit at the start": lambda path: flip(path, 0),
    "one bit of the nonce": lambda path: flip(path, 5),
    "one bit of the content": lambda path: flip(path, PIECE // 2),
    "one bit at the end": lambda path: flip(path, -1),
    "the last piece cut off": lambda path: os.truncate(path, 11 + PIECE + 16),
    "a byte cut off": lambda path: os.truncate(path, path.stat().st_size - 1),
    "everything cut off": lambda path: os.truncate(path, 0),
    "a byte more": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "its pieces swapped": lambda path: path.write_bytes(
        path.read_bytes()[:11]
        + path.read_bytes()[11 + PIECE + 16 : 11 + 2 * (PIECE + 16)]
        + path.read_bytes()[11 : 11 + PIECE + 16]
        + path.read_bytes()[11 + 2 * (PIECE + 16) :]
    ),
}


@pytest.mark.parametrize("name", HARM)
def test_a_file_with_this_harm_done_is_never_given_out(store: FileStore, tmp_path: Path, name: str) -> None:
    put(store, os.urandom(2 * PIECE + 100))
    HARM[name](only_file(tmp_path))
    with pytest.raises(FileDamaged):
        store.read("ours", CASE, DOCUMENT)


def test_a_file_moved_to_another_name_case_version_or_tenant_is_never_given_out(
    store: FileStore, tmp_path: Path
) -> None:
    put(store, b"content")
    content = only_file(tmp_path).read_bytes()
    elsewhere = [("ours", UUID(int=9), DOCUMENT, 1), ("ours", CASE, UUID(int=9), 1), ("ours", CASE, DOCUMENT, 2)]
    for slug, case_id, document_id, version in [*elsewhere, ("theirs", CASE, DOCUMENT, 1)]:
        target = tmp_path / slug / str(case_id) / f"{document_id}.{version}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        with pytest.raises(FileDamaged):
            store.read(slug, case_id, document_id, version=version)


def test_the_same_content_twice_is_two_different_files_on_disk(store: FileStore, tmp_path: Path) -> None:
    put(store, b"content", version=1)
    put(store, b"content", version=2)
    first, second = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert first[11:] != second[11:]


# ------------------------------------------------------------------ the disk fails


def test_a_disk_that_keeps_other_bytes_than_were_written_is_found_out(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(descriptor: int) -> None:
        os.pwrite(descriptor, bytes(16), 40)

    monkeypatch.setattr("app.storage.files.os.fsync", forgetful)
    with pytest.raises(FileNotStored):
        put(store, b"content" * 100)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_short_writes_are_finished(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(
        "app.storage.files.os.write", lambda descriptor, content: write(descriptor, bytes(content[:1000]))
    )
    content = os.urandom(50_000)
    put(store, content)
    assert store.read("ours", CASE, DOCUMENT) == content


def test_a_write_that_takes_nothing_is_an_error_not_a_loop(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.files.os.write", lambda _descriptor, _content: 0)
    with pytest.raises(FileNotStored):
        put(store, b"content")


LIMITED = """
import io, resource, signal, sys, uuid
from pathlib import Path
from app.storage.files import FileNotStored, FileStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = FileStore(Path(sys.argv[1]), lambda slug: b"k" * 32)
store.put("ours", uuid.UUID(int=1), uuid.UUID(int=3), io.BytesIO(b"x" * 90_000), 10**7)
try:
    store.put("ours", uuid.UUID(int=1), uuid.UUID(int=2), io.BytesIO(b"x" * 300_000), 10**7)
except FileNotStored:
    print("refused")
"""


def test_a_disk_that_is_full_in_the_middle_keeps_nothing_and_harms_no_other_file(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert only_file(tmp_path).name == f"{UUID(int=3)}.1"
    assert FileStore(tmp_path, lambda _slug: b"k" * 32).read("ours", CASE, UUID(int=3)) == b"x" * 90_000


def test_a_process_killed_while_writing_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    killed = LIMITED.replace("resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))", "")
    killed = killed.replace('io.BytesIO(b"x" * 300_000)', "Slow()").replace(
        "store = ",
        "class Slow(io.BytesIO):\n    def read(self, size=-1):\n        print('writing', flush=True)\n"
        "        import time; time.sleep(0.2)\n        return b'x' * size\nstore = ",
    )
    with subprocess.Popen([sys.executable, "-c", killed, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    names = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert f"{DOCUMENT}.1" not in names
    assert f"{UUID(int=3)}.1" in names


# ------------------------------------------------------------------ orphans


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_old_files_nobody_speaks_of_are_collected_and_others_stay(store: FileStore, tmp_path: Path) -> None:
    kept, orphan, fresh = UUID(int=11), UUID(int=12), UUID(int=13)
    for document_id in (kept, orphan, fresh):
        store.put("ours", CASE, document_id, io.BytesIO(b"content"), LIMIT)
    aside = tmp_path / "ours" / str(CASE) / f".aside-{uuid.uuid4()}"
    aside.write_bytes(b"half")
    for name in (f"{kept}.1", f"{orphan}.1", aside.name):
        aged(tmp_path / "ours" / str(CASE) / name, files.ORPHAN_AGE_SECONDS + 1)
    assert store.collect_orphans("ours", lambda ids: {kept} & set(ids)) == 2
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [f"{kept}.1", f"{fresh}.1"]


def test_a_tenant_without_a_folder_has_no_orphans(store: FileStore) -> None:
    assert store.collect_orphans("nobody", lambda ids: ids) == 0
