"""`theme`: what a person decides about themes; every refit respects it."""

from typing import Any

import click

from jobs.cli.context import Context, as_json, pass_context

by = click.option("--by", default="the command line", show_default=True, help="Who decided it.")


@click.group()
def theme() -> None:
    """Change themes: each change is kept through every refit and can be undone."""


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@click.argument("new_name")
@by
@pass_context
def rename(context: Context, name: str, theme_id: int, new_name: str, by: str) -> None:
    """Call theme THEME_ID of NAME by NEW_NAME from now on."""
    _done(context, name, lambda edits, *on: edits.rename(*on, theme_id, new_name, by))


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@click.argument("told")
@by
@pass_context
def define(context: Context, name: str, theme_id: int, told: str, by: str) -> None:
    """Say in TOLD what theme THEME_ID of NAME is about; an empty text takes it away."""
    _done(context, name, lambda edits, *on: edits.define(*on, theme_id, told, by))


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@click.option("--off", is_flag=True, help="No longer.")
@by
@pass_context
def pin(context: Context, name: str, theme_id: int, off: bool, by: str) -> None:
    """Keep theme THEME_ID of NAME while it has a row."""
    _done(context, name, lambda edits, *on: edits.pin(*on, theme_id, by, pinned=not off))


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@click.argument("into", type=int)
@by
@pass_context
def merge(context: Context, name: str, theme_id: int, into: int, by: str) -> None:
    """Put everything of theme THEME_ID of NAME into theme INTO."""
    _done(context, name, lambda edits, *on: edits.merge(*on, theme_id, into, by))


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@click.argument("other", type=int)
@by
@pass_context
def apart(context: Context, name: str, theme_id: int, other: int, by: str) -> None:
    """Never let themes THEME_ID and OTHER of NAME become one."""
    _done(context, name, lambda edits, *on: edits.keep_apart(*on, theme_id, other, by))


@theme.command()
@click.argument("name")
@click.argument("theme_id", type=int)
@by
@pass_context
def split(context: Context, name: str, theme_id: int, by: str) -> None:
    """Split theme THEME_ID of NAME where it is most unlike itself."""
    from jobs.maps.split_theme import split_theme
    from queries.catalog import collection_named

    collection = collection_named(context.gate, name)
    edit, new = split_theme(context.gate, collection, theme_id, by)
    click.echo(f"Theme {new} was taken out. Undo it with `./northlight theme undo {name} {edit}`.")


@theme.command()
@click.argument("name")
@click.argument("edit_id", type=int)
@by
@pass_context
def undo(context: Context, name: str, edit_id: int, by: str) -> None:
    """Take edit EDIT_ID of NAME back."""
    from queries.catalog import collection_named
    from queries.themes import theme_undo

    theme_undo.undo(context.engine, collection_named(context.gate, name), edit_id, by)
    click.echo("Undone.")


@theme.command()
@click.argument("name")
@as_json
@pass_context
def edits(context: Context, name: str, json_wanted: bool) -> None:
    """Every change people made to the themes of NAME, newest first."""
    from queries.catalog import collection_named
    from queries.themes import theme_edits

    found = theme_edits.edits(context.gate, collection_named(context.gate, name))
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    if json_wanted:
        context.print_json(rows)
        return
    for edit in rows:
        undone = f" (undone by {edit['undone_by']})" if edit["undone_by"] else ""
        click.echo(
            f"{edit['id']:5}  {edit['kind']:9} theme {edit['theme_id']}  "
            f"by {edit['made_by']}, {edit['made_at']:%Y-%m-%d %H:%M}{undone}"
        )


def _done(context: Context, name: str, change: Any) -> None:
    from queries.catalog import collection_named
    from queries.themes import theme_edits

    edit = change(theme_edits, context.engine, collection_named(context.gate, name))
    click.echo(f"Done. Undo it with `./northlight theme undo {name} {edit}`.")


@theme.command()
@click.argument("name")
@pass_context
def name(context: Context, name: str) -> None:
    """Let the configured chat model name the themes of NAME that no person named."""
    import os

    from clients.namer import configured_namer
    from jobs.maps.name_themes import name_themes
    from queries.catalog import collection_named

    namer = configured_namer(dict(os.environ))
    if namer is None:
        click.echo("No key is set (OPENAI_API_KEY): the themes keep the names from their terms.")
        return
    count = name_themes(context.gate, collection_named(context.gate, name), namer)
    click.echo(f"{count} themes named by {namer.model}.")
