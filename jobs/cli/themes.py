"""`themes`: the themes of a collection."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context

if TYPE_CHECKING:
    from queries.collection import Collection
    from queries.gate import Gate

FIELDS = ("id", "parent_id", "name", "named_by", "terms", "size", "owners", "representatives")

SHOWN = 80  # characters of a borderline row's text


@click.command()
@click.argument("name")
@click.option("--members", is_flag=True, help="With the ids of each theme's rows.")
@click.option(
    "--borderline",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="With up to N rows of each theme that could as well be in another, the most torn first.",
)
@as_json
@pass_context
def themes(
    context: Context, name: str, members: bool, borderline: int | None, json_wanted: bool
) -> None:
    """The themes of NAME, broad ones first, each with what it is about."""
    from queries.catalog import collection_named
    from queries.maps import runs
    from queries.themes import themes as read

    collection = collection_named(context.gate, name)
    run = runs.current_or_raise(context.gate, collection)
    found = [as_plain(row) for row in read.themes(context.gate, collection).to_dict("records")]
    result: dict[str, Any] = {"run": run.id, "rows": run.rows, "unsorted": run.unsorted}
    result["themes"] = found
    if members:
        ids = read.membership(context.gate, collection)
        result["members"] = {str(theme): rows for theme, rows in ids.items()}
    if borderline:
        result["borderline"] = torn_rows(context.gate, collection, found, borderline)
    if json_wanted:
        context.print_json(result)
    else:
        _print(result)


def torn_rows(
    gate: "Gate", collection: "Collection", themes: Sequence[Mapping[str, Any]], most: int
) -> dict[str, list[dict[str, Any]]]:
    """Of each of the deepest themes its borderline rows: id, text, how surely they are in it, and
    the other theme with how surely they are in that."""
    from queries.filters import Filters
    from queries.themes import themes as read

    above = {theme["parent_id"] for theme in themes}
    found = {}
    for theme in themes:
        if theme["id"] not in above:
            rows = read.borderline(gate, collection, theme["id"], Filters(), most)
            found[str(theme["id"])] = [_torn(row) for row in rows.to_dict("records")]
    return found


def _torn(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "id": row["row_id"],
        "text": row["text"],
        "membership": round(float(row["membership"]), 3),
        "second_id": int(row["second_id"]),
        "second_name": row["second_name"],
        "second_membership": round(float(row["second_membership"]), 3),
    }


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
    torn = result.get("borderline", {})
    for above in broad:
        click.secho(f"{above['name']}  ({above['size']:,} rows)", bold=True)
        _print_torn(torn.get(str(above["id"]), ()))
        for theme in result["themes"]:
            if theme["parent_id"] == above["id"]:
                told = ": ".join(filter(None, (theme["name"], ", ".join(theme["terms"][:6]))))
                click.echo(f"  {theme['size']:6,}  {told}")
                _print_torn(torn.get(str(theme["id"]), ()))
    click.echo(f"{result['unsorted']:,} of {result['rows']:,} rows are in no theme.")


def _print_torn(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        text = " ".join((row["text"] or "").split())
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]} …"
        click.echo(
            f"            {row['id']}: {row['membership']:.2f} here, "
            f"{row['second_membership']:.2f} in {row['second_name']}: {shown}"
        )
