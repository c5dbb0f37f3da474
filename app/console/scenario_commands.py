"""``charter contract test``: a contract's scenarios, and which of its rules they show at work."""

from __future__ import annotations

from pathlib import Path

import click

from app.console.contract_commands import contract, folder_option, loaded_from
from app.console.scenarios import Outcomes, run_scenarios
from tenancy.faults import ContractError
from tenancy.scenarios import read_scenarios


@contract.command(name="test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@folder_option
def test(files: tuple[Path, ...], folder: Path) -> None:
    """Run the scenarios of the contract FILES, of every contract if none is named. Ends with 1 if one fails.

    A rule that no scenario expects by name counts as a failure too.
    """
    good = True
    for path in files or sorted(folder.glob("*.yaml")):
        loaded = loaded_from(path)
        try:
            outcomes = run_scenarios(loaded.contract, read_scenarios(path.resolve().parent, loaded.slug))
        except ContractError as error:
            raise click.ClickException(str(error)) from None
        _tell(loaded.slug, outcomes)
        good = good and not outcomes.failures and not outcomes.uncovered
    raise SystemExit(0 if good else 1)


def _tell(slug: str, outcomes: Outcomes) -> None:
    for failure in outcomes.failures:
        click.echo(f"{slug}: {failure.scenario}: {failure.what}: expected {failure.expected}; found {failure.found}")
        for line in failure.trace:
            click.echo(f"    {line}")
    for rule in outcomes.uncovered:
        click.echo(f"{slug}: no scenario shows {rule} at work")
    rules = len(outcomes.covered) + len(outcomes.uncovered)
    failed = len({failure.scenario for failure in outcomes.failures})
    click.echo(f"{slug}: {outcomes.ran} scenarios, {failed} failed; {len(outcomes.covered)} of {rules} rules covered")
