"""What sets two groups of people apart, and what only chance does.

The unit is a person, however much each wrote. Every feature (a theme, a term) is a share of a
person's rows; a group's value is the mean over its people. Differences are tested together by
permuting people between the groups: the chance of even one false finding in the whole comparison
is what is stated, whatever the features have to do with each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

PERMUTED = 999
PERMUTED_OF_MANY = 199  # where people in both groups have more than FEW shares to be worked out
FEW = 500_000
RESAMPLED = 999
AT_ONCE = 100  # weightings in memory
FALSE_FINDINGS = 0.05  # chance of any, in a comparison of two groups that do not differ
WIDTH = 0.95  # of an interval
FEWEST = 5  # people in each group

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sides:
    """People and groups: one unit for each person in each group that person wrote in.

    shares : shape (units, features)
        Of the unit's rows, the share that has the feature, 0 to 1.
    person : shape (units,), numbers from 0
    second : shape (units,)
        Whether the unit is in the second group; False is the first.
    has : shape (rows, features), 1 where the row has the feature
    unit : shape (rows,)
        Of which unit the row is.
    """

    shares: Floats
    person: NDArray[np.int64]
    second: NDArray[np.bool_]
    has: csr_matrix
    unit: NDArray[np.intp]

    def people(self) -> tuple[int, int]:
        """People in the first and in the second group."""
        return int((~self.second).sum()), int(self.second.sum())


@dataclass(frozen=True)
class Contrast:
    """One feature in both groups.

    first, second : mean share over the people of each group, 0 to 1
    low, high : interval of second - first, by resampling people; of this feature alone
    p : chance of a difference as sure as this one anywhere in the comparison, were there none
    """

    first: float
    second: float
    low: float
    high: float
    p: float

    @property
    def reliable(self) -> bool:
        """Whether the difference stands after correction for all that were looked at."""
        return self.p <= FALSE_FINDINGS


def sides(features: csr_matrix, owner: NDArray[np.int64], second: NDArray[np.bool_]) -> Sides:
    """Rows gathered by person and group.

    Parameters
    ----------
    features : shape (rows, features), 1 where the row has the feature
    owner : shape (rows,), numbers from 0
    second : shape (rows,)
    """
    units, unit = np.unique(owner * 2 + second, return_inverse=True)
    person = np.unique(units // 2, return_inverse=True)[1].astype(np.int64)
    shares = _gathered(features, unit, len(units))
    return Sides(shares, person, (units % 2).astype(bool), features, unit)


def contrasts(between: Sides, seed: int) -> list[Contrast]:
    """Each feature's difference, its interval, and its p corrected for all of them.

    Raises
    ------
    ValueError
        With fewer than FEWEST people in a group.

    References
    ----------
    Westfall, Young: Resampling-based multiple testing (1993), the step-down maxT procedure.
    Field, Welsh: Bootstrapping clustered data, JRSS B 69 (2007).
    """
    if min(between.people()) < FEWEST:
        first, second = between.people()
        raise ValueError(f"{first} and {second} people; a comparison needs {FEWEST} in each group")
    random = np.random.default_rng(seed)
    weights = _Labels(between, random)
    observed = _differences(between.shares - weights.own, between.second[None, :])[0]
    p = _step_down(*_standardised(observed, weights.by_chance()))
    low, high = _interval(between, weights)
    in_a, in_b = (_mean(between.shares, between.second == side) for side in (False, True))
    return [Contrast(*map(float, values)) for values in zip(in_a, in_b, low, high, p, strict=True)]


class _Labels:
    """Draws that keep to what the design allows.

    Who is in both groups may have rows exchanged between the two, as many in each as before;
    whoever is in one may change places with others. Whole sides of a person must not change places:
    the share of one row swings more than that of seven.
    """

    def __init__(self, between: Sides, random: np.random.Generator) -> None:
        """`own`: what a person in both groups brings to both, apart from what people usually have;
        taken away, pairs are compared as pairs. No draw changes it."""
        self.between, self.random = between, random
        self.twice = np.bincount(between.person)[between.person] == 2
        of_row = between.person[between.unit]
        each = _gathered(between.has, of_row, int(between.person.max()) + 1)
        apart = (each - each.mean(axis=0))[between.person]
        self.own = np.where(self.twice[:, None], apart, 0.0)
        self.by_person = np.argsort(of_row, kind="stable")
        self.of_row = of_row

    def by_chance(self) -> Floats:
        """The statistics of other labellings, shape (labellings, features)."""
        if not self.twice.any():
            fixed = self.between.shares
            return np.vstack([_differences(fixed, self.permuted(n)) for n in _parts(PERMUTED)])
        many = PERMUTED if self.between.shares.size <= FEW else PERMUTED_OF_MANY
        drawn = ((self.exchanged() - self.own, self.permuted(1)) for _ in range(many))
        return np.vstack([_differences(*one) for one in drawn])

    def exchanged(self) -> Floats:
        """The shares with each person's rows dealt anew, shape (units, features)."""
        unit = np.empty_like(self.between.unit)
        keys = self.random.random(len(unit))
        unit[self.by_person] = self.between.unit[np.lexsort((keys, self.of_row))]
        return _gathered(self.between.has, unit, len(self.between.person))

    def permuted(self, count: int) -> NDArray[np.bool_]:
        """Other groups of those who are in one, shape (count, units)."""
        second = np.repeat(self.between.second[None, :], count, axis=0)
        once = np.flatnonzero(~self.twice)
        order = self.random.random((count, len(once))).argsort(axis=1)
        second[:, once] = self.between.second[once][order]
        return second

    def resampled(self, count: int) -> NDArray[np.float64]:
        """How often each unit's person was drawn, shape (count, units)."""
        people = int(self.between.person.max()) + 1
        drawn = self.random.multinomial(people, np.full(people, 1 / people), count)
        return np.asarray(drawn[:, self.between.person], dtype=np.float64)


