"""What a reader narrowed a collection to, as SQL conditions and as a sentence."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, column, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from queries.collection import Collection
from queries.maps.outlines import Selection, inside
from queries.rows.moments import Moment, rows_around
from queries.sendable import sendable
from queries.statement import Statement

UNSORTED = 0  # as a theme: the rows of the map that are in none

_TEXT_TYPES = ("text", "character varying", "character")
_RUN = table("run", column("id"), column("collection_id"), column("current"), schema="northlight")
_DECLARED = table("collection", column("id"), column("name"), schema="northlight")


@dataclass(frozen=True)
class Filters:
    """Everything a reader narrowed to; empty means every row.

    `equals` holds facets with the values wanted, any of which will do. `since` is included,
    `until` is not. `theme` is a theme of the current map with all themes under it, or UNSORTED.
    `outlines` are drawn on the current map. `moment` is a side of a moment of each owner's own.
    """

    equals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    owner: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    theme: int | None = None
    outlines: Selection = ()
    moment: Moment | None = None

    def conditions(self, collection: Collection) -> list[ColumnElement[bool]]:
        """Conditions on the collection's view, all of which must hold."""
        view = collection.view
        found = [_any_of(collection, facet, values) for facet, values in self.equals if values]
        if self.owner is not None:
            found.append(view.c.owner == sendable(self.owner))
        if self.since is not None:
            found.append(view.c.time >= self.since)
        if self.until is not None:
            found.append(view.c.time < self.until)
        if self.theme is not None:
            found.append(view.c.row_id.in_(_rows_of_theme(collection, self.theme)))
        if self.outlines:
            points = collection.points
            within = select(points.c.row_id).where(inside(points, self.outlines))
            found.append(view.c.row_id.in_(within))
        if self.moment is not None:
            found.append(view.c.row_id.in_(rows_around(collection, self.moment)))
        return found

    def sentence(self, collection: Collection) -> str:
        """The filters in words, for captions and exports: "category is goals; since 3 May 2026"."""
        told = [
            f"{facet.replace('_', ' ')} is {' or '.join(values)}"
            for facet, values in self.equals
            if values and facet in collection.facets
        ]
        told += [f"owner is {self.owner}"] if self.owner is not None else []
        told += [f"since {_day(self.since)}"] if self.since else []
        told += [f"before {_day(self.until)}"] if self.until else []
        if self.theme is not None:
            told.append("in no theme" if self.theme == UNSORTED else "in one theme")
        told += ["within an outline on the map"] if self.outlines else []
        told += [self.moment.told] if self.moment else []
        return sendable("; ".join(told)) or "all rows"

    def __bool__(self) -> bool:
        """Whether anything is narrowed at all."""
        return self != Filters()


def current_run(collection: Collection) -> Statement:
    """The id of the collection's current run, to be used inside another statement."""
    return (
        select(_RUN.c.id)
        .join(_DECLARED, _DECLARED.c.id == _RUN.c.collection_id)
        .where(_DECLARED.c.name == collection.name, _RUN.c.current)
    )


def _any_of(collection: Collection, facet: str, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    values = [sendable(value) for value in wanted]
    named = collection.facet(facet)
    if collection.is_list(facet):
        return cast(named, ARRAY(Text)).op("&&", is_comparison=True)(cast(values, ARRAY(Text)))
    declared = dict(collection.facet_types).get(facet, "")
    # A cast keeps an index from being used, so text columns are compared as they are.
    comparable = named if declared.startswith(_TEXT_TYPES) else cast(named, Text)
    return comparable.in_(values)


def _rows_of_theme(collection: Collection, theme: int) -> Statement:
    points, themes = collection.points, collection.themes
    rows = select(points.c.row_id)
    if theme == UNSORTED:
        return rows.where(points.c.theme_id.is_(None))
    family = select(themes.c.id).where(or_(themes.c.id == theme, themes.c.parent_id == theme))
    return rows.where(points.c.theme_id.in_(family))


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
