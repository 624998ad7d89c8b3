"""How far a map and its themes can be trusted: each figure, what it means, what to do when low."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.shared.scope import Scope
from queries.maps.runs import Run

BADGES = {"good": ":green-badge[good]", "fair": ":orange-badge[fair]", "low": ":red-badge[low]"}


class Figure(NamedTuple):
    """A figure with its verdict: "good", "fair", "low", or "unknown" without a value."""

    name: str
    value: float | None
    verdict: str
    means: str
    cure: str


def show(scope: Scope, run: Run, themes: pd.DataFrame) -> None:
    """All figures, closed until somebody asks."""
    found = list(figures(run, themes))
    with st.expander(f"Can this be trusted? {summary(found)}", icon=":material/verified:"):
        for figure in found:
            st.markdown(line(figure))
        st.caption(
            f"Run {run.id} of {scope.collection.title}, over everybody's rows. Themes carry their "
            "own figures on their pages."
        )


def figures(run: Run, themes: pd.DataFrame) -> Iterator[Figure]:
    """What was measured when the map was made."""
    yield _figure(
        "Faithful picture",
        run.quality.get("trustworthiness"),
        (0.9, 0.8),
        "of rows that are near on the map, how surely they are alike; 1 is best",
        "Read neighbours from “More like this”, which uses the texts and not the picture.",
    )
    yield _figure(
        "Neighbours kept",
        run.quality.get("neighbour_agreement"),
        (0.35, 0.2),
        "share of each row's nearest rows that are also its nearest on the map",
        "Trust areas, not single points: select an area and read what is in it.",
    )
    sorted_share = None if not run.rows else 1 - run.unsorted / run.rows
    yield _figure(
        "In a theme",
        sorted_share,
        (0.85, 0.7),
        "share of the rows that are clearly in a theme; the others wait as unsorted",
        "Something new may be among the unsorted: read some of them, then propose a refit.",
    )
    yield _figure(
        "Stable themes",
        _median(themes.get("stability")),
        (0.75, 0.5),
        "how much of a theme is found again when rows are drawn anew, half of the themes at least",
        "Use the upper level of the themes, or keep those you know with a pin.",
    )
    yield _figure(
        "Separate themes",
        _median(themes.get("separation")),
        (0.1, 0.0),
        "how far rows stand from the next theme, from -1 to 1; 0 is on the border",
        "Themes that mean the same can be merged; look at each theme's nearest rival.",
    )


def line(figure: Figure) -> str:
    """A figure in one sentence; what to do only when it is not good."""
    if figure.value is None:
        return f"**{figure.name}** was not measured: too few rows, or a map from before."
    told = f"{BADGES[figure.verdict]} **{figure.name} {figure.value:.2f}**: {figure.means}."
    return told if figure.verdict == "good" else f"{told} {figure.cure}"


def summary(found: Sequence[Figure]) -> str:
    """The verdicts counted."""
    known = [figure for figure in found if figure.value is not None]
    if not known:
        return "Nothing was measured on this map."
    good = sum(figure.verdict == "good" for figure in known)
    low = [figure.name.lower() for figure in known if figure.verdict == "low"]
    told = f"{good} of {len(known)} figures are good"
    return f"{told}; low: {', '.join(low)}." if low else f"{told}, none is low."


def _figure(name: str, value: Any, limits: tuple[float, float], means: str, cure: str) -> Figure:
    if value is None or pd.isna(value):
        return Figure(name, None, "unknown", means, cure)
    good, fair = limits
    verdict = "good" if value >= good else "fair" if value >= fair else "low"
    return Figure(name, float(value), verdict, means, cure)


def _median(values: pd.Series | None) -> float | None:
    if values is None or values.dropna().empty:
        return None
    return float(values.dropna().astype(float).median())
