"""What goes with progress: rank correlation over people, with an interval. Never called a cause."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from analysis.trajectories import Floats

FEWEST = 10  # people with both values
NORMAL_95 = 1.959964  # standard errors on either side


@dataclass(frozen=True)
class Association:
    """Spearman's rho of two measures over people, -1 to 1, with its 95% interval."""

    people: int
    rho: float
    low: float
    high: float

    @property
    def reliable(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def association(first: Floats, second: Floats) -> Association | None:
    """None with fewer than FEWEST people who have both, or where one measure is the same for all.

    Parameters
    ----------
    first, second : shape (people,), NaN where somebody has none

    References
    ----------
    Bonett, Wright: Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations, Psychometrika 65 (2000): the standard error of Fisher's z of a rank correlation.
    """
    both = np.isfinite(first) & np.isfinite(second)
    one, other = first[both], second[both]
    people = len(one)
    if people < FEWEST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    rho = float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
    z, error = (
        np.arctanh(np.clip(rho, -0.999999, 0.999999)),
        np.sqrt((1 + rho**2 / 2) / (people - 3)),
    )
    low, high = np.tanh(z - NORMAL_95 * error), np.tanh(z + NORMAL_95 * error)
    return Association(people, rho, float(low), float(high))
