"""``./run demo``: the whole portal on this machine, with synthetic people, until it is told to stop.

Must not know what the portal does: it prepares and serves through the application's own commands.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from launch import assets, environment, greeting, identity, postgres, valkey
from launch.children import Child, Children, stop_politely, until
from launch.places import KEPT, ROOT, LaunchError, digest_of, only_one, read_json, say, write_json, write_whole

DEFAULT_STATE = KEPT / "demo"
DEFAULT_PORT = 8000
_PREPARED_FROM = (
    "requirements.txt",
    "tenancy",
    "contracts",
    "migrations",
    "app/storage",
    "app/directory",
    "app/accounts",
    "app/cases/models.py",
    "app/cases/synthetic.py",
    "app/reviews/synthetic.py",
    "app/console/demo_commands.py",
)
_READY_SECONDS = 120.0
_RESTART_AFTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Demo:
    """One state folder and the port its pages are on."""

    state: Path
    port: int

    @property
    def summary(self) -> Path:
        return self.state / "demo.json"

    @property
    def stamp(self) -> Path:
        return self.state / "prepared"


def run(state: Path, port: int | None, *, is_fresh: bool = False) -> None:
    """Bring everything up, say where it is, and keep it up. Ends by a signal; nothing is left running."""
    began = time.monotonic()
    stop_politely()
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(state / "lock", or_say=f"Another demo is running from {state}."), Children() as children:
        demo = Demo(state.resolve(), _port(port))
        if is_fresh:
            _forget(demo)
        bring_programs(children, demo.state)
        provider = identity.start(children, demo.state)
        settings = _start_stores(children, demo, provider)
        _prepare(demo, settings)
        _add_staff(demo, provider)
        _serve(children, demo, settings)
        provider.wait()
        print(greeting.text(read_json(demo.summary), time.monotonic() - began, demo.state), flush=True)
        _stay(children)


def bring_programs(children: Children, state: Path) -> None:
    """The environment and the front-end packages, both at once where both are due."""
    fetching = None
    if not assets.are_present():
        command = [sys.executable, str(ROOT / "run"), "assets"]
        fetching = children.start("npm", command, log=state / "log" / "assets.log")
    environment.ensure()
    if fetching is not None and fetching.process.wait() != 0:
        raise LaunchError(fetching.last_words())
    children.forget(fetching)


def _start_stores(children: Children, demo: Demo, provider: identity.Provider) -> dict[str, str]:
    keys = _keys(demo.state)
    server = postgres.start(children, demo.state, password=keys["superuser"])
    mail, mail_port = demo.state / "mail", postgres.free_port()
    sink = [*environment.program("launch.mailsink"), str(mail), str(demo.state / "mail.port"), str(mail_port)]
    children.start("mail sink", sink, log=demo.state / "log" / "mail.log")
    phone_port = postgres.free_port()
    phones = [*environment.program("launch.phonesink"), str(mail), str(demo.state / "phone.port"), str(phone_port)]
    children.start("telephone sink", phones, log=demo.state / "log" / "phone.log")
    redis_url = valkey.start(children, demo.state, password=keys["redis"])
    settings = {
        "CHARTER_DSN_APP": server.dsn_for("charter_app", keys["app"]),
        "CHARTER_DSN_CONTROL": server.dsn_for("charter_control", keys["control"]),
        "CHARTER_DSN_MIGRATE": server.dsn_for("charter_migrate", keys["migrate"]),
        "CHARTER_DSN_SUPERUSER": server.dsn,
        "CHARTER_MASTER_KEY": keys["master_key"],
        "CHARTER_SECRET_KEY": keys["secret_key"],
        "CHARTER_FILES_DIR": str(demo.state / "files"),
        "CHARTER_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "CHARTER_MAIL_DIR": str(mail),
        "CHARTER_PHONE_URL": f"http://demo:{keys['redis']}@127.0.0.1:{phone_port}/?from=%2B13035550100",
        "CHARTER_STAFF_FILE": str(provider.plan),
        "CHARTER_FAX_URL": f"spool:{demo.state / 'fax'}",
        "CHARTER_POST_DIR": str(demo.state / "post"),
        "CHARTER_BASE_DOMAIN": "localhost",
        "CHARTER_PORT": str(demo.port),
        "CHARTER_SCHEME": "http",
        "CHARTER_DEMO": "1",
    }
    if redis_url:
        settings["REDIS_URL"] = redis_url
    write_json(demo.state / "environment.json", settings)
    return settings


def _prepare(demo: Demo, settings: Mapping[str, str]) -> None:
    """Schemas, tenants and synthetic people; skipped when the folder was prepared by this very code."""
    wanted = digest_of([ROOT / name for name in _PREPARED_FROM if (ROOT / name).exists()])
    is_prepared = demo.stamp.is_file() and demo.stamp.read_text(encoding="utf-8") == wanted
    summary = read_json(demo.summary)
    if is_prepared and summary is not None:
        write_json(demo.summary, _at_port(summary, demo.port))
        return
    say("Preparing three tenants with synthetic members, providers and users …")
    _charter(demo, settings, "database", "prepare", "--catch-up")
    without = {name: value for name, value in settings.items() if name != "CHARTER_DSN_SUPERUSER"}
    _charter(demo, without, "demo", "prepare", "--out", str(demo.summary))
    demo.summary.chmod(0o600)
    write_whole(demo.stamp, wanted)


def _add_staff(demo: Demo, provider: identity.Provider) -> None:
    """Say in the summary who may sign in as staff, and where the console is."""
    summary = read_json(demo.summary)
    staff = identity.described(read_json(provider.plan))
    write_json(demo.summary, {**summary, "staff": staff, "console": f"http://console.localhost:{demo.port}/"})


def _at_port(summary: dict[str, Any], port: int) -> dict[str, Any]:
    """The same people on another port."""
    old, new = f":{summary['port']}/", f":{port}/"
    tenants = {slug: {**one, "url": one["url"].replace(old, new)} for slug, one in summary["tenants"].items()}
    return {**summary, "port": port, "tenants": tenants, "mailbox": summary["mailbox"].replace(old, new)}


def _charter(demo: Demo, settings: Mapping[str, str], *arguments: str) -> None:
    code, words = environment.output_of(
        [*environment.program("app.cli"), *arguments], env=process_environment(settings)
    )
    if code:
        raise LaunchError(
            f"charter {' '.join(arguments)} failed:\n{words[-4000:]}\n"
            f"What is in {demo.state} was left as it is. If it was made by an older Charter, either keep it and start "
            "another with --state-dir, or let --fresh make it anew."
        )


def _serve(children: Children, demo: Demo, settings: Mapping[str, str]) -> None:
    shown = {name: value for name, value in settings.items() if name != "CHARTER_DSN_SUPERUSER"}
    serving = process_environment({name: value for name, value in shown.items() if name != "CHARTER_DSN_MIGRATE"})
    log = demo.state / "log"
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(demo.port), "--no-ws", "--http", "1"]
    sizes = ["--workers", "2", "--blocking-threads", "3", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    web_command = [*environment.program("granian"), *options, *sizes, "app.wsgi:application"]
    (log / "web.log").unlink(missing_ok=True)
    web = children.start("web server", web_command, log=log / "web.log", env=serving)
    for tenant in read_json(demo.summary)["tenants"].values():
        host = urlsplit(tenant["url"]).netloc
        until(partial(_is_ready, demo.port, host, web), web, seconds=_READY_SECONDS, what=f"http://{host}/readyz")
    # after the pages: what it sends may leave a second later, the first page should not
    children.start("worker", environment.program("app.worker"), log=log / "worker.log", env=serving)
    previews = [*environment.program("app.cli"), "preview", "serve"]
    children.start("previews", previews, log=log / "previews.log", env=process_environment(shown))


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with the portal's settings over it."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **settings}


def _is_ready(port: int, host: str, web: Child) -> bool:
    """Whether the host answers; raises LaunchError when the server's own log tells that it cannot start."""
    if any(line.startswith("Traceback ") for line in web.log.read_text(errors="replace").splitlines()):
        raise LaunchError(f"The web server could not start:\n{web.last_words()}")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stay(children: Children) -> None:
    """Keep every program up until a signal comes; one that ended by itself is started again."""
    while True:
        time.sleep(0.5)
        gone = children.first_gone()
        if gone is not None:
            say(f"{gone.name} stopped by itself; starting it again.")
            time.sleep(_RESTART_AFTER_SECONDS)
            gone.restart()


