"""`neighbours` and `pairs`: which rows are similar."""

from dataclasses import asdict

import click

from jobs.cli.context import DASHES, Context, as_json, pass_context

COLUMNS = ("id", "text", "distance", "similarity", "theme")


@click.command(context_settings=DASHES)
@click.argument("name")
@click.argument("row_id", metavar="ID")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--where", multiple=True, metavar="FACET=VALUE", help="May be given several times.")
@as_json
@pass_context
def neighbours(
    context: Context,
    name: str,
    row_id: str,
    limit: int,
    where: tuple[str, ...],
    json_wanted: bool,
) -> None:
    """The rows of NAME most similar to the row ID, nearest first."""
    from jobs.cli.where import filters_from
    from jobs.search.search import as_records
    from queries.catalog import collection_named
    from queries.search.neighbours import of_row

    collection = collection_named(context.gate, name)
    filters = filters_from(collection, where)
    found = of_row(context.gate, collection, row_id, filters, limit)
    found = found.assign(similarity=1 - found["distance"]).rename(columns={"row_id": "id"})
    near = as_records(found, COLUMNS)
    if json_wanted:
        context.print_json({"id": row_id, "results": near})
        return
    for row in near:
        click.secho(f"{row['similarity']:.3f}  {row['id']}", bold=True, nl=False)
        click.echo(f"  {row['text']}")
    if not near:
        context.say(f"No other row has an embedding. Searched: {filters.sentence(collection)}.")


@click.command()
@click.argument("name")
@click.option("--above", type=click.FloatRange(0.3, 1.0), default=0.8, show_default=True)
@click.option("--across", metavar="ROLE", help="Only pairs that differ in owner or in this facet.")
@click.option("--limit", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--keep", is_flag=True, help="Keep the pairs from 0.5 on, for the screen Similar.")
@as_json
@pass_context
def pairs(
    context: Context,
    name: str,
    above: float,
    across: str | None,
    limit: int,
    keep: bool,
    json_wanted: bool,
) -> None:
    """Pairs of rows of NAME whose similarity (cosine) is at least --above, most similar first."""
    from jobs.cli.progress import Bar
    from jobs.search.comparing import compare
    from jobs.search.pairs import similar_pairs
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    if keep:
        with Bar() as progress:
            total = compare(context.gate, collection, progress)
        context.say(f"{total:,} pairs of at least 0.5 found; the most similar are kept.")
        return
    with Bar() as progress:
        found = similar_pairs(context.gate, collection, above, across, limit, progress)
    if json_wanted:
        context.print_json({"pairs": [asdict(pair) for pair in found.pairs], "total": found.total})
        return
    for pair in found.pairs:
        click.echo(f"{pair.similarity:.3f}  {pair.id1}  {pair.id2}")
    if not found.total:
        context.say(f"No two rows have a similarity of {above} or more.")
    if found.total > len(found.pairs):
        context.say(f"{found.total:,} pairs in all; --limit shows more.")
