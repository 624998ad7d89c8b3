"""`python -m jobs`: the command line. Errors a person can act on are one sentence and exit 1."""

import sys

import click

from jobs.cli import LazyGroup
from jobs.cli.context import Context


@click.command(cls=LazyGroup, name="northlight")
@click.pass_context
def northlight(ctx: click.Context) -> None:
    """Explore the text you already keep in PostgreSQL."""
    ctx.obj = Context()


def main() -> None:
    """Run a command; turn an expected failure into its sentence."""
    from clients.errors import ClientError
    from jobs.errors import JobError
    from queries.errors import QueryError

    try:
        northlight(prog_name="./northlight")
    except (QueryError, ClientError, JobError) as error:
        click.echo(f"northlight: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
