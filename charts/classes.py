"""Which colour each point of the map gets, and the legend that says what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from charts import palette
from charts.canvas import Class, steps

MOST = len(palette.LIGHT)
PERIODS = 7


@dataclass(frozen=True)
class Coloured:
    """One class a point, by position in the legend."""

    classes: NDArray[np.uint8]
    legend: list[Class]


def by_theme(themes: pd.Series, names: Mapping[int, str]) -> Coloured:
    """Colours for the largest themes, one grey for all others, a fainter one for no theme."""
    named = themes.map(names).where(themes.notna())
    return _by_value(named, missing="unsorted")


def by_value(values: pd.Series) -> Coloured:
    """Colours for the commonest values, one grey for all others, a fainter one for no value."""
    return _by_value(values.astype("string").where(values.notna()), missing="no value")


def by_time(moments: pd.Series) -> Coloured:
    """Shades from early to late, each with about as many points; a faint grey for no time."""
    known = pd.to_datetime(moments, utc=True)
    if known.notna().sum() == 0 or known.nunique() < 2:
        return by_value(known.dt.strftime("%Y-%m-%d"))
    periods, edges = pd.qcut(  # type: ignore[call-overload]  # the stubs know numbers only
        known, PERIODS, labels=False, retbins=True, duplicates="drop"
    )
    shades = steps(len(edges) - 1)
    rows = periods.value_counts()
    legend = [
        Class(f"{_day(edges[i])} – {_day(edges[i + 1])}", int(rows.get(i, 0)), *shades[i])
        for i in range(len(shades))
    ]
    return _with_missing(periods, legend, "no time")


def _by_value(values: pd.Series, missing: str) -> Coloured:
    counts = values.value_counts()
    chosen = counts.index[:MOST]
    legend = [
        Class(str(value), int(counts[value]), palette.LIGHT[i], palette.DARK[i])
        for i, value in enumerate(chosen)
    ]
    codes = values.map({value: i for i, value in enumerate(chosen)})
    rest = counts.iloc[MOST:]
    if len(rest):
        codes = codes.where(values.isna() | codes.notna(), len(legend))
        legend.append(
            Class(
                f"{len(rest):,} other{'s' if len(rest) > 1 else ''}",
                int(rest.sum()),
                *palette.OTHER,
            )
        )
    return _with_missing(codes, legend, missing)


def _with_missing(codes: pd.Series, legend: list[Class], missing: str) -> Coloured:
    lacking = int(codes.isna().sum())
    if lacking:
        codes = codes.fillna(len(legend))
        legend = [*legend, Class(missing, lacking, *palette.UNSORTED, quiet=True)]
    return Coloured(codes.to_numpy(np.uint8), legend)


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%b %Y}"
