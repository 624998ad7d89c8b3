"""Whether a theme grows or fades: by people, not by rows, and only as far as chance allows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RESAMPLED = 1000
SURE = 0.95  # of the resamplings within an interval
FEWEST = 5  # people writing in each of the two stretches of time, before anything is said

State = Literal["growing", "steady", "fading"]


@dataclass(frozen=True)
class Trend:
    """How a theme's share of the people who write changed from one stretch of time to the next.

    before, after : shares of the people writing then, 0 to 1
    low, high : the interval of after - before, by resampling people
    """

    before: float
    after: float
    low: float
    high: float

    @property
    def state(self) -> State:
        """Growing or fading where the whole interval says so."""
        if self.low > 0:
            return "growing"
        return "fading" if self.high < 0 else "steady"


def trends(
    wrote_before: NDArray[np.bool_],
    wrote_after: NDArray[np.bool_],
    in_theme_before: NDArray[np.bool_],
    in_theme_after: NDArray[np.bool_],
    seed: int,
) -> list[Trend | None]:
    """The trend of each theme; None where too few people wrote in either stretch.

    Parameters
    ----------
    wrote_before, wrote_after : shape (people,)
        Who wrote anything in each stretch of time.
    in_theme_before, in_theme_after : shape (people, themes)
        Who wrote in each theme.

    References
    ----------
    Field, Welsh: Bootstrapping clustered data, JRSS B 69 (2007): whole people are drawn, with all
    they wrote in both stretches.
    """
    themes = in_theme_before.shape[1]
    if min(wrote_before.sum(), wrote_after.sum()) < FEWEST:
        return [None] * themes
    random = np.random.default_rng(seed)
    people = len(wrote_before)
    drawn = random.multinomial(people, np.full(people, 1 / people), RESAMPLED)
    weights = np.vstack([np.ones(people), drawn]).astype(np.float32)
    before = _shares(weights, wrote_before, in_theme_before)
    after = _shares(weights, wrote_after, in_theme_after)
    tails = [(1 - SURE) / 2, (1 + SURE) / 2]
    low, high = np.quantile((after - before)[1:], tails, axis=0)
    return [
        Trend(float(before[0, t]), float(after[0, t]), float(low[t]), float(high[t]))
        for t in range(themes)
    ]


def _shares(
    weights: NDArray[np.float32], wrote: NDArray[np.bool_], in_theme: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Share of the people who wrote, in each theme, for each weighting."""
    writing = weights @ wrote.astype(np.float32)
    shares = (weights @ in_theme.astype(np.float32)) / np.maximum(writing, 1)[:, None]
    return np.asarray(shares, dtype=np.float32)
