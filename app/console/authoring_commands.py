"""``charter contract new``: a contract of a new state, begun as a copy of a known one."""

from __future__ import annotations

import re
from pathlib import Path

import click

from app.console.contract_commands import contract, folder_option
from tenancy.loader import SLUG
from tenancy.scenarios import FOLDER

EXAMPLE = "99999"
EDITOR = "# yaml-language-server: $schema=../contract.schema.json\n"
"""What editors read to complete and explain every key: the file ``charter contract schema`` prints."""
HEAD_LINES = 2


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
    text = begun(origin.read_text(encoding="utf-8"), slug, source)
    target.write_text(text, encoding="utf-8")
    click.echo(f"{target} is begun.")
    _copy_scenarios(folder / FOLDER, source, slug)
    old = left_over(text, source)
    if old:
        click.echo(f"Lines that still speak of {_named(source)}: {', '.join(str(number) for number in old)}.")
    click.echo("Next:")
    click.echo(
        f"  1. Fill in identity: its state, names, time zone and five-digit client code ({EXAMPLE} is an example)."
    )
    click.echo(f"  2. charter contract check {target}")
    click.echo(f"  3. charter contract test {target}")
    click.echo(f"  4. charter preview up {target} --watch")
    click.echo(f"  5. charter contract publish {target} --by YOU --reason WHY")


def _copy_scenarios(folder: Path, source: str, slug: str) -> None:
    """The scenarios come along, so that every rule that stays is shown at work from the first minute."""
    origin, target = folder / f"{source}.yaml", folder / f"{slug}.yaml"
    if origin.is_file() and not target.exists():
        text = origin.read_text(encoding="utf-8")
        target.write_text(text, encoding="utf-8")
        click.echo(f"{target} holds the scenarios of {_named(source)}.")


def left_over(text: str, source: str) -> tuple[int, ...]:
    """The lines that still name the state the copy began from, by its name or its postal code, the head aside."""
    code = re.search(r"(?m)^  state: ([A-Z]{2})$", text)
    names = [f"(?i:{re.escape(_named(source))})", *((rf"\b{code[1]}\b", rf"\.{code[1].lower()}\b") if code else ())]
    spoken = re.compile("|".join(names))
    return tuple(n for n, line in enumerate(text.splitlines(), 1) if n > HEAD_LINES and spoken.search(line))


def _named(slug: str) -> str:
    return slug.replace("_", " ").title()


def begun(text: str, slug: str, source: str) -> str:
    """The copy's text: another address, code and name, so that both can stand beside each other."""
    name = _named(slug)
    for key, value in (
        ("subdomain", slug.replace("_", "-")),
        ("code", f"{slug[:2].upper()} UM"),
        ("display", name),
        ("client_code", f'"{EXAMPLE}"'),
    ):
        text = re.sub(rf"(?m)^  {key}: .*$", f"  {key}: {value}", text, count=1)
    head = f"# {name}: begun as a copy of {source}. Check every fact against its source.\n"
    return EDITOR + head + text
