"""`release`: the weekly releases that the product role reads."""

import math
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.progress import Bar

if TYPE_CHECKING:
    import pandas as pd

    from analysis.release_rule import Rule


STRETCH = click.option(
    "--weeks",
    type=click.Choice(["1", "4"]),
    help="Usage by weeks or by four weeks; else as before, or by weeks.",
)


@click.group()
def release() -> None:
    """Weekly releases: make, list, show. A release never changes once it is made."""


@release.command()
@click.argument("name", default="responses")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="Its Monday; else the last week.")
@click.option("--people", type=int, help="Fewest people in a number; else as before, or 10.")
@click.option("--correct", is_flag=True, help="A new revision of a week that was released.")
@as_json
@pass_context
def make(
    context: Context,
    name: str,
    week: datetime | None,
    people: int | None,
    correct: bool,
    json_wanted: bool,
) -> None:
    """Release the last closed week of NAME. A week that was released is left as it is."""
    from jobs.releases.release import make_release
    from queries.catalog import collection_named

    rule = _rule(people)
    collection = collection_named(context.gate, name)
    day = week.date() if week else None
    with Bar() as progress:
        report = make_release(
            context.gate, collection, progress, week=day, rule=rule, correct=correct
        )
    if json_wanted:
        context.print_json(asdict(report))
    else:
        click.echo(str(report))


@release.command()
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="Its Monday; else the last week.")
@click.option("--people", type=int, help="Fewest people in a number; else as before, or 10.")
@click.option("--correct", is_flag=True, help="A new revision of a week that was released.")
@STRETCH
@as_json
@pass_context
def usage(
    context: Context,
    week: datetime | None,
    people: int | None,
    correct: bool,
    weeks: str | None,
    json_wanted: bool,
) -> None:
    """Release what was used in the last closed week, or in the four weeks it closes.

    A time is told by one of the two only: two that overlap could tell what one of them hides.
    """
    from jobs.releases.release import NotOver
    from jobs.releases.usage import release_usage
    from queries.catalog import collections

    rule = _rule(people)
    day, made, open_to = week.date() if week else None, [], collections(context.gate)
    with Bar() as progress:
        for name, told in release_usage(
            context.gate,
            open_to,
            progress,
            week=day,
            rule=rule,
            correct=correct,
            weeks=int(weeks) if weeks else None,
        ):
            if isinstance(told, NotOver):
                click.echo(f"{name}: {told}", err=True)
                continue
            made.append({"of": name, **asdict(told)})
            if not json_wanted:
                click.echo(f"{name}: {told}")
    if json_wanted:
        context.print_json(made)


@release.command()
@click.argument("name", default="responses")
@STRETCH
@as_json
@pass_context
def past(context: Context, name: str, weeks: str | None, json_wanted: bool) -> None:
    """Release every past week of NAME that has texts, the oldest first, and what was used then."""
    from jobs.releases.past_releases import release_past
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    with Bar() as progress:
        report = release_past(context.gate, collection, progress, weeks=int(weeks or 1))
    if json_wanted:
        context.print_json(asdict(report))
    else:
        click.echo(str(report))


@release.command("list")
@as_json
@pass_context
def list_command(context: Context, json_wanted: bool) -> None:
    """The releases, the latest week first."""
    from queries.releases.releases import releases

    found = _plain(releases(context.gate))
    if json_wanted:
        context.print_json(found)
        return
    for one in found:
        click.echo(
            f"{one['id']:4}  {one['collection']}, week of {one['week']}, revision "
            f"{one['revision']}: at least {one['rule']['people']} people in each number"
        )
    if not found:
        click.echo("Nothing was released yet. `./northlight release make` releases the last week.")


@release.command()
@click.argument("number", type=int)
@as_json
@pass_context
def show(context: Context, number: int, json_wanted: bool) -> None:
    """The numbers of release NUMBER. Those that are hidden say so."""
    from queries.releases.releases import cells

    found = _plain(cells(context.gate, number))
    if json_wanted:
        context.print_json(found)
        return
    for cell in found:
        if cell["people_rounded"] is None:
            continue
        pairs = [(cell["dim1"], cell["value1"]), (cell["dim2"], cell["value2"])]
        where = ", ".join(f"{dim}: {value}" for dim, value in pairs if dim) or "everybody"
        click.echo(f"{cell['people_rounded']:6,} people {cell['rows_rounded']:7,} rows  {where}")
    hidden = sum(cell["people_rounded"] is None for cell in found)
    click.echo(f"{hidden:,} of {len(found):,} numbers are hidden: too few people, or beside such.")


def _rule(people: int | None) -> "Rule | None":
    """The rule with that floor; None for that of the release before. Raises click.UsageError."""
    from analysis.release_rule import Rule

    try:
        return None if people is None else Rule(people=people)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _plain(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows as JSON has them: whole numbers whole, what is missing null."""
    return [
        {str(key): None if _missing(value) else value for key, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def _missing(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
