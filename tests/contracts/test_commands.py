"""``charter contract``: what a person at the command line, or an editor, gets."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from app.console.contract_commands import contract
from tenancy.explain import plain
from tenancy.extends import Library
from tenancy.json_schema import contract_schema
from tenancy.yaml_source import read_file

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
BROKEN = Path(__file__).parent / "broken"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(contract, [str(argument) for argument in arguments])


def test_it_checks_every_contract_when_none_is_named() -> None:
    result = run("check", "--folder", CONTRACTS)
    assert result.exit_code == 0
    assert re.search(r"^(\d+) of \1 contracts may be used: 0 errors, \d+ warnings\.$", result.output, re.MULTILINE)


def test_it_checks_the_named_files_and_ends_with_1_on_an_error() -> None:
    result = run("check", BROKEN / "quote_no.yaml", BROKEN / "list_unused.yaml")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "broken/list_unused.yaml:4:5 WARNING LIST-UNUSED nothing uses the list 'colours'.",
        "broken/quote_no.yaml:3:9 ERROR TYPE-QUOTE a text is wanted here, not 'NO'. Quote it: \"NO\".",
        "1 of 2 contracts may be used: 1 errors, 1 warnings.",
    ]


def test_a_contract_of_the_folder_may_be_named_by_its_slug() -> None:
    named = run("check", "--folder", CONTRACTS, "colorado")
    assert (named.exit_code, named.output) == (0, run("check", CONTRACTS / "colorado.yaml").output)
    assert "FILE-UNREADABLE" in run("check", "--folder", CONTRACTS, "nowhere").output


def test_a_warning_alone_is_no_failure() -> None:
    assert run("check", BROKEN / "list_unused.yaml").exit_code == 0


def test_it_reports_as_json_for_machines() -> None:
    (fault,) = json.loads(run("check", "--json", BROKEN / "review_denial.yaml").output)
    assert fault == {
        "file": "broken/review_denial.yaml",
        "line": 4,
        "column": 22,
        "code": "REVIEW-DENIAL",
        "severity": "error",
        "reason": "a nurse may not deny: that takes a physician's expertise.",
        "suggestion": "Remove it.",
        "citation": "42 CFR 438.210(b)(3)",
        "path": "review.may.nurse.1",
    }


def test_it_reports_as_sarif_for_editors_and_code_hosts() -> None:
    result = run("check", "--sarif", BROKEN / "quote_no.yaml", BROKEN / "list_unused.yaml")
    assert result.exit_code == 1
    (report,) = json.loads(result.output)["runs"]
    assert [rule["id"] for rule in report["tool"]["driver"]["rules"]] == ["LIST-UNUSED", "TYPE-QUOTE"]
    unused, quote = report["results"]
    assert (unused["level"], unused["ruleIndex"], quote["level"]) == ("warning", 0, "error")
    place = quote["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "broken/quote_no.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 9}
    assert quote["message"]["text"].endswith('Quote it: "NO".')


def test_it_explains_where_a_value_comes_from() -> None:
    result = run("explain", "colorado", "sign_in.lockout_attempts", "--folder", CONTRACTS)
    assert re.fullmatch(
        r"sign_in\.lockout_attempts: 3  contracts/base/common\.yaml:\d+ \(source: AUTH-08\)\n", result.output
    )


def test_it_explains_a_whole_part_value_by_value() -> None:
    lines = run("explain", "colorado", "session", "--folder", CONTRACTS).output.splitlines()
    assert [line.split(":")[0] for line in lines] == ["session.idle_minutes", "session.countdown_minutes"]


@pytest.mark.parametrize(
    ("slug", "path", "answer"),
    [
        ("atlantis", "session", "There is no contract 'atlantis'"),
        ("colorado", "sesion", "'the contract' has no 'sesion'. Did you mean 'session'?"),
        ("colorado", "session.idle", "'session' has no 'idle'."),
    ],
)
def test_it_says_what_cannot_be_explained(slug: str, path: str, answer: str) -> None:
    result = run("explain", slug, path, "--folder", CONTRACTS)
    assert result.exit_code == 1
    assert answer in result.output


def test_it_explains_no_contract_with_faults() -> None:
    result = run("explain", "quote_no", "brand.seal", "--folder", BROKEN)
    assert result.exit_code == 1
    assert "has faults" in result.output


def test_the_schema_is_draft_7_and_describes_every_key() -> None:
    schema = json.loads(run("schema").output)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)
    assert list(_undescribed(schema, "")) == []


def _undescribed(part: object, path: str) -> list[str]:
    found: list[str] = []
    if isinstance(part, dict):
        for name, shape in part.get("properties", {}).items():
            found += [] if shape.get("description") else [f"{path}.{name}"]
        for name, inner in part.items():
            found += _undescribed(inner, f"{path}.{name}")
    if isinstance(part, list):
        for inner in part:
            found += _undescribed(inner, path)
    return found


@pytest.mark.parametrize("path", sorted(CONTRACTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_every_contract_with_all_it_inherits(path: Path) -> None:
    tree, _ = Library(CONTRACTS).read(path)
    assert tree is not None
    document = json.loads(json.dumps(plain(tree), default=float))
    assert [error.message for error in Draft7Validator(contract_schema()).iter_errors(document)] == []


@pytest.mark.parametrize(
    "name", ["key_unknown", "type_whole", "word_unknown", "cond_fact", "type_pattern", "number_low"]
)
def test_the_schema_refuses_what_an_editor_can_see(name: str) -> None:
    tree, _ = read_file(BROKEN / f"{name}.yaml", name)
    assert tree is not None
    document = json.loads(json.dumps(plain(tree), default=float))
    assert list(Draft7Validator(contract_schema()).iter_errors(document)) != []


def test_the_reference_in_the_documentation_is_current() -> None:
    kept = (ROOT / "docs" / "contracts" / "reference.md").read_text(encoding="utf-8")
    assert run("reference").output == kept, "run: charter contract reference > docs/contracts/reference.md"


def test_what_the_writing_guide_says_of_a_report_is_true() -> None:
    guide = (ROOT / "docs" / "contracts" / "writing.md").read_text(encoding="utf-8")
    said = re.findall(r"^contracts/lakeland\.yaml:\d+:\d+ (?:ERROR|WARNING) (.*)$", guide, re.MULTILINE)
    known = [path.read_text(encoding="utf-8") for path in BROKEN.glob("*.txt")]
    assert any(said[1] in report for report in known)
    assert said[0] == "TYPE-QUOTE a text is wanted here, not '00417'. Quote it: \"00417\"."
