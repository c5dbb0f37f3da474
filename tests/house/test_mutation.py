"""The tests of the ground floor notice when a predicate is turned round. Here a sample; all of them by hand:

``python -m tests.house.mutation``
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from launch.places import ROOT
from tests.house.mutation import DOMAIN, EQUIVALENT, explained, modules, mutants_of, nodes_of, variants

SAMPLE = 30


@pytest.mark.slow
def test_a_sample_of_mutants_is_caught() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.mutation", "--sample", str(SAMPLE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{SAMPLE} mutants, ")


def test_every_module_with_a_predicate_has_tests_that_judge_it() -> None:
    judged = {name for name, _ in modules()}
    for path in DOMAIN.rglob("*.py"):
        name = ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
        assert name in judged or not any(variants(node) for node, _ in nodes_of(ast.parse(path.read_text())))


def test_every_explained_mutant_exists_and_says_why() -> None:
    told = {key.partition(":")[0] for key in explained()}
    known = {mutant.key for name, path in modules() if name in told for mutant in mutants_of(name, path)}
    assert explained() <= known
    reason = False
    for line in EQUIVALENT.read_text().splitlines():
        assert not line.strip() or line.startswith("#") or reason, f"no reason stands above {line}"
        reason = bool(line.strip())


def test_a_mutant_differs_from_its_module_in_one_place(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f(a, b):\n    return a < b and not (a == 1 or any(x for x in b if x))\n")
    mutants = mutants_of("module", module)
    whole = [mutant.change for mutant in mutants]
    changes = [change.partition(" in ")[0] for change in whole]
    original = ast.unparse(ast.parse(module.read_text()))
    assert len({mutant.source for mutant in mutants} - {original}) == len(mutants) == len(changes)
    assert "a < b -> a <= b" in changes
    assert "1 -> 2" in changes
    assert any(change.startswith("any(") for change in changes)
    assert all(change.endswith(" in return a < b and (not (a == 1 or any((x for x in b if x))))") for change in whole)
