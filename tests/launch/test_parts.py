"""The launcher's parts, each by itself."""

from __future__ import annotations

import signal
import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from launch import greeting
from launch.children import Child
from launch.places import ROOT, LaunchError, only_one, read_json, write_json
from launch.postgres import Server

ORPHAN = """
import signal, sys, time
from pathlib import Path
from launch.children import Children
children = Children()
child = children.start("sleeper", ["sleep", "600"], log=Path(sys.argv[1]) / "log")
print(child.process.pid, flush=True)
time.sleep(600)
"""
POLITE = """
import sys, time
from pathlib import Path
from launch.children import Children, stop_politely
stop_politely()
with Children() as children:
    # a program that starts another one and leaves it to itself
    children.start("careless", ["sh", "-c", "setsid sleep 600 & exec sleep 600"], log=Path(sys.argv[1]) / "log")
    print("up", flush=True)
    time.sleep(600)
"""


def careless(folder: Path) -> Child:
    """A program that ends as soon as it was started."""

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(["true"], start_new_session=True)

    return Child("careless", begin(), folder / "log", signal.SIGTERM, begin)


def test_a_program_that_never_stays_up_ends_the_run_unless_the_rest_does_without_it(tmp_path: Path) -> None:
    needed, spare = careless(tmp_path), careless(tmp_path)
    spare.is_needed = False
    with pytest.raises(LaunchError, match="careless keeps stopping"):
        for _ in range(10):
            needed.restart()
    for _ in range(10):
        spare.restart()
    needed.end()
    spare.end()


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sleepers() -> set[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if line.endswith("sleep 600")}


def wait_for_end_of(pid: int) -> None:
    limit = time.monotonic() + 5
    while is_there(pid) and time.monotonic() < limit:
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("instant", "code"), [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")], ids=str
)
def test_codes_are_those_of_rfc_6238(instant: int, code: str) -> None:
    assert greeting.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", instant) == code


def test_a_code_is_given_for_every_tenant_of_a_user_name(tmp_path: Path) -> None:
    users = [{"username": "Ann", "role": "x", "password": "y", "totp_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}]
    tenants = {slug: {"url": f"http://{slug}.localhost:1/", "users": users} for slug in ("one", "two")}
    write_json(tmp_path / "demo.json", {"tenants": tenants})
    lines = greeting.codes(tmp_path, "ann", now=59).splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["287082", "http://one.localhost:1/"],
        ["287082", "http://two.localhost:1/"],
    ]


def test_an_unknown_user_gets_a_sentence(tmp_path: Path) -> None:
    write_json(tmp_path / "demo.json", {"tenants": {}})
    with pytest.raises(LaunchError, match="No user nobody"):
        greeting.codes(tmp_path, "nobody")


def test_a_file_is_written_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    write_json(tmp_path / "secrets.json", {"a": 1})
    assert read_json(tmp_path / "secrets.json") == {"a": 1}
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_second_holder_of_a_lock_is_told_so(tmp_path: Path) -> None:
    with (
        only_one(tmp_path / "lock", or_say="busy here"),
        pytest.raises(LaunchError, match="busy here"),
        only_one(tmp_path / "lock", or_say="busy here"),
    ):
        pass


def test_a_login_takes_the_place_of_the_superuser_in_an_address() -> None:
    server = Server("postgresql://admin:a%40b@127.0.0.1:5433/charter?sslmode=disable", None)
    assert server.dsn_for("app", "p@ss/1") == "postgresql://app:p%40ss%2F1@127.0.0.1:5433/charter?sslmode=disable"


def test_children_end_when_their_launcher_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())
        assert is_there(pid)
        launcher.kill()
    wait_for_end_of(pid)
    assert not is_there(pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl-c"])
def test_a_signal_leaves_no_process_not_even_one_that_ran_away(tmp_path: Path, number: signal.Signals) -> None:
    before = sleepers()
    command = [sys.executable, "-c", POLITE, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "up\n"
        launcher.send_signal(number)
        launcher.wait(20)
    assert sleepers() <= before


def test_the_mail_sink_keeps_a_message_before_it_says_so(mail_sink: tuple[int, Path]) -> None:
    port, folder = mail_sink
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "For the sink", "portal@example.test", "ann@example.test"
    message.set_content("A line.\n")
    with smtplib.SMTP("127.0.0.1", port) as wire:
        wire.send_message(message)
        (kept,) = [path for path in folder.glob("*.eml") if b"For the sink" in path.read_bytes()]
    assert kept.read_bytes().startswith(b"X-Envelope-To: ann@example.test\r\n")
    assert b"A line." in kept.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.unlink()


def test_run_says_what_it_can_do() -> None:
    shown = subprocess.run([str(ROOT / "run"), "--help"], capture_output=True, text=True, check=True, cwd="/").stdout
    for word in ("demo", "test", "check", "bench", "charter", "code"):
        assert word in shown


def test_a_port_in_use_is_a_sentence_and_starts_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [str(ROOT / "run"), "demo", "--port", port, "--state-dir", str(tmp_path)]
        refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} is taken; choose another with --port.\n"
    assert not (tmp_path / "secrets.json").exists()
