"""Moments in each person's own course, such as the first session: the rows before one, or after.

Everybody has their own, so what people wrote before it and after it can be compared whenever it
was. Whoever has none is on neither side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, func, select, table

from queries.collection import Collection
from queries.errors import QueryError
from queries.statement import Statement

# The companion that knows it, the column, and which of a person's moments it is.
_KNOWN: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "first session": ("sessions", "start", func.min),
    "latest session": ("sessions", "start", func.max),
    "joining": ("profiles", "joined", func.min),
}


class UnknownMoment(QueryError):
    """A moment that the collection does not know."""

    def __init__(self, name: str, collection: Collection) -> None:
        known = ", ".join(moments(collection)) or "none, for it declares no companion with one"
        super().__init__(f"{collection.title} knows no moment {name!r}. It knows: {known}.")


@dataclass(frozen=True)
class Moment:
    """One side of a moment: what was written at it and `after` it, or before it."""

    name: str
    after: bool

    @property
    def told(self) -> str:
        """In words: "after their first session"."""
        return f"{'after' if self.after else 'before'} their {self.name}"


def moments(collection: Collection) -> list[str]:
    """The moments that the collection's companions know."""
    return [name for name, (beside, role, _) in _KNOWN.items() if _tells(collection, beside, role)]


def rows_around(collection: Collection, moment: Moment) -> Statement:
    """The ids of the rows on that side. Raises UnknownMoment."""
    if moment.name not in moments(collection):
        raise UnknownMoment(moment.name, collection)
    companion, role, which = _KNOWN[moment.name]
    beside = table(f"{collection.name}__{companion}", column("owner"), column(role))
    told = beside.c[role]
    each = select(beside.c.owner, which(told).label("at")).group_by(beside.c.owner).subquery("each")
    own = collection.view.alias("own")
    side = own.c.time >= each.c.at if moment.after else own.c.time < each.c.at
    return select(own.c.row_id).join(each, each.c.owner == own.c.owner).where(side)


def _tells(collection: Collection, companion: str, role: str) -> bool:
    found = collection.companion(companion)
    return bool(collection.time and found and found.owner and role in dict(found.columns))
