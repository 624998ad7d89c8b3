"""`compare`: two groups of people side by side."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from jobs.cli.context import Context, as_json, pass_context

if TYPE_CHECKING:
    from jobs.maps.compare import Comparison, Difference


@click.command()
@click.argument("name")
@click.option("--a", "first", multiple=True, required=True, metavar="FACET=VALUE")
@click.option("--b", "second", multiple=True, required=True, metavar="FACET=VALUE")
@as_json
@pass_context
def compare(
    context: Context, name: str, first: tuple[str, ...], second: tuple[str, ...], json_wanted: bool
) -> None:
    """Compare the people of two groups in NAME: themes and terms that differ reliably."""
    from jobs.cli.where import filters_from
    from jobs.maps.compare import compare as run
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    groups = [filters_from(collection, told) for told in (first, second)]
    found = run(context.gate, collection, *groups)
    if json_wanted:
        context.print_json(asdict(found))
    else:
        _print(found)


def _print(found: "Comparison") -> None:
    for letter, side in (("a", found.a), ("b", found.b)):
        click.echo(f"{letter}: {side['filter']}: {side['people']:,} people, {side['rows']:,} rows")
    click.secho(f"{found.verdict} in {found.compared:,} themes and terms.", bold=True)
    for one in found.differences:
        _print_difference(one)
    if found.notice:
        click.echo(found.notice)


def _print_difference(one: "Difference") -> None:
    click.echo(
        f"\n{one.kind} {one.name}: a {one.a:.1%}, b {one.b:.1%} of what a person writes; "
        f"b - a from {one.low:+.1%} to {one.high:+.1%}"
    )
    for letter, quotes in (("a", one.quotes_a), ("b", one.quotes_b)):
        for said in quotes:
            click.echo(f'  {letter} {said.id}: "{said.told}"')
