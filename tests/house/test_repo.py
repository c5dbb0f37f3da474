"""What must not be in the repository: hosts of package registries, paths of one machine, secrets, unfinished work."""

from __future__ import annotations

import re
import subprocess

import pytest

from launch.places import ROOT

# Written in pieces, so that this file does not find itself.
REGISTRIES = (
    "py" + r"pi\.org",
    "python" + "hosted",
    "npm" + r"js\.(?:org|com)",
    r"deb\." + r"debian\.org",
    "npm" + r"mirror\.com",
)
MACHINES = ("/" + "work/", "/" + "home/[a-z]", "/" + "root/", "/" + "Users/")
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "for" + " now", "dum" + "my", "st" + "ubbed")
SECRETS = (r"-----BEGIN [A-Z ]*PRIVATE KEY", r"AKIA[0-9A-Z]{16}", r"gh[pousr]_[A-Za-z0-9]{30,}")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def places_of(patterns: tuple[str, ...], names: list[str], *, flags: int = 0) -> list[str]:
    wanted = re.compile("|".join(patterns), flags)
    found = []
    for name in names:
        try:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if wanted.search(line)]
    return found


def test_it_names_no_package_registry() -> None:
    assert places_of(REGISTRIES, tracked()) == []


def test_it_names_no_folder_of_one_machine() -> None:
    assert places_of(MACHINES, [name for name in tracked() if not name.startswith(("tests/contracts/broken/",))]) == []


def test_it_holds_no_secret() -> None:
    assert places_of(SECRETS, tracked()) == []
    assert [name for name in tracked() if name.endswith((".pem", ".key", ".env", ".eml"))] == []


@pytest.mark.parametrize("room", ["app", "tenancy", "launch", "migrations"])
def test_its_code_holds_no_unfinished_work(room: str) -> None:
    code = [name for name in tracked() if name.startswith(f"{room}/") and name.endswith((".py", ".html", ".js"))]
    assert places_of(UNFINISHED, code, flags=re.IGNORECASE) == []


def test_what_is_fetched_or_made_is_not_tracked() -> None:
    made = (".venv/", "node_modules/", "app/static/vendor/", ".charter/")
    assert [name for name in tracked() if name.startswith(made)] == []


def test_every_requirement_is_pinned_with_its_hashes() -> None:
    for name in [name for name in tracked() if re.fullmatch(r"requirements[a-z-]*\.txt", name)]:
        text = (ROOT / name).read_text(encoding="utf-8")
        packages = re.findall(r"^[a-z0-9]", text, re.MULTILINE)
        assert len(packages) == len(re.findall(r"^[a-z0-9][^ ]*==", text, re.MULTILINE)), name
        assert "--hash=sha256:" in text
        assert "--index-url" not in text
        assert "--find-links" not in text


def test_npm_packages_are_exact_and_name_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert re.findall(r'"[~^][0-9]', (ROOT / "package.json").read_text(encoding="utf-8")) == []
