"""`collections`: list, show, check and connect."""

from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.roles import given_from, role_options

if TYPE_CHECKING:
    from jobs.connect.connect import Connected
    from jobs.connect.known import Known
    from queries.collection import Collection


@click.group()
def collections() -> None:
    """The tables that Northlight explores."""


@collections.command("list")
@as_json
@pass_context
def list_them(context: Context, json_wanted: bool) -> None:
    """Every declared collection: its table, its rows, how many are embedded."""
    from queries.catalog import collections as declared

    described = [_described(context, collection) for collection in declared(context.gate)]
    if json_wanted:
        context.print_json(described)
        return
    if not described:
        click.echo("No collection is declared. `./northlight collections connect TABLE` makes one.")
    for each in described:
        rows = f"{each['rows']:,}" if each["rows"] is not None else "cannot be read; run `check`"
        click.echo(
            f"{each['name']:24} {rows:>12} rows {each['embedded']:>12,} embedded  {each['table']}"
        )


@collections.command()
@click.argument("name")
@as_json
@pass_context
def show(context: Context, name: str, json_wanted: bool) -> None:
    """One collection: which column plays which role."""
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    described = _described(context, collection) | {
        "system": collection.group,
        "model": collection.model,
        "language": collection.language,
        "only": collection.only,
        "lookups": {lookup.name: lookup.table for lookup in collection.lookups},
    }
    if json_wanted:
        context.print_json(described)
        return
    for key, value in described.items():
        if key == "roles":
            for role, columns in value.items():
                click.echo(f"  {role:10} {_columns(columns)}")
        else:
            click.echo(f"{key:10} {_columns(value)}")


@collections.command()
@click.argument("name")
@as_json
@pass_context
@click.pass_context
def check(ctx: click.Context, context: Context, name: str, json_wanted: bool) -> None:
    """Compare a declaration with its table; every finding says what to do. Errors exit 1."""
    from jobs.connect.check import findings
    from queries.catalog import collection_named

    found = findings(context.gate, collection_named(context.gate, name))
    if json_wanted:
        context.print_json(
            [{"level": each.level, "what": each.what, "cure": each.cure} for each in found]
        )
    else:
        for each in found:
            click.echo(f"{each.level:8} {each.what}\n         {each.cure}")
        if not any(each.level != "info" for each in found):
            click.echo(f"{name} is in order.")
    errors = sum(each.level == "error" for each in found)
    if errors:
        context.say(f"northlight: {name} has {errors} error{'s' * (errors > 1)} to mend.")
        ctx.exit(1)


@collections.command()
@click.argument("table", required=False)
@click.option(
    "--known", is_flag=True, help="Find the five systems' and the guides' tables instead."
)
@click.option("--name", metavar="N", help="What to call the collection.")
@role_options
@click.option("--embedding", metavar="C", help="Vector or halfvec column to search in place.")
@click.option("--model", metavar="M", help="The model that made those vectors.")
@as_json
@pass_context
def connect(
    context: Context,
    /,
    table: str | None,
    known: bool,
    name: str | None,
    embedding: str | None,
    model: str | None,
    json_wanted: bool,
    **options: Any,
) -> None:
    """Declare TABLE (a table or view). Roles not given are inferred; the table is never altered."""
    if known == (table is not None):
        raise click.UsageError("Name one TABLE, or ask for --known ones.")
    if known:
        _connect_known(context, json_wanted)
        return
    from jobs.connect.connect import connect as run

    made = run(
        context.gate,
        table or "",
        catalog_folders=context.catalog_folders,
        name=name,
        given=given_from(options, embedding),
        model=model,
    )
    if json_wanted:
        context.print_json(_as_json(made))
    else:
        _print(made)


def _connect_known(context: Context, json_wanted: bool) -> None:
    from jobs.connect.known import connect_known

    found = connect_known(context.gate, catalog_folders=context.catalog_folders)
    if json_wanted:
        context.print_json(
            {
                "connected": [_as_json(made) for made in found.connected],
                "before": [{"name": name, "table": table} for name, table in found.before],
                "left_out": [{"what": e.what, "reason": e.reason} for e in found.left_out],
            }
        )
    else:
        _print_known(found)


def _print_known(found: "Known") -> None:
    for made in found.connected:
        _print(made)
    for name, table in found.before:
        click.echo(f"Declared before: {name} ({table}).")
    for each in found.left_out:
        click.echo(f"Left out: {each.what}: {each.reason}")
    if not found.connected:
        click.echo("Nothing new was found.")


def _print(made: "Connected") -> None:
    click.echo(f"{made.collection.table} is the collection {made.collection.name} ({made.path}).")
    for choice in made.choices:
        click.echo(f"  {choice.sentence}")
    for column, reason in made.left_out:
        click.echo(f"  Left out: {column}: {reason}")
    for note in made.notes:
        click.echo(f"  {note}")


def _as_json(made: "Connected") -> dict[str, Any]:
    return {
        "name": made.collection.name,
        "table": made.collection.table,
        "roles": made.collection.roles(),
        "reasons": {choice.role: choice.reason for choice in made.choices},
        "left_out": [{"column": column, "reason": reason} for column, reason in made.left_out],
        "notes": list(made.notes),
        "file": str(made.path),
    }


def _described(context: Context, collection: "Collection") -> dict[str, Any]:
    from queries.collections.check import row_count
    from queries.embeddings.spaces import embedded_count

    rows = row_count(context.gate, collection)
    return {
        "name": collection.name,
        "title": collection.title,
        "table": collection.table,
        "rows": rows,
        "embedded": 0 if rows is None else embedded_count(context.gate, collection),
        "roles": collection.roles(),
    }


def _columns(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{key} from {source}" for key, source in value.items()) or "–"
    return "–" if value is None else str(value)
