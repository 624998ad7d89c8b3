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
    upper = themes[themes["parent_id"].isna()]
    shades = chain(OWN, repeat(palette.OTHER))
    named = zip(upper["id"], upper["name"].astype(str), strict=True)
    found = {int(theme): Family(name, next(shades)) for theme, name in named}
    parents = zip(themes["id"], themes["parent_id"].fillna(themes["id"]).astype(int), strict=True)
    return {int(theme): found[parent] for theme, parent in parents if parent in found}
