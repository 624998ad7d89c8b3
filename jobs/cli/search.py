"""`search`: by meaning and by words."""

import click

from jobs.cli.context import DASHES, Context, as_json, pass_context

COLUMNS = ("id", "text", "score", "distance", "rank_meaning", "rank_words", "passage")


@click.command(context_settings=DASHES)
@click.argument("name")
@click.argument("text")
@click.option("--mode", type=click.Choice(["hybrid", "meaning", "words"]), default="hybrid")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--where", multiple=True, metavar="FACET=VALUE", help="May be given several times.")
@click.option("--as", "user", metavar="USER", help="See what this person may see.")
@as_json
@pass_context
def search(
    context: Context,
    name: str,
    text: str,
    mode: str,
    limit: int,
    where: tuple[str, ...],
    user: str | None,
    json_wanted: bool,
) -> None:
    """Search NAME for TEXT. "Quoted" phrases must occur, -words must not."""
    from clients.embedder import asker
    from jobs.cli.where import filters_from
    from jobs.search.search import as_records, find
    from queries.catalog import collection_named
    from queries.embeddings.spaces import model_of

    gate = context.gate_as(user)
    collection = collection_named(gate, name)
    filters = filters_from(collection, where)
    embedder = asker(model_of(gate, collection))
    found = find(gate, collection, text, embedder, filters, mode=mode, limit=limit)
    hits = as_records(found.hits.rename(columns={"row_id": "id"}), COLUMNS)
    nothing = None if hits else _nothing(text, filters.sentence(collection))
    notice = found.notice or nothing
    if json_wanted:
        context.print_json({"mode": found.mode, "results": hits, "notice": notice})
        return
    for number, hit in enumerate(hits, start=1):
        click.secho(f"{number:3}. {hit['id']}", bold=True, nl=False)
        click.echo(f"  {hit['passage'] or hit['text']}")
    if notice:
        context.say(notice)


def _nothing(text: str, scope: str) -> str:
    """What was looked through in vain, with the words that must and must not occur."""
    from queries.search.question import parse

    asked = parse(text)
    must = [f'with "{phrase}"' for phrase in asked.phrases]
    must += [f'without "{word}"' for word in asked.excluded]
    return f"No row fits. Searched: {', '.join([scope, *must])}."
