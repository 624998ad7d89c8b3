"""The parts of the Map: what is drawn, what is lit, and the rows within an outline."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from charts import canvas, classes
from pages.shared import address, cached, digest, hits, map_component, outline, words
from pages.shared.scope import Scope, cache_key
from queries.points import LIMIT, Extent
from queries.runs import Run

LIT = 100


@dataclass(frozen=True)
class Chart:
    """What the canvas was given: the points in their order, and the bytes made of them."""

    points: pd.DataFrame
    payload: bytes
    key: str


def controls(scope: Scope) -> tuple[str, str]:
    """What to colour by, and a question whose hits are lit."""
    choices = ["theme", *(["owner"] if scope.collection.owner else [])]
    choices += ["time"] if scope.collection.time else []
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        colour = address.choice("Colour by", [*choices, *scope.collection.facets], "colour")
    with right:
        hint = f"a question: its best {LIT} rows light up"
        question = address.text("Light up", "q", placeholder=hint)
    return colour, question


def chart(scope: Scope, run: Run, colour: str) -> Chart | None:
    """The points of the map as the canvas takes them; None if no row fits the filters."""
    extent = cached.extent(scope, run.id)
    points = cached.drawn(scope, run.id, colour)
    if extent is None or points.empty:
        return None
    payload = _payload(scope, run.id, colour, extent)
    return Chart(points, payload, canvas.stamp(payload))


def lit(scope: Scope, chart: Chart, question: str) -> list[int]:
    """Positions of the points that answer a question."""
    if not question:
        return []
    found = cached.search(scope, question, "hybrid", LIT).hits["row_id"]
    return chart.points.index[chart.points["row_id"].isin(found)].tolist()


def sentence(scope: Scope, run: Run, chart: Chart, lit: list[int], question: str) -> str:
    """What is drawn, from which run, and whether it is a sample."""
    told = f"{words.count(len(chart.points), 'row')} ({scope.sentence})"
    mapped = digest.on_map(cached.summary(scope))
    told += f", a sample of {mapped:,}" if len(chart.points) == LIMIT else ""
    told += f"; {len(lit):,} of the best {LIT} answers to “{question}” are lit" if question else ""
    made = f"Map of {words.day(run.created_at)} (run {run.id}) "
    made += f"with {words.count(mapped, 'row')} you may read"
    return f"{told}. {made}; near means alike, the axes mean nothing."


@st.fragment
def explore(scope: Scope, run: Run, chart: Chart, lit: list[int]) -> None:
    """The canvas, the text under the pointer, and what the reader outlined or opened."""
    sent = map_component.draw(chart.payload, key="canvas")
    card = _card(scope, chart, sent.hovered)
    map_component.annotate(card, lit, key="note")
    if sent.opened is not None:
        st.session_state["opened"] = (chart.key, sent.opened)
    opened = st.session_state.get("opened", (None, None))
    if opened[0] == chart.key:
        _show_opened(scope, chart, opened[1])
    outline.show(scope, run, sent.outline)


@st.cache_resource(
    ttl=600,
    max_entries=12,
    show_spinner=False,
    hash_funcs={"pages.shared.scope.Scope": cache_key},
)
def _payload(scope: Scope, run_id: int, colour: str, _extent: Extent) -> bytes:
    points = cached.drawn(scope, run_id, colour)
    themes = cached.themes(scope)
    coloured = _coloured(points, themes, colour, scope.filters.theme)
    corners = canvas.Corners.around(_extent.x0, _extent.x1, _extent.y0, _extent.y1)
    return canvas.encoded(points, coloured.classes, coloured.legend, _labels(themes), corners)


def _coloured(
    points: pd.DataFrame, themes: pd.DataFrame, colour: str, within: int | None
) -> classes.Coloured:
    """Themes are coloured by the upper level; within a theme, by the finer ones."""
    if colour == "time":
        return classes.by_time(points["colour"])
    if colour != "theme":
        return classes.by_value(points["colour"])
    names = dict(zip(themes["id"], themes["name"], strict=True))
    above = themes["parent_id"] if within is None else themes["id"]
    shown = above.where(above.notna(), themes["id"]).map(names)
    return classes.by_theme(points["theme_id"], dict(zip(themes["id"], shown, strict=True)))


def _labels(themes: pd.DataFrame) -> list[canvas.Label]:
    """Upper themes first, each level from large to small: the order in which names get room."""
    return [
        canvas.Label(theme.name, theme.x, theme.y, theme.size, int(pd.notna(theme.parent_id)))
        for theme in themes.itertuples()
    ]


def _row(scope: Scope, chart: Chart, point: int | None) -> pd.DataFrame:
    """The row of a point, or none for a position that is not drawn."""
    if not isinstance(point, int) or not 0 <= point < len(chart.points):
        return pd.DataFrame()
    found = cached.by_ids(scope, (chart.points["row_id"].iat[point],))
    themes = cached.themes(scope).set_index("id")["name"]
    return found.assign(theme=themes.get(chart.points["theme_id"].iat[point]))


def _card(scope: Scope, chart: Chart, point: int | None) -> dict[str, object] | None:
    found = _row(scope, chart, point)
    if found.empty:
        return None
    row = next(found.itertuples())
    return {"point": point, "about": hits.about(row), "text": words.short(row.text, 280)}


def _show_opened(scope: Scope, chart: Chart, point: int) -> None:
    for row in _row(scope, chart, point).itertuples():
        st.subheader("Opened")
        hits.show([hits.Hit(row.row_id, row.text, hits.about(row), f"row {row.row_id}")])
