"""`map`: neighbours, projection, clusters and themes."""

from dataclasses import asdict
from pathlib import Path

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.progress import Bar

SENTENCES = {
    "fitted": "{rows:,} rows mapped into {themes} themes; {unsorted:,} are in none.",
    "placed": "{placed:,} new rows placed on the map; no other row moved.",
    "unchanged": "The map is up to date: {rows:,} rows, {themes} themes.",
}


@click.command(name="map")
@click.argument("name")
@click.option("--refit", is_flag=True, help="Fit everything anew, registered onto the old map.")
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write Parquet.")
@as_json
@pass_context
def map_command(
    context: Context, name: str, refit: bool, export: Path | None, json_wanted: bool
) -> None:
    """Make the map and themes of NAME; without --refit only what is new is placed."""
    from jobs.export import export_map
    from jobs.map import make_map
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    with Bar() as progress:
        report = make_map(context.gate, collection, progress, refit=refit)
    if export is not None:
        export_map(context.gate, collection, export)
        context.say(f"Written: {export}")
    if json_wanted:
        context.print_json(asdict(report))
    else:
        click.echo(f"{name}: {SENTENCES[report.did].format(**asdict(report))}")
