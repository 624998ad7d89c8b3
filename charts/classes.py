"""Which colour each point of the map gets, and the legend that says what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from charts import palette
from charts.canvas import Class, steps
from charts.theme_colours import OWN, Shades

PERIODS = 7


@dataclass(frozen=True)
class Coloured:
    """One class a point, by position in the legend. `of` gives other points of the same map theirs.

    The legend is made from the points that are drawn first; a value it does not know is "other".
    """

    classes: NDArray[np.uint8]
    legend: list[Class]
    of: Callable[[pd.Series], NDArray[np.uint8]]


def by_theme(
    themes: pd.Series, names: Mapping[int, str], own: Mapping[str, Shades] | None = None
) -> Coloured:
    """Colours for the largest themes, one grey for all others, a fainter one for no theme.

    `names` says by which name each theme is coloured, and `own` which names have which colours
    whatever is drawn (charts/theme_colours.py); without it the commonest have them.
    """
    return _by_value(
        themes, lambda told: told.map(names).where(told.notna()), missing="unsorted", own=own
    )


def by_value(values: pd.Series) -> Coloured:
    """Colours for the commonest values, one grey for all others, a fainter one for no value."""
    return _by_value(
        values, lambda told: told.astype("string").where(told.notna()), missing="no value"
    )


def by_time(moments: pd.Series) -> Coloured:
    """Shades from early to late, each with about as many points; a faint grey for no time."""
    known = _moments(moments)
    if known.notna().sum() == 0 or known.nunique() < 2:
        return _by_value(moments, _days, missing="no value")
    _, edges = pd.qcut(known, PERIODS, labels=False, retbins=True, duplicates="drop")
    shades, inner = steps(len(edges) - 1), edges[1:-1]

    def period(told: pd.Series) -> pd.Series:
        moments = _moments(told)
        places = pd.Series(np.searchsorted(inner, moments), index=told.index, dtype="Float64")
        return places.where(moments.notna())

    names = [f"{_day(edges[i])} – {_day(edges[i + 1])}" for i in range(len(shades))]
    return _coloured(period, moments, list(zip(names, shades, strict=True)), "no time")


def _by_value(
    values: pd.Series,
    read: Callable[[pd.Series], pd.Series],
    missing: str,
    own: Mapping[str, Shades] | None = None,
) -> Coloured:
    counts = read(values).value_counts()
    coloured = dict(zip(counts.index, OWN)) if own is None else own  # noqa: B905 - the commonest
    chosen = {value: place for place, value in enumerate(v for v in coloured if v in counts.index)}
    named = [(str(value), coloured[value]) for value in chosen]
    others = len(counts) - len(chosen)
    rest = len(named) if others else None  # without one, an unknown value is none
    if others:
        named.append((f"{others:,} other{'s' if others > 1 else ''}", palette.OTHER))

    def code(told: pd.Series) -> pd.Series:
        known = read(told)
        return known.map(chosen).where(known.isna() | known.isin(chosen), rest)

    return _coloured(code, values, named, missing)


def _coloured(
    code: Callable[[pd.Series], pd.Series],
    values: pd.Series,
    named: list[tuple[str, tuple[str, str]]],
    missing: str,
) -> Coloured:
    """The last class is that of points without a value; it is in the legend if there are any."""

    def of(told: pd.Series) -> NDArray[np.uint8]:
        found = code(told).astype("Float64").fillna(len(named))
        return np.asarray(found.to_numpy(), dtype=np.uint8)

    classes = of(values)
    rows = np.bincount(classes, minlength=len(named) + 1)
    legend = [Class(name, int(rows[n]), *shades) for n, (name, shades) in enumerate(named)]
    legend.append(Class(missing, int(rows[-1]), *palette.UNSORTED, quiet=True))
    return Coloured(classes, legend if rows[-1] else legend[:-1], of)


def _moments(told: pd.Series) -> pd.Series:
    return pd.to_datetime(told, utc=True)


def _days(told: pd.Series) -> pd.Series:
    days: pd.Series = _moments(told).dt.strftime("%Y-%m-%d")
    return days


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%b %Y}"
