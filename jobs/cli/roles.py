"""The options that name a column for a role; `load` and `collections connect` share them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from jobs.connect.roles import Given

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--id", "id_column", metavar="C", help="Column that tells rows apart."),
    click.option(
        "--text", "text_columns", metavar="C", multiple=True, help="Column to read; repeatable."
    ),
    click.option("--title", "title_column", metavar="C", help="Column with a heading."),
    click.option("--owner", "owner_column", metavar="C", help="Column with the person."),
    click.option("--time", "time_column", metavar="C", help="Column with the date or time."),
    click.option(
        "--facet",
        "facet_columns",
        metavar="C",
        multiple=True,
        help="Column to narrow by; repeatable.",
    ),
    click.option("--language", metavar="L", help="Language of the text, such as german."),
)


def role_options(command: Command) -> Command:
    """Add --id, --text, --title, --owner, --time, --facet and --language."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given_from(options: dict[str, Any], embedding: str | None = None) -> "Given":
    """The roles that were given on the command line."""
    from jobs.connect.roles import Given

    return Given(
        id=options["id_column"],
        text=options["text_columns"],
        title=options["title_column"],
        owner=options["owner_column"],
        time=options["time_column"],
        facets=options["facet_columns"] or None,
        embedding=embedding,
        language=options["language"],
    )
