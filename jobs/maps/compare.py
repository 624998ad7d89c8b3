"""Two groups of people compared: the themes and terms that differ, with words from both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contrast
from analysis.contrast import Contrast
from analysis.shared_terms import shared_terms, with_themes
from jobs.errors import JobError
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.maps import runs
from queries.rows import groups
from queries.themes import themes

SEED = 7
QUOTES = 2  # of each side
QUOTED = 300  # characters
NO_DIFFERENCE = "No reliable difference"


@dataclass(frozen=True)
class Quote:
    """Words of a row, exactly as they stand there, and whether it goes on before and after."""

    id: str
    quote: str
    more_before: bool = False
    more_after: bool = False

    @property
    def told(self) -> str:
        """The words, with … where the row goes on."""
        return "…" * self.more_before + self.quote + "…" * self.more_after


@dataclass(frozen=True)
class Difference:
    """A theme or a term in both groups; shares are means over people, 0 to 1.

    low, high : the interval of b - a; p : corrected for everything that was compared
    """

    kind: str
    name: str
    theme_id: int | None
    a: float
    b: float
    low: float
    high: float
    p: float
    quotes_a: Sequence[Quote]
    quotes_b: Sequence[Quote]


@dataclass(frozen=True)
class Comparison:
    """What a comparison found, surest first; `notice` is what a reader must know besides.

    `compared` counts the themes and terms that were looked at.
    """

    a: dict[str, Any]
    b: dict[str, Any]
    run: int
    compared: int
    differences: Sequence[Difference]
    verdict: str
    notice: str


def compare(
    gate: Gate, collection: Collection, a: Filters, b: Filters, *, rest: bool = False
) -> Comparison:
    """The themes and terms by which the people of two groups differ, or that none do.

    With `rest` the second group is what the first leaves of `b`; else rows in both are left out.
    Raises JobError when a group has too few people.
    """
    run = runs.current_or_raise(gate, collection)
    rows, notice = _rows(gate, collection, a, b, rest)
    told = themes.themes(gate, collection)
    for filters, side in ((a, ~rows["second"]), (b, rows["second"])):
        _refuse_few(filters.sentence(collection), rows.loc[side, "owner"].nunique(), notice)
    features = _features(rows, told)
    owner = pd.factorize(rows["owner"])[0].astype(np.int64)
    between = contrast.sides(features.has, owner, rows["second"].to_numpy(bool))
    found = contrast.contrasts(between, SEED)
    reliable = sorted(
        (number for number, one in enumerate(found) if one.reliable),
        key=lambda number: (found[number].p, -abs(found[number].second - found[number].first)),
    )
    differences = [_difference(features, number, found[number], rows) for number in reliable]
    people = between.people()
    count = rows["second"].value_counts()
    side_a, side_b = (
        {"filter": filters.sentence(collection), "rows": int(count.get(second, 0)), "people": n}
        for filters, second, n in zip((a, b), (False, True), people, strict=True)
    )
    several = "s" if len(differences) > 1 else ""
    verdict = f"{len(differences)} reliable difference{several}" if differences else NO_DIFFERENCE
    return Comparison(side_a, side_b, run.id, len(found), differences, verdict, notice)


@dataclass(frozen=True)
class _Features:
    """What is compared: names, kinds and theme ids, and which rows have each."""

    names: Sequence[str]
    kinds: Sequence[str]
    ids: Sequence[int | None]
    has: Any


def _rows(
    gate: Gate, collection: Collection, a: Filters, b: Filters, rest: bool
) -> tuple[pd.DataFrame, str]:
    """The rows of both groups, with `second`; rows in both groups are left out, and told."""
    first, second = (groups.group(gate, collection, filters) for filters in (a, b))
    both = set(first["row_id"]) & set(second["row_id"])
    if rest:
        second, both = second[~second["row_id"].isin(both)], set()
    rows = pd.concat([first.assign(second=False), second.assign(second=True)], ignore_index=True)
    notice = f"{len(both):,} rows are in both groups and were left out." if both else ""
    return rows[~rows["row_id"].isin(both)].reset_index(drop=True), notice


def _features(rows: pd.DataFrame, told: pd.DataFrame) -> _Features:
    texts = rows["text"].fillna("").tolist()
    labels = pd.factorize(rows["theme_id"])[0].astype(np.int32)
    terms = shared_terms(texts, labels, rows["owner"].astype(str).tolist())
    ids = [int(id) for id in told["id"]]
    has = with_themes([_in_theme(rows, id) for id in ids], terms)
    return _Features(
        [*told["name"], *terms.names],
        ["theme"] * len(ids) + ["term"] * len(terms.names),
        [*ids, *([None] * len(terms.names))],
        has,
    )


def _in_theme(rows: pd.DataFrame, theme_id: int) -> NDArray[np.bool_]:
    """Whether each row is in the theme, or in one below it."""
    inside = (rows["theme_id"] == theme_id) | (rows["parent_id"] == theme_id)
    return np.asarray(inside.fillna(False), dtype=bool)


def _refuse_few(group: str, people: int, notice: str) -> None:
    """Raise JobError for a group that its people would be recognised in, or that is chance."""
    if people >= contrast.FEWEST:
        return
    counted = "1 person" if people == 1 else f"{people} people"
    raise JobError(
        f"{group}: {counted}. {f'{notice} ' if notice else ''}A comparison needs at least "
        f"{contrast.FEWEST} in each group; fewer would be told by chance, and by name."
    )


def _difference(
    features: _Features, number: int, found: Contrast, rows: pd.DataFrame
) -> Difference:
    has = np.asarray(features.has[:, number].todense()).ravel() > 0
    kind, name = features.kinds[number], features.names[number]
    near = name if kind == "term" else ""
    quotes = [_quotes(rows[has & (rows["second"] == side)], near) for side in (False, True)]
    return Difference(
        kind=kind,
        name=name,
        theme_id=features.ids[number],
        a=round(found.first, 4),
        b=round(found.second, 4),
        low=round(found.low, 4),
        high=round(found.high, 4),
        p=round(found.p, 4),
        quotes_a=quotes[0],
        quotes_b=quotes[1],
    )


def _quotes(rows: pd.DataFrame, near: str) -> list[Quote]:
    """The surest members' words, each of another person where there are several."""
    best = rows.sort_values(["membership", "row_id"], ascending=[False, True])
    chosen = best.drop_duplicates("owner").head(QUOTES)
    return [
        _quote(row_id, said, near)
        for row_id, said in zip(chosen["row_id"], chosen["text"], strict=True)
    ]


def _quote(row_id: str, text: str, near: str) -> Quote:
    """A part of the text, word for word, around where the term stands."""
    if len(text) <= QUOTED:
        return Quote(row_id, text)
    at = max(text.casefold().find(near.casefold()), 0)
    start = max(0, min(at - QUOTED // 3, len(text) - QUOTED))
    start = 0 if start == 0 else text.find(" ", start) + 1
    part = text[start : start + QUOTED]
    after = start + QUOTED < len(text)
    return Quote(row_id, part.rsplit(" ", 1)[0] if after else part, start > 0, after)
