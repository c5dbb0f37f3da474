"""A Chromium for the tests: the machine's own, Debian's, or one that a package carries.

A shell without a window is preferred: it shows the same pages for two thirds of the work.
Must not know what is tested. A test never passes by having no browser: where none can be had, this says what to do.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

from launch import assets, environment
from launch.places import KEPT, LaunchError, digest_of, only_one, say, write_whole

CHROMIUM = "CHARTER_CHROMIUM"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For a browser that may run as root and must speak to this machine only."""

_SHELL, _WHOLE = "chromium-headless-shell", "chromium"
_NAMES = (_SHELL, "chrome-headless-shell", _WHOLE, "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGE = Path(__file__).with_name("browser")
_HOME = KEPT / "browser"
_UNPACK = """\
const fs = require('fs'), zlib = require('zlib'), [source, target] = process.argv.slice(1);
for (const name of fs.readdirSync(source))
  fs.writeFileSync(
    `${target}/${name.replace('.br', '')}`, zlib.brotliDecompressSync(fs.readFileSync(`${source}/${name}`)));
"""
# early releases of Python 3.11 have no filters; what is unpacked was checked against the lock file's hash
_ONLY_DATA: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
_FONTS = """\
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{home}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{home}/font-cache</cachedir></fontconfig>
"""
_WRAPPER = """\
#!/bin/sh
LD_LIBRARY_PATH="{home}/lib:{home}" FONTCONFIG_FILE="{home}/fonts.conf" exec "{home}/chromium" "$@"
"""


def ensure() -> str:
    """The path of a browser that starts; raises LaunchError that says what to install."""
    found = find()
    if found:
        return found
    why_not_debian: str | None = None
    for name in (_SHELL, _WHOLE):  # what only resembles Debian may have the second alone
        why_not_debian = environment.install_system_packages([name])
        found = find()
        if found:
            return found
    try:
        carried = _carried_by_a_package()
    except LaunchError as error:
        why_not_package = str(error)
    else:
        if _starts(carried):
            return carried
        why_not_package = "the browser in the package does not start here"
    raise LaunchError(
        "The tests drive a real browser and none was found. Install Chromium (on Debian: apt-get install chromium) or "
        f"name one in {CHROMIUM}.\nDebian's could not be installed: {why_not_debian}\nA package's: {why_not_package}"
    )


def find() -> str | None:
    """A browser that is on this machine already and starts."""
    candidates = [os.environ.get(CHROMIUM), *(shutil.which(name) for name in _NAMES), str(_HOME / "charter-chromium")]
    return next((path for path in candidates if path and _starts(path)), None)


def _starts(path: str) -> bool:
    return environment.output_of([path, "--version"], cwd=Path("/"))[0] == 0


def _carried_by_a_package() -> str:
    wrapper, stamp = _HOME / "charter-chromium", _HOME / "stamp"
    wanted = digest_of([_PACKAGE / "package-lock.json", Path(__file__)])
    with only_one(KEPT / "browser.lock"):
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return str(wrapper)
        say("Fetching a browser for the tests …")
        shutil.rmtree(_HOME, ignore_errors=True)
        shutil.copytree(_PACKAGE, _HOME)
        assets.npm_ci(_HOME)
        _unpack(_HOME / "node_modules" / "@sparticuz" / "chromium" / "bin")
        write_whole(_HOME / "fonts.conf", _FONTS.format(home=_HOME))
        write_whole(wrapper, _WRAPPER.format(home=_HOME), mode=0o755)
        shutil.rmtree(_HOME / "node_modules")
        write_whole(stamp, wanted)
    return str(wrapper)


def _unpack(source: Path) -> None:
    code, words = environment.output_of([*assets.node(), "-e", _UNPACK, str(source), str(_HOME)])
    if code:
        raise LaunchError(f"The browser could not be unpacked:\n{json.dumps(words[-500:])}")
    for archive in _HOME.glob("*.tar"):
        with tarfile.open(archive) as parts:
            parts.extractall(_HOME, **_ONLY_DATA)
        archive.unlink()
    (_HOME / "chromium").chmod(0o755)
