"""`up`: everything, from nothing to a page that answers."""

import click

from jobs.cli.context import Context, pass_context


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--no-demo", is_flag=True, help="Without the demo content.")
@click.option(
    "--view-as",
    is_flag=True,
    help="Without the demo: still let whoever sits at this machine choose whom to view as.",
)
@pass_context
def up(context: Context, port: int, no_demo: bool, view_as: bool) -> None:
    """Database, migrations, demo content, embeddings, maps, worker and app; Ctrl-C ends it all.

    The app listens on this machine only. Without an identity provider it offers the demo's people
    to view as; with one, everybody signs in (docs/security.md).
    """
    from jobs.starting.up import run

    run(context, port, demo=not no_demo, view_as=view_as or not no_demo)
