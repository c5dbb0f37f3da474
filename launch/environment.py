"""The Python environment in ``.venv``: made once, brought up to date when the hashed requirements change.

Must not know what the packages are for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launch.places import KEPT, ROOT, LaunchError, digest_of, only_one, say, write_whole

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ("requirements.txt",)
TESTING = ("requirements.txt", "requirements-dev.txt")
_INSTALLER = "requirements-install.txt"


def ensure(files: Sequence[str] = RUNTIME) -> Path:
    """Make the environment hold the packages of the files and return its Python. Quick when nothing is due."""
    stamp = VENV / f"charter-{'testing' if len(files) > 1 else 'runtime'}.stamp"
    wanted = digest_of([ROOT / name for name in files], sys.version)
    if _is_at(stamp, wanted):
        return PYTHON
    with only_one(KEPT / "environment.lock"):
        if not _is_at(stamp, wanted):
            _make()
            _install(files)
            write_whole(stamp, wanted, mode=0o644)
    return PYTHON


def site_packages() -> Path:
    """The folder of the environment's packages."""
    found = sorted(VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise LaunchError("The environment in .venv is broken; remove that folder and try again.")
    return found[-1]


def program(name: str) -> list[str]:
    """The command that runs a module of the environment."""
    return [str(PYTHON), "-m", name]


def output_of(command: Sequence[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command to its end; its exit code and everything it said."""
    try:
        done = subprocess.run(
            list(command),
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout


def _is_at(stamp: Path, wanted: str) -> bool:
    return PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def _make() -> None:
    """Make the environment without a pip of its own, which would take longer than everything in it."""
    if PYTHON.exists() and output_of([str(PYTHON), "-c", "import ssl, sqlite3"])[0] == 0:
        return
    say("Making the Python environment in .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    code, words = output_of([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    if code:
        raise LaunchError(f"Python could not make an environment. On Debian: apt-get install python3-venv\n{words}")


def _install(files: Sequence[str]) -> None:
    say("Installing the packages …")
    lists = [argument for name in files for argument in ("-r", str(ROOT / name))]
    code, words = pip_install("-r", str(ROOT / _INSTALLER))
    if code == 0:
        uv = [*program("uv"), "pip", "install", "--quiet", "--no-config", "--python", str(PYTHON), "--require-hashes"]
        code, words = output_of([*uv, *lists])
    if code:  # an index that only pip is told of, a proxy that only pip knows
        code, words = pip_install(*lists)
    if code:
        raise LaunchError(f"The packages could not be installed:\n{words[-3000:]}")


def pip_install(*arguments: str) -> tuple[int, str]:
    """Install by the pip that came with this Python; its exit code and everything it said."""
    options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    return output_of([*_pip(), *options, *arguments])


def _pip() -> list[str]:
    folders = [Path(os.__file__).parent / "ensurepip" / "_bundled", Path("/usr/share/python-wheels")]
    for folder in folders:
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            return [str(PYTHON), str(wheel / "pip")]
    if output_of([sys.executable, "-m", "pip", "--version"])[0] == 0:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    why_not = install_system_packages(["python3-pip"])
    if why_not is None:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    raise LaunchError(f"This Python has no pip. On Debian: apt-get install python3-venv\n{why_not}")


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and output_of([sudo, "-n", "true"])[0] == 0:
        return [sudo, "-n"]
    return None


def install_system_packages(names: Sequence[str]) -> str | None:
    """Install Debian packages where that is possible without asking; None when it worked, else why not."""
    privilege = _privilege()
    if shutil.which("apt-get") is None:
        return "this machine has no apt-get"
    if privilege is None:
        return "only root may install packages here"
    install = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    say(f"Installing {', '.join(names)} …")
    wanted = [*install, "install", "--yes", "--no-install-recommends", *names]
    code, words = output_of(wanted)
    if code:
        output_of([*install, "update"])
        code, words = output_of(wanted)
    return words[-1500:] if code else None
