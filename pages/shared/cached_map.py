"""Cached queries of the map: what is drawn, and what a selection on it holds."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from charts import canvas, classes, theme_colours
from charts.canvas import Corners, Frame, Label
from charts.classes import Coloured
from pages.shared import cached
from pages.shared.cached import KEYS, MINUTE, remembered
from pages.shared.scope import Scope
from queries.maps import points, selected
from queries.maps.outlines import Selection
from queries.maps.points import Box, Extent, Mapped
from queries.maps.selected import Inside

PART = 50_000  # points of a part of the map


@dataclass(frozen=True)
class Chart:
    """The points in their order, what colours them, and the bytes made of both.

    Shared by all sessions of a reader, so to be read and never changed.
    """

    points: pd.DataFrame
    coloured: Coloured
    frame: Frame
    payload: bytes

    @property
    def is_sample(self) -> bool:
        """Whether more rows are on the map than points are drawn."""
        return len(self.points) < self.frame.rows


@remembered(10 * MINUTE, 100)
def extent(scope: Scope, run_id: int) -> Extent | None:
    """The corners of the map."""
    return points.extent(scope.gate, scope.collection, run_id)


@remembered(MINUTE, 100)
def mapped(scope: Scope) -> Mapped:
    """How many rows are on the map, and in no theme."""
    return points.mapped(scope.gate, scope.collection)


@remembered(MINUTE, 100)
def waiting(scope: Scope, run_id: int) -> int:
    """Rows that are not on the map yet."""
    return points.waiting(scope.gate, scope.collection, run_id)


@remembered(MINUTE, 200)
def places(scope: Scope, run_id: int, ids: tuple[str, ...]) -> pd.DataFrame:
    """Where rows stand."""
    return points.places(scope.gate, scope.collection, run_id, list(ids))


@remembered(MINUTE, 100)
def inside(scope: Scope, run_id: int, selection: Selection, limit: int) -> Inside:
    """What a selection on the map holds."""
    given = (scope.gate, scope.collection, run_id, selection, scope.filters)
    return selected.inside(*given, limit=limit)


def chart(scope: Scope, run_id: int, colour: str) -> Chart | None:
    """The points of the map as the canvas takes them; None if no row fits the filters."""
    whole = extent(scope, run_id)
    return None if whole is None else _chart(scope, run_id, colour, whole)


@st.cache_resource(ttl=10 * MINUTE, max_entries=12, show_spinner=False, hash_funcs=KEYS)
def _chart(scope: Scope, run_id: int, colour: str, _whole: Extent) -> Chart | None:
    given = (scope.gate, scope.collection, run_id)
    drawn = points.points(*given, colour, scope.filters)
    if drawn.empty:
        return None
    themes = cached.themes(scope)
    coloured = _coloured(drawn, themes, colour, scope.filters.theme)
    rows = len(drawn)
    if rows == points.LIMIT:  # a sample; of how many is counted only where that is not known
        rows = points.count(*given, scope.filters) if scope.filters else _whole.rows
    corners = Corners.around(_whole.x0, _whole.x1, _whole.y0, _whole.y1)
    frame = Frame(run_id, rows, corners, coloured.legend, _labels(themes))
    return Chart(drawn, coloured, frame, canvas.encoded(drawn, coloured.classes, frame))


@st.cache_resource(ttl=MINUTE, max_entries=30, show_spinner=False, hash_funcs=KEYS)
def part(scope: Scope, run_id: int, colour: str, box: Box) -> tuple[pd.DataFrame, bytes]:
    """More points of a part of the map, and the bytes made of them, coloured as the whole is."""
    whole = chart(scope, run_id, colour)
    assert whole is not None  # a part is asked for where the whole is drawn
    given = (scope.gate, scope.collection, run_id, colour, scope.filters)
    drawn = points.points(*given, box=box, limit=PART)
    of = drawn["theme_id"] if colour == "theme" else drawn["colour"]
    frame = Frame(run_id, len(drawn), Corners(box.x0, box.x1, box.y0, box.y1), [], _ids(whole))
    return drawn, canvas.encoded(drawn, whole.coloured.of(of), frame)


@remembered(10 * MINUTE, 12)
def proposal(scope: Scope, run_id: int, proposed_id: int) -> bytes | None:
    """The map that a refit proposes, on the frame of the one that is there."""
    whole, drawn = extent(scope, run_id), points.proposed(scope.gate, scope.collection)
    if whole is None or drawn.empty:
        return None
    drawn["time"] = pd.Series([pd.NaT] * len(drawn))
    coloured = classes.by_value(drawn["family"])
    corners = Corners.around(whole.x0, whole.x1, whole.y0, whole.y1)
    frame = Frame(proposed_id, len(drawn), corners, coloured.legend, proposed_labels(drawn))
    return canvas.encoded(drawn, coloured.classes, frame)


def proposed_labels(drawn: pd.DataFrame) -> list[Label]:
    """Upper themes first, each level from large to small, where their points are.

    What is drawn knows upper themes by name alone: their ids are below 0, but for one that has no
    finer themes.
    """
    placed = drawn.dropna(subset="theme")
    place = {"x": ("x", "median"), "y": ("y", "median"), "rows": ("x", "size")}
    place["id"] = ("theme_id", "first")
    upper = placed.groupby("family").agg(**place).sort_values("rows", ascending=False)
    alone = set(placed.loc[placed["theme"] == placed["family"], "family"])
    ids = {
        str(name): int(theme_id) if name in alone else -1 - number
        for number, (name, theme_id) in enumerate(upper["id"].items())
    }
    below = placed[placed["theme"] != placed["family"]].groupby("theme")
    finer = below.agg(**place, family=("family", "first")).sort_values("rows", ascending=False)
    labels = [
        Label(ids[str(t.Index)], str(t.Index), t.x, t.y, int(t.rows), 0) for t in upper.itertuples()
    ]
    return labels + [
        Label(int(t.id), str(t.Index), t.x, t.y, int(t.rows), 1, ids[str(t.family)])
        for t in finer.itertuples()
    ]


def _ids(whole: Chart) -> list[Label]:
    """The labels in the same order, so that a theme's place among them is the same."""
    return list(whole.frame.labels)


def _coloured(
    drawn: pd.DataFrame, themes: pd.DataFrame, colour: str, within: int | None
) -> Coloured:
    """Themes are coloured by the upper level; within a theme, by the finer ones."""
    if colour == "time":
        return classes.by_time(drawn["colour"])
    if colour != "theme":
        return classes.by_value(drawn["colour"])
    if within is not None:
        names = dict(zip(themes["id"], themes["name"], strict=True))
        return classes.by_theme(drawn["theme_id"], names)
    of = theme_colours.families(themes)
    own = {family.name: family.shades for family in of.values() if family.has_own_colour}
    return classes.by_theme(drawn["theme_id"], {id: of[id].name for id in of}, own)


def _labels(themes: pd.DataFrame) -> list[Label]:
    """Upper themes first, each level from large to small."""
    return [
        Label(
            id=int(theme.id),
            name=theme.name,
            x=theme.x,
            y=theme.y,
            rows=int(theme.size),
            level=int(pd.notna(theme.parent_id)),
            parent=int(theme.parent_id) if pd.notna(theme.parent_id) else None,
        )
        for theme in themes.itertuples(index=False)
    ]
