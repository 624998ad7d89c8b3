"""The parts of the Map: what is drawn, what is lit, and what the reader opens or selects."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import (
    address,
    cached,
    cached_map,
    focus,
    hits,
    map_address,
    map_component,
    saved,
    selection,
    words,
)
from pages.shared.cached_map import Chart
from pages.shared.map_component import Lit
from pages.shared.scope import Scope
from queries.maps.points import Box
from queries.maps.runs import Run

LIT = 100
NEAR = 1.5  # zoom from which a sample is refined


def controls(scope: Scope) -> tuple[str, str]:
    """What to colour by, and a question whose hits are lit."""
    choices = ["theme", *(["owner"] if scope.collection.owner else [])]
    choices += ["time"] if scope.collection.time else []
    left, right, views = st.columns([2, 5, 1], vertical_alignment="bottom")
    with left:
        colour = address.choice("Colour by", [*choices, *scope.collection.facets], "colour")
    with right:
        hint = f"a question: its best {LIT} rows light up"
        question = address.text("Light up", "q", placeholder=hint)
    with views:
        saved.draw(scope)
    return colour, question


def lit(scope: Scope, run: Run, question: str) -> pd.DataFrame:
    """Where the rows that answer a question stand: `row_id`, `x`, `y`, `theme_id`."""
    if not question:
        return pd.DataFrame()
    found = cached.search(scope, question, "hybrid", LIT).hits["row_id"]
    return cached_map.places(scope, run.id, tuple(found))


def sentence(scope: Scope, run: Run, chart: Chart, answers: pd.DataFrame, question: str) -> str:
    """What is drawn, from which run, whether it is a sample, and how many rows wait."""
    told = f"{words.count(chart.frame.rows, 'row')} ({scope.sentence})"
    told += f", drawn as a sample of {len(chart.points):,}" if chart.is_sample else ""
    if question:
        told += f"; {len(answers):,} of the best {LIT} answers to “{question}” are lit"
    told += f". Map of {words.day(run.created_at)} (run {run.id})"
    return f"{told}. Near means alike, the axes mean nothing."


@st.fragment
def explore(scope: Scope, run: Run, colour: str, answers: pd.DataFrame) -> None:
    """The canvas, and below it what the reader opened, selected or put in focus."""
    chart = cached_map.chart(scope, run.id, colour)
    if chart is None:  # all its rows went since the page was drawn
        return
    sent = map_component.draw(chart.payload, key=f"canvas-{scope.collection.name}")
    now = map_address.agreed(scope, sent)
    map_component.tell(_lights(chart, answers, colour), now, key="note")
    box = _part_in_sight(chart, now["view"])
    part = None if box is None else cached_map.part(scope, run.id, colour, box)
    map_component.refine(None if part is None else part[1], key="part")
    layers = {"whole": chart.points, "lit": answers}
    _show_opened(scope, layers if part is None else layers | {"part": part[0]}, sent.opened)
    focus.show(scope, now["focus"])
    selection.show(scope, run, now["selection"])


def _lights(chart: Chart, answers: pd.DataFrame, colour: str) -> list[Lit]:
    if answers.empty:
        return []
    one = chart.coloured.of(answers["theme_id"]) if colour == "theme" else [-1] * len(answers)
    places = zip(answers["x"], answers["y"], one, strict=True)
    return [Lit(float(x), float(y), int(number)) for x, y, number in places]


def _part_in_sight(chart: Chart, view: str) -> Box | None:
    """What to draw more points of: twice what is in sight, snapped so that a nudge asks nothing."""
    if not (chart.is_sample and view):
        return None
    try:
        zoom, x, y = (float(number) for number in view.split(","))
    except ValueError:
        return None
    if not zoom >= NEAR:
        return None
    corners = chart.frame.corners
    return Box(*_around(x, corners.x0, corners.x1, zoom), *_around(y, corners.y0, corners.y1, zoom))


def _around(middle: float, low: float, high: float, zoom: float) -> tuple[float, float]:
    sight = (high - low) / zoom
    snapped = low + round((middle - low) / (sight / 4)) * (sight / 4)
    return max(low, snapped - sight), min(high, snapped + sight)


def _show_opened(scope: Scope, layers: dict[str, pd.DataFrame], asked: Any) -> None:
    """The text of the point that was clicked last; it is read now, and recorded."""
    row_id = _row_id(layers, asked)
    if row_id is not None:
        st.session_state["opened"] = (scope.collection.name, row_id)
    where, opened = st.session_state.get("opened", (None, None))
    if where != scope.collection.name:
        return
    for row in cached.by_ids(scope, (opened,)).itertuples():
        st.subheader("Opened")
        hits.show([hits.Hit(row.row_id, row.text, hits.about(row), f"row {row.row_id}")])


def _row_id(layers: dict[str, pd.DataFrame], asked: Any) -> str | None:
    """The row of a layer and position, as the canvas sent them; None for anything else."""
    if not (isinstance(asked, list) and len(asked) == 2 and asked[0] in layers):
        return None
    points, position = layers[asked[0]], asked[1]
    if not isinstance(position, int) or not 0 <= position < len(points):
        return None
    return str(points["row_id"].iat[position])
