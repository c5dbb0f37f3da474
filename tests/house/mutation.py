"""A mutation pass over the ground floor: change one predicate at a time and see whether a test goes red.

``python -m tests.house.mutation`` tries every mutant of every module; ``--sample N`` tries N of them, chosen by the
source itself so that a run can be repeated; ``--only clock`` one module. It prints each survivor and exits with 1 if
there is one that ``equivalent_mutants.txt`` does not explain.

Each mutant lives in a forked child whose importer hands out the changed source, so nothing is ever written to the tree.
"""

import argparse
import ast
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from typing_extensions import override

ROOT = Path(__file__).parent.parent.parent
DOMAIN = ROOT / "app" / "domain"
TESTS = ROOT / "tests" / "unit" / "domain"
EQUIVALENT = Path(__file__).parent / "equivalent_mutants.txt"
PATIENCE = 120
MEMORY = 3 << 30

JUDGES = {
    "calendars": ("test_clock", "test_windows", "test_clock_oracle"),
    "clock": ("test_clock", "test_windows", "test_clock_oracle"),
    "effective": ("test_facts", "test_clock"),
    "field_rules": ("test_fields", "test_completeness"),
    "missing": ("test_completeness",),
    "questions": ("test_questions", "test_questionnaire"),
    "draft": ("test_facts", "test_completeness"),
}
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where it is, how it reads, and the whole module with it."""

    module: str
    line: int
    change: str
    source: str

    @property
    def key(self) -> str:
        """How the list of equivalent mutants names it: no line number, so that it survives edits elsewhere."""
        return f"{self.module}: {self.change}"


def modules() -> Iterator[tuple[str, Path]]:
    """The modules of the ground floor that have tests of their own."""
    for path in sorted(DOMAIN.rglob("*.py")):
        name = ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
        if judges_of(name):
            yield name, path


def judges_of(name: str) -> list[str]:
    """The test files that judge a module."""
    first = name.partition(".")[0]
    files = [TESTS / f"{stem}.py" for stem in JUDGES.get(first, (f"test_{first}",))]
    return [str(file) for file in files if file.exists()]


def mutants_of(name: str, path: Path) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(path.read_text())
    found = []
    for node, statement in nodes_of(tree):
        for variant in range(variants(node)):
            before = ast.unparse(node)
            untouched = {part: [*value] if isinstance(value, list) else value for part, value in vars(node).items()}
            line = ast.unparse(statement).partition("\n")[0]
            mutate(node, variant)
            found.append(
                Mutant(
                    name, getattr(node, "lineno", 0), f"{before} -> {ast.unparse(node)} in {line}", ast.unparse(tree)
                )
            )
            vars(node).update(untouched)
    return sorted(found, key=lambda mutant: mutant.line)


def nodes_of(tree: ast.AST, statement: ast.AST | None = None) -> list[tuple[ast.AST, ast.AST]]:
    """Every node below one, each with the statement it belongs to; decorators of classes are left out."""
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(tree, ast.ClassDef) and node in tree.decorator_list:
            continue
        here = node if isinstance(node, ast.stmt) else statement or node
        found += [(node, here), *nodes_of(node, here)]
    return found


def variants(node: ast.AST) -> int:
    """How many ways there are to change a node."""
    match node:
        case ast.Compare(ops=ops):
            return len(ops)
        case ast.BoolOp() | ast.IfExp() | ast.If() | ast.While() | ast.UnaryOp(op=ast.Not()):
            return 1
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return int(type(op) in SWAPPED)
        case ast.comprehension(ifs=ifs):
            return len(ifs)
        case ast.Constant(value=value):
            return int(isinstance(value, bool | int))
        case ast.Call(func=ast.Name(id=called)):
            return int(called in NAMES)
        case _:
            return 0


def mutate(node: ast.AST, variant: int) -> None:
    """Change a node of a copied tree in one of its ways."""
    match node:
        case ast.Compare():
            node.ops[variant] = SWAPPED[type(node.ops[variant])]()  # type: ignore[call-overload]
        case ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
        case ast.IfExp() | ast.If() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.UnaryOp():
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.comprehension():
            node.ifs[variant] = ast.UnaryOp(ast.Not(), node.ifs[variant])
        case ast.Constant():
            node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
        case ast.Call(func=ast.Name(id=called)):
            node.func = ast.Name(NAMES[called], ast.Load())


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """An importer that hands out one module with changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.source = f"app.domain.{mutant.module}", mutant.source

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The changed module's spec; nobody else's."""
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    @override
    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        exec(compile(self.source, self.name, "exec"), module.__dict__)


def warm_up() -> None:
    """Load, once for all children, what no mutant touches: the test runner and the shipped contracts."""
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401

    from tenancy import loader

    ready = {path.stem: loader.load_contract(path) for path in (ROOT / "contracts").glob("*.yaml")}

    def kept(path: Path, *, root: Path | None = None) -> loader.LoadedContract:
        return ready[path.stem]

    loader.load_contract = kept


def survivors(mutants: Sequence[Mutant], processes: int) -> list[Mutant]:
    """The mutants with which every test stays green, ``processes`` tried at a time; one that hangs is caught."""
    waiting, alive = list(reversed(mutants)), []
    running: dict[int, tuple[Mutant, float]] = {}
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop()
            running[started(mutant)] = (mutant, time.monotonic() + PATIENCE)
        time.sleep(0.02)
        for child, (mutant, deadline) in list(running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            if not done and time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                print(f"too long {mutant.key}", file=sys.stderr, flush=True)  # noqa: T201
            if done:
                del running[child]
                if os.waitstatus_to_exitcode(status) == 0:
                    alive.append(mutant)
                    print(f"alive {mutant.module}:{mutant.line} {mutant.change}", file=sys.stderr, flush=True)  # noqa: T201
    return sorted(alive, key=mutants.index)


def started(mutant: Mutant) -> int:
    """The child that tries a mutant."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = judged(mutant)
        finally:  # whatever was raised, a child never goes on as a second parent
            os._exit(code)
    return child


