"""``charter guide``: makes the provider guides, and takes their pictures from a running demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.guides.making import as_page, pictures_of, printed
from app.guides.writing import write_guide
from app.settings import ROOT
from tenancy.loader import LoadedContract, load_directory

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="CHARTER_CONTRACTS_DIR",
    default=ROOT / "contracts",
    help="Folder of the contracts.",
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CHARTER_GUIDES_DIR",
    default=ROOT / "docs" / "guides",
    help="Folder of the guides; each has a folder in it.",
)
every_option = click.option("--all", "every", is_flag=True, help="Every contract of the folder.")


@click.group()
def guide() -> None:
    """Provider guides, made from the contracts."""


@guide.command(name="build")
@click.argument("slugs", nargs=-1, metavar="SLUG...")
@every_option
@folder_option
@out_option
def build(slugs: tuple[str, ...], every: bool, folder: Path, out: Path) -> None:
    """Write guide.html and guide.pdf of the contracts SLUG as they hold today, with the pictures that are there."""
    for loaded in _chosen(slugs, every, folder):
        today = datetime.now(UTC).astimezone(ZoneInfo(loaded.contract.identity.time_zone)).date()
        home, pictures = out / loaded.slug, pictures_of(out, loaded.slug)
        home.mkdir(parents=True, exist_ok=True)
        written = write_guide(loaded, on=today)
        (home / "guide.html").write_text(as_page(written, loaded, pictures), encoding="utf-8")
        (home / "guide.pdf").write_bytes(printed(loaded, today, pictures))
        told = f"{len(written.chapters)} chapters, {len(list(written.facts()))} facts, {len(pictures)} pictures"
        click.echo(f"{loaded.slug}: {told} → {home}")


@guide.command(name="pictures")
@click.argument("slugs", nargs=-1, metavar="SLUG...")
@every_option
@click.option(
    "--demo",
    "state",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=ROOT / ".charter" / "demo",
    show_default=True,
    help="State folder of a demo that is running.",
)
@click.option("--browser", envvar="CHARTER_CHROMIUM", help="The browser; Chromium of this machine unless given.")
@folder_option
@out_option
def pictures(slugs: tuple[str, ...], every: bool, state: Path, browser: str | None, folder: Path, out: Path) -> None:
    """Take the pictures of the guides from a running demo, with a browser nobody sees."""
    from app.guides.picturing import DemoAway, browser_of, take_pictures, tenant_of_demo

    try:
        for loaded in _chosen(slugs, every, folder):
            tenant = tenant_of_demo(state, loaded.slug)
            for path in take_pictures(loaded, tenant, out / loaded.slug, browser=browser_of(browser)):
                click.echo(f"{path}: {path.stat().st_size // 1024} KB")
    except DemoAway as error:
        raise click.ClickException(str(error)) from None


def _chosen(slugs: tuple[str, ...], every: bool, folder: Path) -> tuple[LoadedContract, ...]:
    good = load_directory(folder).good
    if not slugs and not every:
        raise click.UsageError("Name a contract, or say --all.")
    unknown = [slug for slug in slugs if slug not in good]
    if unknown:
        raise click.UsageError(f"No contract of the folder can be used under this name: {', '.join(unknown)}.")
    return tuple(good.values()) if every else tuple(good[slug] for slug in slugs)
