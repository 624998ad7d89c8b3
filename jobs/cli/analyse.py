"""`analyse`: sentiment, mood and insights of the texts of a collection."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.progress import Bar

if TYPE_CHECKING:
    from jobs.coaching.analyse import Estimate


@click.command()
@click.argument("name")
@click.option(
    "--method",
    type=click.Choice(["lexicon", "model"]),
    help="model: the chat model of OPENAI_API_KEY; lexicon: sentiment alone, nothing is sent. "
    "Without it the lexicon.",
)
@click.option("--limit", type=click.IntRange(1), help="Read so many rows at most.")
@click.option("--per-minute", type=click.IntRange(1), default=60, help="Requests to the model.")
@click.option("--price", type=(float, float), help="Of a million tokens, asked and answered.")
@click.option("--yes", is_flag=True, help="Send texts to the model without asking first.")
@as_json
@pass_context
def analyse(context: Context, /, name: str, json_wanted: bool, **told: Any) -> None:
    """Read the texts of NAME that are new or changed for sentiment, and with a chat model for mood
    and insights. What it would take is said before anything is sent. Kept beside the table: what a
    person or the table says of a mood stands above it."""
    from jobs.coaching.analyse import analyse as run
    from jobs.coaching.analyse import estimate
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    reader = _reader(told["method"] or "lexicon", told["per_minute"])
    if told["method"] == "model":
        _ask(context, estimate(context.gate, collection, reader, told["limit"]), told)
    with Bar() as progress:
        report = run(context.gate, collection, reader, progress, limit=told["limit"])
    if json_wanted:
        context.print_json(asdict(report))
        return
    click.echo(f"{name}: {report.read:,} texts read by {report.tool}.")
    if report.unusable:
        click.echo(f"{report.unusable:,} of them without anything that can be used.")


def _reader(method: str, per_minute: int) -> Any:
    import os

    from clients.analyst import Analyst
    from clients.chat import configured_chat
    from jobs.coaching.analyse import LexiconReader

    if method == "lexicon":
        return LexiconReader()
    chat = configured_chat(os.environ)
    if chat is None:
        raise click.ClickException("No key is set (OPENAI_API_KEY), so there is no model to ask.")
    chat.per_minute = per_minute
    return Analyst(chat)


def _ask(context: Context, found: "Estimate", told: dict[str, Any]) -> None:
    cost = f", about {found.cost(*told['price']):.2f}" if told["price"] else ""
    context.say(
        f"{found.rows:,} texts wait: {found.requests:,} requests, about {found.asked_tokens:,} "
        f"tokens asked and {found.answered_tokens:,} answered{cost}. The texts are sent to the "
        "model's endpoint."
    )
    if found.rows and not told["yes"]:
        click.confirm("Send them?", abort=True, err=True)