def judged(mutant: Mutant) -> int:
    """In the child: run the tests that judge the mutant's module, quietly, until one fails."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    import pytest
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "mutation",
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")
    sys.meta_path.insert(0, Changed(mutant))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them takes longer than most judges
    return int(pytest.main(["-x", "--assert=plain", "-q", "--noconftest", *judges_of(mutant.module)]))


def explained() -> set[str]:
    """The mutants that change nothing anybody could see; each stands under a line that says why."""
    lines = EQUIVALENT.read_text().splitlines() if EQUIVALENT.exists() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def chosen(sample: int | None, only: str) -> list[Mutant]:
    """The mutants to try."""
    everything = [mutant for name, path in modules() if name.startswith(only) for mutant in mutants_of(name, path)]
    if sample is None or sample >= len(everything):
        return everything
    seed = hashlib.sha256("".join(mutant.source for mutant in everything).encode()).hexdigest()
    return random.Random(seed).sample(everything, sample)


def unchanged(mutants: Sequence[Mutant]) -> list[Mutant]:
    """For each set of judges one module as it is: it must survive, or the judges condemn everybody."""
    paths = dict(modules())
    by_judges = {tuple(judges_of(mutant.module)): mutant.module for mutant in mutants}
    return [Mutant(name, 0, "unchanged", paths[name].read_text()) for name in by_judges.values()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants and print what survived."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)
    mutants, known = chosen(asked.sample, asked.only), explained()
    warm_up()
    untouched = unchanged(mutants)
    if len(survivors(untouched, asked.processes)) != len(untouched):
        print("The tests do not pass without a mutation, so no mutation can be judged.")  # noqa: T201
        return 2
    alive = survivors(mutants, asked.processes)
    unexplained = [mutant for mutant in alive if mutant.key not in known]
    for mutant in unexplained:
        print(f"SURVIVED app/domain/{mutant.module.replace('.', '/')}.py:{mutant.line} {mutant.key}")  # noqa: T201
    print(  # noqa: T201
        f"{len(mutants)} mutants, {len(mutants) - len(alive)} caught, {len(alive) - len(unexplained)} explained, "
        f"{len(unexplained)} survived"
    )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
