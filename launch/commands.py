"""The words of ``./run`` and what each of them starts.

Must not know how anything is done.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from launch.places import KEPT, ROOT, LaunchError, say


def main(arguments: Sequence[str]) -> None:
    """Do what the command line asks; a fault that people can mend is one sentence and exit code 1."""
    _keep_bytecode()
    try:
        code = _dispatch(list(arguments))
    except LaunchError as error:
        say(str(error))
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _keep_bytecode() -> None:
    """Have every program that is started from here compile a module once, aside of the tree, and not at each start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(KEPT / "bytecode"))


def _dispatch(arguments: list[str]) -> int:
    passed_on: dict[str, Callable[[list[str]], int]] = {
        "charter": _charter,
        "test": _test,
        "check": _check,
        "bench": _bench,
        "assets": _assets,
    }
    if arguments and arguments[0] in passed_on:
        return passed_on[arguments[0]](arguments[1:])
    return _demo_or_code(arguments)


def _demo_or_code(arguments: list[str]) -> int:
    from launch import demo, greeting

    parser = argparse.ArgumentParser(prog="./run", description="Charter: one portal for every state contract.")
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    showing = words.add_parser("demo", help="run the whole portal on this machine with synthetic people")
    showing.add_argument("--port", type=int, help="port of the pages (default: the first free one from 8000)")
    showing.add_argument("--state-dir", type=Path, default=demo.DEFAULT_STATE, help="where database, keys and mail are")
    showing.add_argument("--fresh", action="store_true", help="forget what is in the state folder first")
    coding = words.add_parser("code", help="the code that a demo user's authenticator shows now")
    coding.add_argument("user")
    coding.add_argument("--state-dir", type=Path, default=demo.DEFAULT_STATE)
    words.add_parser("test", help="the whole gate: lints, types, rooms, contracts, every test, coverage")
    words.add_parser("check", help="the quick gate: no database, no browser")
    words.add_parser("bench", help="benchmarks that print ratios: ./run bench [NAME]")
    words.add_parser("charter", help="the portal's own commands: ./run charter --help")
    words.add_parser("assets", help="fetch the front-end packages")
    chosen = parser.parse_args(arguments)
    if chosen.word == "code":
        print(greeting.codes(chosen.state_dir, chosen.user))
    else:
        demo.run(chosen.state_dir, chosen.port, is_fresh=chosen.fresh)
    return 0


def _charter(arguments: list[str]) -> int:
    """Run a command of the application, with the settings of the running demo where there is one."""
    from launch import demo, environment

    state = demo.DEFAULT_STATE
    if arguments[:1] == ["--state-dir"] and len(arguments) > 1:
        state, arguments = Path(arguments[1]), arguments[2:]
    environment.ensure()
    settings = {**demo.settings_of(state), **{k: v for k, v in os.environ.items() if k.startswith("CHARTER_")}}
    command = [*environment.program("app.cli"), *arguments]
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(command[0], command, demo.process_environment(settings))


def _test(arguments: list[str]) -> int:
    from launch import suite

    return suite.test(arguments)


def _check(arguments: list[str]) -> int:
    from launch import suite

    return suite.check(arguments)


def _bench(arguments: list[str]) -> int:
    from launch import suite

    return suite.bench(arguments)


def _assets(_: list[str]) -> int:
    from launch import assets

    assets.ensure()
    return 0