def _keys(state: Path) -> dict[str, str]:
    """The passwords and keys of this folder, made once, readable by their owner only."""
    known: Any = read_json(state / "secrets.json")
    if isinstance(known, dict):
        return known
    keys = {name: secrets.token_urlsafe(24) for name in ("superuser", "app", "control", "migrate", "redis")}
    keys["secret_key"] = secrets.token_urlsafe(48)
    keys["master_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
    write_json(state / "secrets.json", keys)
    return keys


def _forget(demo: Demo) -> None:
    postgres.remove_cluster(demo.state)
    for name in ("files", "mail", "valkey", "log"):
        shutil.rmtree(demo.state / name, ignore_errors=True)
    for name in ("prepared", "demo.json", "environment.json", "secrets.json", "cluster.json", "staff.json"):
        (demo.state / name).unlink(missing_ok=True)


def _port(wanted: int | None) -> int:
    if wanted is not None:
        if not identity.is_free(wanted):
            raise LaunchError(f"Port {wanted} is taken; choose another with --port.")
        return wanted
    for port in range(DEFAULT_PORT, DEFAULT_PORT + 50):
        if identity.is_free(port):
            return port
    raise LaunchError(f"No port from {DEFAULT_PORT} to {DEFAULT_PORT + 49} is free; choose one with --port.")


def settings_of(state: Path) -> dict[str, str]:
    """The portal's settings of the demo that runs from the folder; empty when none does."""
    known = read_json(state / "environment.json")
    return known if isinstance(known, dict) else {}
