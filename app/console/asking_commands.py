"""``charter contract ask | compare``: questions over all contracts. Must not know how an answer is found."""

from __future__ import annotations

from pathlib import Path

import click

from app.console.contract_commands import contract, folder_option
from tenancy.asking import ask, compared
from tenancy.loader import load_directory
from tenancy.saying import counted

MOST = 12


@contract.command(name="ask")
@click.argument("words", nargs=-1, required=True)
@folder_option
def ask_all(words: tuple[str, ...], folder: Path) -> None:
    """Which states speak of WORDS, and where: charter contract ask fax."""
    good = load_directory(folder).good
    for slug, loaded in good.items():
        found = ask({slug: loaded.contract}, " ".join(words))
        click.echo(f"{slug}: {counted(len(found), 'places')}" if found else f"{slug}: nowhere")
        for one in found[:MOST]:
            origin = loaded.provenance.get(one.path)
            click.echo(f"  {one.subject}: {one.value}" + (f"  [{origin}]" if origin else ""))
        if len(found) > MOST:
            click.echo(f"  … and {len(found) - MOST} more")


@contract.command(name="compare")
@click.argument("one")
@click.argument("other")
@click.option("--part", default="", help="Only what lies under this part, such as rights.")
@folder_option
def compare(one: str, other: str, part: str, folder: Path) -> None:
    """What the contract OTHER says otherwise than ONE."""
    good = load_directory(folder).good
    for slug in (one, other):
        if slug not in good:
            raise click.ClickException(f"There is no usable contract '{slug}' in {folder}.")
    changes = compared(good[one].contract, good[other].contract)
    wanted = [each for each in changes if not part or f"{each.dotted}.".startswith(f"{part}.")]
    for change in wanted:
        click.echo(f"- {change.sentence}")
    if not wanted:
        click.echo("They say the same.")
