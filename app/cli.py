"""``charter``: the portal's own commands. A group is imported only when it is asked for, so help stays quick.

Must not know what a command does.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("app.console.tenant_commands:audit", "The audit trail."),
    "cases": ("app.console.case_commands:cases", "Checks over the stored cases."),
    "codes": ("app.directory.commands:codes", "Code sets and their releases."),
    "contract": ("app.console.contract_commands:contract", "Check, explain and describe contracts."),
    "database": ("app.console.tenant_commands:database", "Bring the database to what this code needs."),
    "demo": ("app.console.demo_commands:demo", "Synthetic people for a demonstration."),
    "guide": ("app.guides.commands:guide", "Provider guides from the contracts, with pictures of a running demo."),
    "migrations": ("app.console.migration_commands:migrations", "Revisions of the schemas."),
    "directory": ("app.directory.commands:directory", "Bring in providers; fill a demo with made-up people."),
    "registrations": ("app.console.registration_commands:registrations", "Requests to join organizations."),
    "staff": ("app.console.staff_commands:staff", "The operator's own people: list, shut out."),
    "preview": ("app.console.preview_commands:preview", "Look at a draft contract at an address of its own."),
    "tenant": ("app.console.tenant_commands:tenant", "Make, list, hand over and purge tenants."),
}
"""Word → (``module:name`` of its click command, what it is for). A room adds a row; a word whose module is not
there is not offered."""


class RoomCommands(click.Group):
    """Finds a word's command in the table and imports only that."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """The words whose modules are there."""
        return [word for word, (target, _) in sorted(COMMANDS.items()) if _is_there(target)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's own
        """The command of a word, or None."""
        target = COMMANDS.get(cmd_name, ("", ""))[0]
        if not target or not _is_there(target):
            return None
        module, _, name = target.partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{target} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the words without importing what they do."""
        with formatter.section("Commands"):
            formatter.write_dl([(word, COMMANDS[word][1]) for word in self.list_commands(ctx)])


def _is_there(target: str) -> bool:
    try:
        return find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@click.command(cls=RoomCommands, name="charter", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Charter: one prior-authorization portal for every state contract."""


if __name__ == "__main__":
    main(prog_name="charter")
