"""Which theme has which colour: one answer for the map, lines over time and a client's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, repeat

import pandas as pd

from charts import palette

Shades = tuple[str, str]  # on a light page, on a dark one
OWN: tuple[Shades, ...] = tuple(zip(palette.LIGHT, palette.DARK, strict=True))


@dataclass(frozen=True)
class Family:
    """An upper theme with its colour, which all themes below it share."""

    name: str
    shades: Shades

    @property
    def has_own_colour(self) -> bool:
        """Whether the colour stands for this family alone, not for all the smaller ones."""
        return self.shades != palette.OTHER


def families(themes: pd.DataFrame) -> Mapping[int, Family]:
    """The family of each theme, by its id: what it is part of, or is itself.

    `themes` are all of a run, the largest first, as queries.themes.themes gives them. The largest
    families have colours of their own and the others one grey: whatever is narrowed to or drawn,
    a theme keeps its colour.
    """
    ids = themes["id"].astype(int).tolist()
    parents = themes["parent_id"].fillna(themes["id"]).astype(int).tolist()
    names = dict(zip(ids, themes["name"].astype(str), strict=True))
    above = {
        one: parent if parent in names else one for one, parent in zip(ids, parents, strict=True)
    }
    shades = chain(OWN, repeat(palette.OTHER))
    upper = {one: Family(names[one], next(shades)) for one in ids if above[one] == one}
    return {one: upper.get(above[one], Family(names[one], palette.OTHER)) for one in ids}