def _gathered(has: csr_matrix, group: NDArray[np.integer[Any]], count: int) -> Floats:
    """Share of each group's rows that has each feature, shape (count, features)."""
    size = np.bincount(group, minlength=count)
    gather = csr_matrix(
        (1 / size[group], (group, np.arange(len(group)))), shape=(count, len(group))
    )
    return np.asarray((gather @ has).toarray(), dtype=np.float64)


def _differences(shares: Floats, second: NDArray[np.bool_]) -> Floats:
    """Of the groups' means, shape (labellings, features)."""
    weight = second.astype(np.float64)
    count = weight.sum(axis=1, keepdims=True)
    whole = shares.sum(axis=0)
    there = weight @ shares
    return np.asarray(there / count - (whole - there) / (len(shares) - count))


def _standardised(observed: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Both as multiples of what the difference usually is by chance; 0 where it never differs.

    Not of its standard error within the groups: of a rare feature that one group happens to have
    none of, that is next to nothing.
    """
    usual = np.sqrt((np.square(chance).sum(axis=0) + observed**2) / (len(chance) + 1))
    scale = np.divide(1, usual, out=np.zeros_like(usual), where=usual > 1e-12)
    return np.abs(observed) * scale, np.abs(chance) * scale


def _step_down(observed: Floats, chance: Floats) -> Floats:
    """Adjusted p of each feature: against the largest of those not surer than itself."""
    order = np.argsort(-observed, kind="stable")
    # The largest chance statistic among this feature and all less sure ones.
    largest = np.maximum.accumulate(chance[:, order[::-1]], axis=1)[:, ::-1]
    exceeded = (largest >= observed[order] - 1e-12).sum(axis=0)
    adjusted = np.maximum.accumulate((exceeded + 1) / (len(chance) + 1))
    p = np.empty(len(observed))
    p[order] = adjusted
    return p


def _interval(between: Sides, weights: _Labels) -> tuple[Floats, Floats]:
    """Bounds of each difference over draws of whole people, with all they wrote."""
    found = []
    for count in _parts(RESAMPLED):
        drawn = weights.resampled(count)
        means = [
            (drawn * side) @ between.shares / np.maximum((drawn * side).sum(axis=1), 1)[:, None]
            for side in (~between.second, between.second)
        ]
        found.append(means[1] - means[0])
    low, high = np.quantile(np.vstack(found), [(1 - WIDTH) / 2, (1 + WIDTH) / 2], axis=0)
    return low, high


def _mean(shares: Floats, chosen: NDArray[np.bool_]) -> Floats:
    return np.asarray(shares[chosen].mean(axis=0))


def _parts(total: int) -> Sequence[int]:
    return [min(AT_ONCE, total - start) for start in range(0, total, AT_ONCE)]
