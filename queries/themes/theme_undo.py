"""Taking an edit of themes back, on the map as it is now."""

from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from queries.collection import Collection
from queries.errors import EditRefused
from queries.gate import writing
from queries.themes import theme_moves
from queries.themes.theme_records import set_definition, set_merged, set_name, set_pinned, tell


def undo(engine: Engine, collection: Collection, edit_id: int, by: str) -> None:
    """Take an edit back, on the map as it is now. Raises EditRefused."""
    with writing(engine) as connection:
        edit = _edit(connection, collection, edit_id)
        _UNDOINGS[edit.kind](connection, collection, edit)
        connection.execute(
            text(
                "UPDATE northlight.theme_edit SET undone_by = :by, undone_at = now() "
                "WHERE id = :edit"
            ),
            {"by": by, "edit": edit_id},
        )
        for theme_id in {edit.theme_id, edit.other_id} - {None}:
            tell(connection, edit, theme_id, "undone", by, {"what": edit.kind})


def _undo_rename(connection: Connection, _: Collection, edit: Row[Any]) -> None:
    now = connection.execute(
        text("SELECT name FROM northlight.theme WHERE id = :id"), {"id": edit.theme_id}
    ).scalar_one()
    if now != edit.detail["to"]:
        raise EditRefused(f"The theme is called {now!r} by now: undo the later renaming first.")
    set_name(connection, edit.theme_id, edit.detail["from"], edit.detail["named_by"])


def _undo_definition(connection: Connection, _: Collection, edit: Row[Any]) -> None:
    now = set_definition(connection, edit.theme_id, edit.detail["from"])
    if now != edit.detail["to"]:
        raise EditRefused("The theme was defined anew since: undo the later definition first.")


def _undo_pin(connection: Connection, _: Collection, edit: Row[Any]) -> None:
    set_pinned(connection, edit.theme_id, bool(edit.detail["from"]))


def _undo_merge(connection: Connection, collection: Collection, edit: Row[Any]) -> None:
    """The rows that came with the merge go back, if they are still where it put them."""
    _refuse_merged_away(connection, edit.other_id)
    set_merged(connection, edit.theme_id, None)
    run = _current_run(connection, edit.collection_id)
    mine, target = edit.detail["mine"], edit.detail["target"]
    if mine["parent_id"] is not None or run == edit.run_id:
        theme_moves.separate(connection, edit.id, run, edit.theme_id, edit.other_id, mine)
    if run == edit.run_id:
        theme_moves.describe(connection, run, edit.other_id, target)
        theme_moves.adopt(connection, run, edit.theme_id, edit.detail["children"])
    theme_moves.recount(connection, collection, run)


def _undo_split(connection: Connection, collection: Collection, edit: Row[Any]) -> None:
    _refuse_merged_away(connection, edit.other_id)
    run = _current_run(connection, edit.collection_id)
    theme_moves.join(connection, run, edit.other_id, edit.theme_id)
    if run == edit.run_id:
        theme_moves.describe(connection, run, edit.theme_id, edit.detail["mine"])
    theme_moves.retire(connection, edit.other_id)
    theme_moves.recount(connection, collection, run)


def _undo_apart(_connection: Connection, _collection: Collection, _edit: Row[Any]) -> None:
    """Nothing on the map rests on it."""


_UNDOINGS = {
    "renamed": _undo_rename,
    "defined": _undo_definition,
    "pinned": _undo_pin,
    "unpinned": _undo_pin,
    "merged": _undo_merge,
    "split": _undo_split,
    "apart": _undo_apart,
}


def _edit(connection: Connection, collection: Collection, edit_id: int) -> Row[Any]:
    found = connection.execute(
        text(
            "SELECT e.* FROM northlight.theme_edit e "
            "JOIN northlight.collection c ON c.id = e.collection_id "
            "WHERE e.id = :id AND c.name = :name FOR UPDATE OF e"
        ),
        {"id": edit_id, "name": collection.name},
    ).first()
    if found is None:
        raise EditRefused(f"{collection.name} has no edit {edit_id}.")
    if found.undone_at is not None:
        raise EditRefused(f"Edit {edit_id} was undone before, by {found.undone_by}.")
    return found


def _current_run(connection: Connection, collection_id: int) -> int:
    return int(
        connection.execute(
            text("SELECT id FROM northlight.run WHERE collection_id = :id AND current FOR UPDATE"),
            {"id": collection_id},
        ).scalar_one()
    )


def _refuse_merged_away(connection: Connection, theme_id: int) -> None:
    later = connection.execute(
        text(
            "SELECT id FROM northlight.theme_edit WHERE undone_at IS NULL AND kind = 'merged' "
            "AND theme_id = :id"
        ),
        {"id": theme_id},
    ).scalar()
    if later is not None:
        raise EditRefused(f"That theme was merged into another since: undo edit {later} first.")
