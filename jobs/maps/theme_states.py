"""New, growing, steady or fading: how each theme of the current map fares, by people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from analysis.trends import Trend, trends
from queries.collection import Collection
from queries.gate import Gate
from queries.themes import theme_people

SEED = 7


def tell_states(gate: Gate, collection: Collection) -> None:
    """Work out and keep the state of every theme of the current run.

    A theme is new when its first row was written lately, or, without times, when the last refit
    found it; everything else needs people enough in both stretches of time.
    """
    begun = theme_people.begun(gate, collection)
    stretch = theme_people.lately(gate, collection)
    if stretch is None:
        new, told = theme_people.newly_born(gate, collection), {}
    else:
        first = _first(begun)
        new = {theme for theme in begun if first.get(theme, stretch.start) > stretch.middle}
        told = _trends(theme_people.people(gate, collection, stretch), begun)
    theme_people.tell(gate, collection, [_state(theme, new, told.get(theme)) for theme in begun])


def trends_seen(gate: Gate, collection: Collection) -> dict[int, Trend | None]:
    """How each theme's share of people changed lately, of the rows that this reader sees.

    Empty without times that differ; None for a theme where too few people wrote.
    """
    stretch = theme_people.lately(gate, collection)
    if stretch is None:
        return {}
    begun = theme_people.begun(gate, collection)
    return _trends(theme_people.people(gate, collection, stretch), begun)


def _first(begun: Mapping[int, tuple[Any, Any]]) -> dict[int, Any]:
    """When each theme's first row was written, one above others with all below it."""
    first: dict[int, Any] = {}
    for theme, (above, when) in begun.items():
        if when is not None:
            for one in (theme, above):
                if one is not None:
                    first[one] = min(first.get(one, when), when)
    return first


def _state(
    theme: int, new: set[int], trend: Trend | None
) -> tuple[int, str, Mapping[str, Any] | None]:
    told = None if trend is None else {k: round(v, 4) for k, v in asdict(trend).items()}
    if theme in new:
        return theme, "new", told
    return theme, "steady" if trend is None else trend.state, told


def _trends(wrote: pd.DataFrame, begun: Mapping[int, tuple[Any, Any]]) -> dict[int, Trend | None]:
    """The trend of every theme; one above others counts whoever wrote below it."""
    owner, people = pd.factorize(wrote["owner"])
    order = sorted(begun)
    place = {theme: number for number, theme in enumerate(order)}
    stretches = []
    for stretch in ("before", "after"):
        inside = wrote[stretch].to_numpy(bool)
        everybody = np.zeros(len(people), dtype=bool)
        everybody[owner[inside]] = True
        stretches.append((everybody, _by_theme(wrote, owner, inside, begun, place, len(people))))
    (before, themes_before), (after, themes_after) = stretches
    found = trends(before, after, themes_before, themes_after, SEED)
    return dict(zip(order, found, strict=True))


def _by_theme(
    wrote: pd.DataFrame,
    owner: Any,
    inside: Any,
    begun: Mapping[int, tuple[Any, Any]],
    place: Mapping[int, int],
    people: int,
) -> Any:
    """Who wrote in which theme, shape (people, themes)."""
    table = np.zeros((people, len(place)), dtype=bool)
    in_theme: Sequence[Any] = wrote["theme_id"].astype("Int64").tolist()
    for who, theme, counts in zip(owner.tolist(), in_theme, inside.tolist(), strict=True):
        if counts and theme in begun:
            for one in (theme, begun[theme][0]):
                if one is not None:
                    table[who, place[one]] = True
    return table
