"""``charter contract …``: check, schema and explain for the people who write contracts. Needs no database."""

import json
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from tenancy.explain import Provenance, UnknownPath
from tenancy.extends import Library
from tenancy.json_schema import contract_schema
from tenancy.loader import LoadedContract, Reading, read_contract, read_directory
from tenancy.reference import reference
from tenancy.sarif import sarif

Files = tuple[Path, ...]
FOLDER = Path("contracts")
folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="CHARTER_CONTRACTS_DIR",
    default=FOLDER,
    show_default=True,
    help="Folder of the contracts.",
)


ELSEWHERE = {
    "approve": "release",
    "ask": "asking",
    "compare": "asking",
    "new": "authoring",
    "plan": "planning",
    "publish": "release",
    "releases": "release",
    "rollback": "release",
    "test": "scenario",
    "toggle": "release",
    "withdraw": "release",
}
"""Words whose modules reach for the database or the rules of the trade: imported only when they are asked for."""


class ContractCommands(click.Group):
    """The words of this module, and those of its neighbours."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every word."""
        return sorted({*super().list_commands(ctx), *(word for word in ELSEWHERE if _module_of(word))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a word; its module adds it when it is imported."""
        module = _module_of(cmd_name)
        if module:
            import_module(module)
        return super().get_command(ctx, cmd_name)


def _module_of(word: str) -> str:
    name = f"app.console.{ELSEWHERE.get(word, '')}_commands"
    return name if word in ELSEWHERE and find_spec(name) is not None else ""


@click.group(cls=ContractCommands)
def contract() -> None:
    """Check, describe, publish and explain contracts."""


@contract.command(name="check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print them as SARIF 2.1.0, for editors and code hosts.")
@folder_option
def check(files: Files, as_json: bool, as_sarif: bool, folder: Path) -> None:
    """Report every fault of the contract FILES; of every contract if none is named. Ends with 1 if one is an error.

    A contract of the folder may be named by its slug.
    """
    readings = _readings(files, folder)
    faults = sorted({fault for reading in readings for fault in reading.faults})
    if as_sarif:
        click.echo(json.dumps(sarif(faults), ensure_ascii=False, indent=2))
    elif as_json:
        click.echo(json.dumps([fault.as_json() for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(str(fault))
        click.echo(_summary(readings))
    raise SystemExit(1 if any(reading.loaded is None for reading in readings) else 0)


def _readings(files: Files, folder: Path) -> tuple[Reading, ...]:
    today = datetime.now(UTC).date()
    if not files:
        return read_directory(folder, today=today)
    files = tuple(_file_of(named, folder) for named in files)
    libraries = {parent: Library(parent) for parent in {path.resolve().parent for path in files}}
    return tuple(read_contract(path, libraries[path.resolve().parent], today=today) for path in files)


def _file_of(named: Path, folder: Path) -> Path:
    """The file that is meant: the one of this name, else the contract of this slug."""
    of_slug = folder / f"{named}.yaml"
    return of_slug if not named.exists() and of_slug.exists() else named


def _summary(readings: tuple[Reading, ...]) -> str:
    faults = [fault for reading in readings for fault in reading.faults]
    errors = sum(fault.is_error for fault in faults)
    good = sum(reading.loaded is not None for reading in readings)
    return f"{good} of {len(readings)} contracts may be used: {errors} errors, {len(faults) - errors} warnings."


def loaded_from(file: Path) -> LoadedContract:
    """The contract in a file; its faults end the command."""
    path = file.resolve()
    reading = read_contract(path, Library(path.parent), today=datetime.now(UTC).date())
    if reading.loaded is None:
        raise click.ClickException("\n".join(map(str, reading.faults)))
    return reading.loaded


@contract.command(name="schema")
def schema() -> None:
    """Print the JSON Schema (draft 7) of a contract file, for editors."""
    click.echo(json.dumps(contract_schema(), ensure_ascii=False, indent=2))


@contract.command(name="reference")
def reference_page() -> None:
    """Print the reference of the contract language, as kept in docs/contracts/reference.md."""
    click.echo(reference(), nl=False)


@contract.command(name="explain")
@click.argument("slug")
@click.argument("path")
@folder_option
def explain(slug: str, path: str, folder: Path) -> None:
    """Say what the contract SLUG holds at PATH (such as sign_in.lockout_attempts) and where it comes from."""
    target = folder / f"{slug}.yaml"
    if not target.is_file():
        raise click.ClickException(f"There is no contract '{slug}' in {folder}.")
    reading = read_contract(target, Library(folder.resolve()))
    if reading.loaded is None:
        raise click.ClickException(f"{target} has faults; run: charter contract check {target}")
    provenance = reading.loaded.provenance
    assert isinstance(provenance, Provenance)
    try:
        for line in provenance.explained(path):
            click.echo(line)
    except UnknownPath as error:
        raise click.ClickException(str(error)) from None
