"""The ``charter`` command: one group, into which each room registers its own commands."""

import click

from app import contracts_cli

REGISTER = [contracts_cli.register]


@click.group()
def charter() -> None:
    """Run and look after the portal."""


for register in REGISTER:
    register(charter)


if __name__ == "__main__":
    charter(prog_name="charter")
