"""`themes`: the themes of a collection."""

import math
from collections.abc import Mapping
from typing import Any

import click

from jobs.cli.context import Context, as_json, pass_context

FIELDS = ("id", "parent_id", "name", "named_by", "terms", "size", "owners", "representatives")


@click.command()
@click.argument("name")
@click.option("--members", is_flag=True, help="With the ids of each theme's rows.")
@as_json
@pass_context
def themes(context: Context, name: str, members: bool, json_wanted: bool) -> None:
    """The themes of NAME, broad ones first, each with what it is about."""
    from queries import runs
    from queries import themes as read
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    run = runs.current_or_raise(context.gate, collection)
    found = [as_plain(row) for row in read.themes(context.gate, collection).to_dict("records")]
    result: dict[str, Any] = {"run": run.id, "rows": run.rows, "unsorted": run.unsorted}
    result["themes"] = found
    if members:
        ids = read.membership(context.gate, collection)
        result["members"] = {str(theme): rows for theme, rows in ids.items()}
    if json_wanted:
        context.print_json(result)
    else:
        _print(result)


def as_plain(theme: Mapping[Any, Any]) -> dict[str, Any]:
    """A theme as JSON has it: whole numbers whole, what is missing null."""
    plain = {key: theme[key] for key in FIELDS}
    for key in ("id", "parent_id", "size", "owners"):
        plain[key] = None if _missing(plain[key]) else int(plain[key])
    stability = theme["stability"]
    plain["stability"] = None if _missing(stability) else round(float(stability), 3)
    plain["state"] = theme["state"]
    return plain


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _print(result: dict[str, Any]) -> None:
    broad = [theme for theme in result["themes"] if theme["parent_id"] is None]
    for above in broad:
        click.secho(f"{above['name']}  ({above['size']:,} rows)", bold=True)
        for theme in result["themes"]:
            if theme["parent_id"] == above["id"]:
                click.echo(
                    f"  {theme['size']:6,}  {theme['name']}: {', '.join(theme['terms'][:6])}"
                )
    click.echo(f"{result['unsorted']:,} of {result['rows']:,} rows are in no theme.")
