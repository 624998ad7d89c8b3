"""`map`: neighbours, projection, clusters and themes."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.progress import Bar

if TYPE_CHECKING:
    from jobs.maps.map import MapReport

SENTENCES = {
    "fitted": "{rows:,} rows mapped into {found}; {unsorted:,} are in none.",
    "proposed": "A refit waits: {rows:,} rows in {found}; {unsorted:,} are in none.",
    "placed": "{placed:,} new rows placed on the map; no other row moved.",
    "accepted": "The refit is shown: {rows:,} rows, {found}; {unsorted:,} are in none.",
    "back": "The map before is shown again: {rows:,} rows, {found}.",
    "unchanged": "The map is up to date: {rows:,} rows, {found}.",
}
CHANGES = (
    "Half of the rows move by less than {moved:.1%} of the map's width, {moved_far:.1%} by more "
    "than a tenth of it; {changed:.1%} come into another theme or into none. Themes: {told}."
)


@click.command(name="map")
@click.argument("name")
@click.option("--refit", is_flag=True, help="Fit everything anew, registered onto the old map.")
@click.option("--propose", is_flag=True, help="Refit, but show it only when it is accepted.")
@click.option("--accept", is_flag=True, help="Show the refit that was proposed.")
@click.option("--back", is_flag=True, help="Show the map before this one again.")
@click.option(
    "--unsorted",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Leave at most so many rows in no theme; kept for later refits. Another dial is a refit.",
)
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write Parquet.")
@as_json
@pass_context
def map_command(
    context: Context,
    name: str,
    refit: bool,
    propose: bool,
    accept: bool,
    back: bool,
    unsorted: float | None,
    export: Path | None,
    json_wanted: bool,
) -> None:
    """Make the map and themes of NAME; without --refit only what is new is placed."""
    from jobs.maps import refits
    from jobs.maps.export import export_map
    from jobs.maps.map import make_map, report
    from queries.catalog import collection_named

    if refit + propose + accept + back > 1:
        raise click.UsageError("Choose one of --refit, --propose, --accept and --back.")
    if unsorted is not None and (accept or back):
        raise click.UsageError("--unsorted goes with neither --accept nor --back.")
    collection = collection_named(context.gate, name)
    if accept or back:
        (refits.accept if accept else refits.back)(context.gate, collection)
        found = report("accepted" if accept else "back", context.gate, collection)
    else:
        with Bar() as progress:
            found = make_map(
                context.gate,
                collection,
                progress,
                refit=refit,
                propose=propose,
                unsorted_at_most=None if unsorted is None else unsorted / 100,
            )
    if export is not None:
        export_map(context.gate, collection, export)
        context.say(f"Written: {export}")
    if json_wanted:
        context.print_json(asdict(found))
    else:
        _print(name, found, asdict(found))


def _print(name: str, found: "MapReport", values: dict[str, Any]) -> None:
    themes = "1 theme" if found.themes == 1 else f"{found.themes:,} themes"
    click.echo(f"{name}: {SENTENCES[found.did].format(**values, found=themes)}")
    if found.proposal is not None:
        told = ", ".join(f"{count} {kind}" for kind, count in found.proposal["events"].items())
        click.echo(CHANGES.format(**found.proposal, told=told))
        click.echo(f"Take it with `./northlight map {name} --accept`.")
    elif found.refit_because is not None:
        click.echo(
            f"A refit is worth it: {found.refit_because} `./northlight map {name} --propose` "
            "says what it would change."
        )
