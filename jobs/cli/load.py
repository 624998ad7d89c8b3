"""`load`: rows from a CSV, JSON lines or Parquet file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.context import Context, as_json, pass_context
from jobs.cli.roles import given_from, role_options

if TYPE_CHECKING:
    from jobs.loading.load import LoadReport


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--into", required=True, metavar="NAME", help="The collection to load into.")
@click.option("--create", is_flag=True, help="Make the collection; roles not given are inferred.")
@role_options
@click.option("--skip-bad", is_flag=True, help="Load the good rows and name the refused ones.")
@as_json
@pass_context
def load(
    context: Context,
    /,
    file: Path,
    into: str,
    create: bool,
    skip_bad: bool,
    json_wanted: bool,
    **options: Any,
) -> None:
    """Load FILE (CSV, JSON lines or Parquet) into a collection.

    All or nothing, unless --skip-bad. A row whose id is there already is updated if it differs,
    so loading the same file twice changes nothing.
    """
    from jobs.loading.load import load as run

    report = run(
        context.gate,
        file,
        into,
        catalog_folders=context.catalog_folders,
        create=create,
        given=given_from(options),
        skip_bad=skip_bad,
        progress=lambda rows: context.say(f"{rows:,} rows read"),
    )
    if json_wanted:
        context.print_json(_as_json(report))
    else:
        _print(report, create)


def _print(report: "LoadReport", create: bool) -> None:
    click.echo(
        f"{report.file} ({report.format}) into {report.collection.name}: {report.inserted:,} rows "
        f"new, {report.updated:,} changed, {report.unchanged:,} as they were, "
        f"{len(report.refused):,} refused, in {report.seconds:.1f} s."
    )
    for row in report.refused:
        click.echo(f"  {report.unit} {row.line}: {row.reason}")
    for choice in report.choices:
        click.echo(f"  {choice.sentence}")
    for note in report.notes:
        click.echo(note)
    if create:
        click.echo(f"Next: `./northlight embed {report.collection.name}`.")
    elif fresh := report.inserted + report.updated:
        click.echo(
            f"Next: `./northlight embed {report.collection.name}`: until then a search does not "
            f"know the {fresh:,} new or changed row{'s' * (fresh != 1)}."
        )


def _as_json(report: "LoadReport") -> dict[str, Any]:
    return {
        "collection": report.collection.name,
        "table": report.collection.table,
        "file": report.file,
        "format": report.format,
        "rows": report.rows,
        "inserted": report.inserted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": [{report.unit: row.line, "reason": row.reason} for row in report.refused],
        "roles": report.collection.roles(),
        "reasons": {choice.role: choice.reason for choice in report.choices},
        "notes": list(report.notes),
        "seconds": round(report.seconds, 3),
    }
