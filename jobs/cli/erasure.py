"""`erase` and `export-person`: one person's data, removed everywhere or written to a file."""

import getpass
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.systems import system_option

if TYPE_CHECKING:
    from jobs.backups.erasure import Report

NOTE = (
    "Theme names may keep words of the person until the next map; files in object storage, backups "
    "and the trail of who read what are not touched (docs/security.md)."
)


@click.command()
@click.argument("owner", required=False)
@system_option
@click.option("--yes", is_flag=True, help="Really: nothing of it comes back.")
@click.option("--replay", "again", is_flag=True, help="After a backup was restored: erase again.")
@as_json
@pass_context
def erase(
    context: Context, owner: str | None, system: str, yes: bool, again: bool, json_wanted: bool
) -> None:
    """Erase everything of OWNER, in every table; or, with --replay, everybody erased before."""
    from jobs.backups.erasure import erase_person, replay

    if (owner is None) != again:
        raise click.UsageError("Say OWNER, or --replay after a backup was restored.")
    if owner is not None and not yes:
        raise click.UsageError(f"Erasing {owner} of {system} cannot be undone. Add --yes.")
    if owner is None:
        reports = replay(context.gate, context.home, getpass.getuser())
    else:
        by = getpass.getuser()
        reports = [erase_person(context.gate, context.home, system, owner, by)]
    _print(context, reports, json_wanted)


@click.command("export-person")
@click.argument("owner")
@system_option
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True)
@pass_context
def export_person(context: Context, owner: str, system: str, to: Path) -> None:
    """Write everything kept about OWNER to a JSON file that only you can read."""
    from queries.people.person_export import exported

    found = exported(context.engine, system, owner)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(to, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False, indent=2, default=str)
    tables = found["tables"]
    for name, rows in tables.items():
        click.echo(f"{len(rows):8,}  {name}")
    click.echo(f"Written: {to}" if tables else f"No row of {system} is {owner}'s. Written: {to}")


def _print(context: Context, reports: Sequence["Report"], json_wanted: bool) -> None:
    if json_wanted:
        context.print_json([asdict(report) for report in reports])
        return
    for report in reports:
        for name, rows in report.erased.removed.items():
            click.echo(f"{rows:8,}  {name}")
        for name, rows in report.erased.in_place.items():
            click.echo(f"{rows:8,}  {name}: not Northlight's; its owner has to delete them")
        for name in report.refits:
            click.echo(f"A new map of {name} is asked for.")
    if any(report.erased.anything for report in reports):
        click.echo(NOTE)
    else:
        click.echo("Nothing to erase.")
