"""The command line: one module a group of commands, loaded only when it is asked for."""

from importlib import import_module

import click

# command -> (module, one-line help); the module's attribute of the command's name is run.
COMMANDS = {
    "up": ("up", "Start everything and print the address."),
    "test": ("project", "Run the tests."),
    "lint": ("project", "Check style, types and the import contracts."),
    "bench": ("project", "Measure against named peers and print one table."),
    "db": ("db", "The database: start, stop, url, migrate, check."),
    "collections": ("collections", "The collections: list, show, check, connect."),
    "load": ("load", "Load a CSV, JSONL or Parquet file."),
    "embed": ("embed", "Embed what is missing or changed."),
    "analyse": ("analyse", "Sentiment, mood and insights of texts."),
    "map": ("map", "Make the map and themes, or place what is new."),
    "themes": ("themes", "The themes of a collection."),
    "theme": ("theme", "Change themes: rename, pin, merge, split, keep apart, undo."),
    "compare": ("compare", "Two groups of people: what differs reliably."),
    "search": ("search", "Search by meaning and by words."),
    "neighbours": ("similar", "Rows similar to a row."),
    "pairs": ("similar", "Pairs of rows above a similarity."),
    "people": ("people", "Who may sign in, as what, and what they reach."),
    "erase": ("erasure", "Erase one person everywhere, with a report."),
    "export-person": ("erasure", "Write everything kept about one person to a file."),
    "release": ("release", "Weekly releases of counts: make, list, show."),
    "worker": ("worker", "Work through the queue."),
    "status": ("status", "Health, backlog and last runs."),
}
# Where a command's name would hide a builtin.
PYTHON_NAMES = {"map": "map_command", "export-person": "export_person"}


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command, in the order of a first acquaintance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The click command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"jobs.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, PYTHON_NAMES.get(cmd_name, cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])
