"""`up`: everything, from nothing to a page that answers."""

import click

from jobs.cli.context import Context, pass_context


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--no-demo", is_flag=True, help="Without the demo content.")
@pass_context
def up(context: Context, port: int, no_demo: bool) -> None:
    """Database, migrations, demo content, embeddings, maps, worker and app; Ctrl-C ends it all."""
    from jobs.up import run

    run(context, port, demo=not no_demo)
