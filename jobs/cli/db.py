"""`db`: the database itself."""

import os
from pathlib import Path

import click

from jobs.cli.context import Context, as_json, pass_context


@click.group()
def db() -> None:
    """The database: start, stop, url, migrate, check, backup, restore."""


@db.command()
@pass_context
def start(context: Context) -> None:
    """Start the embedded server, or see that the one of DATABASE_URL answers."""
    from queries.server.server import facts

    version = facts(context.bare_engine).postgresql
    kind = "The embedded" if context.embedded else "Your"
    click.echo(f"{kind} PostgreSQL {version} answers.")


@db.command()
@pass_context
def stop(context: Context) -> None:
    """Stop the embedded server. Nothing is lost; a server of your own is left alone."""
    from clients.postgres import server
    from jobs.errors import JobError

    if not context.embedded:
        raise JobError("DATABASE_URL is set: that server is yours and is not stopped from here.")
    click.echo("Stopped." if server.stop(context.home) else "It was not running.")


@db.command()
@pass_context
def url(context: Context) -> None:
    """Print the database's URL, for psql and other programs."""
    from queries.engine import psycopg_url

    plain = psycopg_url(context.url).set(drivername="postgresql")
    click.echo(plain.render_as_string(hide_password=False))


@db.command()
@pass_context
def migrate(context: Context) -> None:
    """Apply the migrations this database has not seen."""
    from queries import catalog
    from queries.server.migrate import in_place_systems
    from queries.server.migrate import migrate as apply

    engine = context.bare_engine
    applied = apply(engine)
    published = catalog.publish(engine, context.declared(in_place_systems(engine)), context.say)
    click.echo(f"Applied: {', '.join(applied)}." if applied else "Nothing to apply.")
    if published:
        click.echo(f"Collections declared: {', '.join(published)}.")


@db.command()
@as_json
@pass_context
def check(context: Context, json_wanted: bool) -> None:
    """See whether the server is fit for Northlight: versions, schema, extension."""
    from queries.server.migrate import pending
    from queries.server.server import facts, warnings

    found = facts(context.bare_engine)
    missing = pending(context.bare_engine)
    warned = [*filter(None, [found.hindrance]), *warnings(found)]
    result = {
        "postgresql": found.postgresql,
        "pgvector": found.pgvector,
        "pending": missing,
        "warnings": warned,
        "ok": not missing and found.pgvector is not None,
    }
    if json_wanted:
        context.print_json(result)
    else:
        click.echo(f"PostgreSQL {found.postgresql}, pgvector {found.pgvector or 'missing'}.")
        click.echo(f"Migrations to apply: {', '.join(missing) or 'none'}.")
        for warning in warned:
            click.echo(f"Warning: {warning}")
    if not result["ok"]:
        raise SystemExit(1)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_context
def backup(context: Context, file: Path) -> None:
    """Write the whole database, as of this moment, into a new FILE.

    People's texts are in it, unencrypted: keep it as safe as the database. pg_restore reads it.
    """
    from jobs.backups.backup import back_up
    from jobs.cli.progress import Bar

    with Bar() as progress:
        made = back_up(context.engine, context.home, file, progress)
    size = f"{made.size / 2**20:,.1f} MiB"
    click.echo(f"Written: {made.path}, {made.rows:,} rows of {made.tables} tables, {size}.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Really: the backup takes the live database's place.")
@click.option("--from-elsewhere", is_flag=True, help="Also a backup of another installation.")
@pass_context
def restore(context: Context, file: Path, yes: bool, from_elsewhere: bool) -> None:
    """Put the backup in FILE in the place of the live database, which is kept under another name.

    It is restored beside it and compared first; who was erased since is erased again.
    """
    from jobs.backups.backup import restore as run
    from jobs.cli.progress import Bar
    from queries.access.logins import WEB_LOGIN, login_of

    if not yes:
        raise click.UsageError(f"Restoring {file} replaces the live database. Add --yes.")
    given = os.environ.get("NORTHLIGHT_WEB_URL")
    login = login_of(given) if given else WEB_LOGIN
    with Bar() as progress:
        done = run(
            context.bare_engine,
            context.home,
            file,
            progress,
            foreign=from_elsewhere,
            own=context.embedded,
            login=login,
        )
    for sentence in done.sentences():
        click.echo(sentence)
