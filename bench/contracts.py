"""How fast contracts are read: each one checked alone, and a folder of 200 at start. Needs no database.

Prints figures and their ratio to a plain YAML parse of the same text in the same run; ends with 1 over a bound. One
thread does the work and waits for nothing, so it is judged by processor time, which other programs on the machine do
not change; the time on the wall is printed beside it.
"""

import re
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from tenancy.extends import Library
from tenancy.loader import load_directory, read_contract

ROOT = Path(__file__).resolve().parent.parent / "contracts"
COPIES = 200
CHECK_SECONDS, START_SECONDS, MEMORY_MB = 1.0, 5.0, 1.0


def main() -> int:
    """Print every figure; 1 if one is over its bound."""
    slow = [path.stem for path in sorted(ROOT.glob("*.yaml")) if _checked(path) > CHECK_SECONDS]
    with tempfile.TemporaryDirectory() as folder:
        started = _started(Path(folder) / "contracts")
    return 1 if slow or started > START_SECONDS else 0


def _checked(path: Path) -> float:
    """Seconds to check one contract with everything it extends, as the command does."""
    library = Library(ROOT)
    read_contract(path, library)
    texts = [file.read_text(encoding="utf-8") for file in (path, *library.files())]
    seconds = _median(lambda: read_contract(path, Library(ROOT)))
    plain = _median(lambda: [_plain(text) for text in texts])
    lines = sum(text.count("\n") for text in texts)
    _say(f"check {path.stem} ({lines} lines in {len(texts)} files)", seconds, plain, CHECK_SECONDS)
    return seconds


def _started(folder: Path) -> float:
    """Seconds to load 200 contracts, each a full-size copy of a real one under its own name and codes."""
    originals = sorted(ROOT.glob("*.yaml"))
    for part in ("base", "platform"):
        shutil.copytree(ROOT / part, folder / part)
    for number in range(COPIES):
        text = originals[number % len(originals)].read_text(encoding="utf-8")
        (folder / f"state_{number}.yaml").write_text(_renamed(text, number), encoding="utf-8")
    before = _resident()
    on_the_wall, began = time.perf_counter(), time.process_time()
    shelf = load_directory(folder)
    seconds, on_the_wall = time.process_time() - began, time.perf_counter() - on_the_wall
    if len(shelf.good) != COPIES:
        raise SystemExit(f"{len(shelf.bad)} synthetic contracts have faults")
    kept = (_resident() - before) / COPIES
    print(f"memory: {kept:.2f} MB a contract (bound {MEMORY_MB:.0f} MB)")
    if kept > MEMORY_MB:
        raise SystemExit("contracts take too much memory")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))]
    began = time.process_time()
    for text in texts:
        _plain(text)
    said = f"start with {COPIES} contracts ({on_the_wall:.1f} s on the wall)"
    _say(said, seconds, time.process_time() - began, START_SECONDS)
    return seconds


def _resident() -> float:
    """Megabytes of memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1_000_000


def _renamed(text: str, number: int) -> str:
    text = re.sub(r"(?m)^  subdomain: .*$", f"  subdomain: state-{number}", text, count=1)
    text = re.sub(r"(?m)^  code: .*$", f"  code: ST {number}", text, count=1)
    return re.sub(r"(?m)^  client_code: .*$", f'  client_code: "{number:05d}"', text, count=1)


def _plain(text: str) -> object:
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _median(act: Callable[[], object]) -> float:
    seconds = []
    for _ in range(5):
        began = time.process_time()
        act()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


def _say(what: str, seconds: float, plain: float, bound: float) -> None:
    verdict = "ok" if seconds <= bound else "TOO SLOW"
    ratio = f"{seconds / plain:.2f} x a plain parse of the same text"
    print(f"{what}: {seconds * 1000:.0f} ms (bound {bound * 1000:.0f} ms, {verdict}), {ratio}")


if __name__ == "__main__":
    raise SystemExit(main())
