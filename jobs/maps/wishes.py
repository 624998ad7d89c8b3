"""Carrying out what somebody asked for from the Themes screen."""

from jobs.errors import JobError
from jobs.maps.split_theme import split_theme
from queries.collection import Collection
from queries.errors import EditRefused
from queries.gate import Gate, alone
from queries.themes import theme_edits, theme_undo, wishes
from queries.themes.wishes import Wish

DONE = "A theme was changed."
REFUSED = "A change to a theme was refused."


def carry_out(gate: Gate, collection: Collection, number: int) -> str:
    """Do it and keep the answer for who asked; a sentence that names nothing, for the queue."""
    wanted = wishes.wish(gate.engine, number)
    try:
        with alone(gate.engine, "map", collection.name):
            told = _done(gate, collection, wanted)
    except (EditRefused, JobError) as refused:
        wishes.tell(gate.engine, number, str(refused), granted=False)
        return REFUSED
    wishes.tell(gate.engine, number, told, granted=True)
    return DONE


def _done(gate: Gate, collection: Collection, wanted: Wish) -> str:
    """What was done, in a sentence. Raises EditRefused, JobError."""
    theme, by = wanted.target, wanted.by
    at = (gate.engine, collection, theme)
    if wanted.kind == "rename":
        theme_edits.rename(*at, wanted.name or "", by)
        return "It has its new name, which no refit takes away."
    if wanted.kind in ("pin", "unpin"):
        theme_edits.pin(*at, by, pinned=wanted.kind == "pin")
        return "It stays through every refit." if wanted.kind == "pin" else "It is pinned no more."
    if wanted.kind == "split":
        split_theme(gate, collection, theme, by)
        return "It was split; the new theme is listed beside it."
    if wanted.kind == "undo":
        theme_undo.undo(*at, by)
        return "Undone."
    return _between_two(gate, collection, wanted)


def _between_two(gate: Gate, collection: Collection, wanted: Wish) -> str:
    if wanted.other is None:
        raise EditRefused("Name the other theme.")
    given = (gate.engine, collection, wanted.target, wanted.other, wanted.by)
    if wanted.kind == "merge":
        theme_edits.merge(*given)
        return "The two are one theme now, and stay so."
    theme_edits.keep_apart(*given)
    return "The two stay apart in every refit."
