"""`embed`: fill what is missing or changed."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.progress import Bar

if TYPE_CHECKING:
    from jobs.embed import EmbedReport


@click.command()
@click.argument("name")
@click.option("--model", help="The embedding model; the local default without it.")
@click.option("--switch", is_flag=True, help="Make this model the one that searches use.")
@as_json
@pass_context
def embed(context: Context, name: str, model: str | None, switch: bool, json_wanted: bool) -> None:
    """Embed the rows of NAME that are new or changed. Stopped halfway, it goes on there."""
    from jobs.embed import embed as run
    from jobs.embed import embedder_for
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    embedder = embedder_for(collection, model)
    with Bar() as progress:
        report = run(context.gate, collection, embedder, progress, switch=switch)
    if json_wanted:
        context.print_json(asdict(report))
        return
    click.echo(f"{name}: {_done(name, report)}")
    for reason, rows in report.refused.items():
        click.echo(f"{rows:,} row{'s' * (rows != 1)} without an embedding: {reason}.")


def _done(name: str, report: "EmbedReport") -> str:
    if report.read_in_place:
        return (
            "its embeddings are a column of its table, which is only read; its words are indexed. "
            f"`./northlight embed {name} --switch` makes embeddings beside the table."
        )
    return f"{report.embedded:,} rows embedded with {report.model}."
