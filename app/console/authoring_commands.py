"""``charter contract new``: a contract of a new state, begun as a copy of a known one."""

from __future__ import annotations

import re
from pathlib import Path

import click

from app.console.contract_commands import contract, folder_option
from tenancy.loader import SLUG

EXAMPLE = "99999"


@contract.command(name="new")
@click.argument("slug")
@click.option("--from", "source", metavar="SLUG", required=True, help="The contract to begin with.")
@folder_option
def new(slug: str, source: str, folder: Path) -> None:
    """Begin the contract SLUG as a copy of another; its own names are left to be filled in."""
    target, origin = folder / f"{slug}.yaml", folder / f"{source}.yaml"
    if not SLUG.fullmatch(slug):
        raise click.ClickException(
            f"'{slug}' cannot name a contract: small letters, digits and _ only, a letter first."
        )
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    if not origin.is_file():
        raise click.ClickException(f"There is no contract '{source}' in {folder}.")
    target.write_text(begun(origin.read_text(encoding="utf-8"), slug, source), encoding="utf-8")
    click.echo(f"{target} is begun. Next:")
    click.echo(
        f"  1. Fill in identity: its state, names, time zone and five-digit client code ({EXAMPLE} is an example)."
    )
    click.echo(f"  2. charter contract check {target}")
    click.echo(f"  3. charter preview up {target}")
    click.echo(f"  4. charter contract publish {target} --by YOU --reason WHY")


def begun(text: str, slug: str, source: str) -> str:
    """The copy's text: another address, code and name, so that both can stand beside each other."""
    name = slug.replace("_", " ").title()
    for key, value in (
        ("subdomain", slug.replace("_", "-")),
        ("code", f"{slug[:2].upper()} UM"),
        ("display", name),
        ("client_code", f'"{EXAMPLE}"'),
    ):
        text = re.sub(rf"(?m)^  {key}: .*$", f"  {key}: {value}", text, count=1)
    head = f"# {name}: begun as a copy of {source}. Check every fact against its source.\n"
    return head + text
