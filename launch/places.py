"""Where things are kept, and the small file operations that everything else here needs.

Must not know what is installed or started.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".charter"


class LaunchError(RuntimeError):
    """Something that keeps the portal from starting, said so that the reader knows what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal what happens, at once."""
    print(text, file=sys.stderr, flush=True)


def digest_of(paths: Iterable[Path], *extra: str) -> str:
    """One hash over the contents of files; of folders, over their source files."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in paths:
        for file in [path] if path.is_file() else _sources(path):
            total.update(file.relative_to(ROOT).as_posix().encode() if file.is_relative_to(ROOT) else b"")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _sources(folder: Path) -> list[Path]:
    kinds = {".py", ".yaml", ".yml", ".csv", ".txt", ".json", ".sql", ".mako"}
    return sorted(file for file in folder.rglob("*") if file.suffix in kinds and file.is_file())


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(mode)
    Path(name).replace(path)


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, readable by its owner only."""
    write_whole(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The value of a JSON file, or None when there is none or it is torn."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextlib.contextmanager
def only_one(lock: Path, *, or_say: str | None = None) -> Iterator[None]:
    """Hold a lock file. Waits for its holder, or raises LaunchError with ``or_say`` instead of waiting."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if or_say else 0))
        except BlockingIOError as error:
            raise LaunchError(or_say or "busy") from error
        yield


def is_root() -> bool:
    """Whether this process may become another user."""
    return os.geteuid() == 0


def shared_folder() -> Path:
    """A folder of this user outside the checkout that other users can walk through, made on first use.

    A database server cannot run as root, and the user it runs as cannot reach a checkout inside a private folder.
    """
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())
    folder = base / f"charter-{os.geteuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o755)
    state = folder.lstat()
    if state.st_uid != os.geteuid() or state.st_mode & 0o022 or folder.is_symlink():
        return Path(tempfile.mkdtemp(prefix="charter-", dir=base))
    folder.chmod(0o755)
    return folder
