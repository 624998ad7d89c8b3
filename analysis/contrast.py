"""What sets two groups of people apart, and what only chance does.

The unit is a person, however much each wrote. Every feature (a theme, a term) is a share of a
person's rows; a group's value is the mean over its people. Differences are tested together by
permuting people between the groups: the chance of even one false finding in the whole comparison
is what is stated, whatever the features have to do with each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

PERMUTED = 999
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
    """

    shares: Floats
    person: NDArray[np.int64]
    second: NDArray[np.bool_]

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
    rows = np.bincount(unit, minlength=len(units))
    ones = np.ones(len(unit))
    gather = csr_matrix((ones, (unit, np.arange(len(unit)))), shape=(len(units), len(unit)))
    shares = np.asarray((gather @ features).toarray(), dtype=np.float64) / rows[:, None]
    person = np.unique(units // 2, return_inverse=True)[1].astype(np.int64)
    return Sides(shares, person, (units % 2).astype(bool))


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
    statistics, weights = _paired_out(between), _Labels(between, random)
    observed = np.abs(_studentised(statistics, between.second[None, :]))[0]
    chance = [np.abs(_studentised(statistics, weights.permuted(n))) for n in _parts(PERMUTED)]
    p = _step_down(observed, np.vstack(chance))
    low, high = _interval(between, weights)
    in_a, in_b = (_mean(between.shares, between.second == side) for side in (False, True))
    return [Contrast(*map(float, values)) for values in zip(in_a, in_b, low, high, p, strict=True)]


@dataclass(frozen=True)
class _Labels:
    """Draws that keep to what the design allows.

    Who is in both groups may have the two exchanged; the others may change places.
    """

    between: Sides
    random: np.random.Generator

    def permuted(self, count: int) -> NDArray[np.bool_]:
        """Other groups of the units, shape (count, units)."""
        twice = self._in_both()
        second = np.repeat(self.between.second[None, :], count, axis=0)
        flip = self.random.random((count, int(self.between.person.max()) + 1)) < 0.5
        second[:, twice] ^= flip[:, self.between.person[twice]]
        once = np.flatnonzero(~twice)
        order = self.random.random((count, len(once))).argsort(axis=1)
        second[:, once] = self.between.second[once][order]
        return second

    def resampled(self, count: int) -> NDArray[np.float64]:
        """How often each unit's person was drawn, shape (count, units)."""
        people = int(self.between.person.max()) + 1
        drawn = self.random.multinomial(people, np.full(people, 1 / people), count)
        return np.asarray(drawn[:, self.between.person], dtype=np.float64)

    def _in_both(self) -> NDArray[np.bool_]:
        units = np.bincount(self.between.person)
        return np.asarray(units[self.between.person] == 2)


def _paired_out(between: Sides) -> Floats:
    """Shares without what a person in both groups brings to both: pairs are compared as pairs."""
    units = np.bincount(between.person)
    sums = np.zeros((len(units), between.shares.shape[1]))
    np.add.at(sums, between.person, between.shares)
    both = (units == 2)[between.person]
    own = sums[between.person] / units[between.person][:, None]
    everybody = between.shares.mean(axis=0)
    return np.where(both[:, None], between.shares - own + everybody, between.shares)


def _studentised(shares: Floats, second: NDArray[np.bool_]) -> Floats:
    """Difference of the groups' means over its standard error, shape (labellings, features).

    A feature that nobody's share differs in has none: 0.
    """
    squares = shares**2
    means, errors = [], []
    for side in (~second, second):
        weight = side.astype(np.float64)
        count = weight.sum(axis=1, keepdims=True)
        mean = weight @ shares / count
        spread = np.maximum(weight @ squares / count - mean**2, 0)
        means.append(mean)
        errors.append(spread / np.maximum(count - 1, 1))
    error = np.sqrt(errors[0] + errors[1])
    difference = means[1] - means[0]
    quotient = np.divide(difference, error, out=np.zeros_like(difference), where=error > 1e-12)
    return np.asarray(quotient, dtype=np.float64)


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
