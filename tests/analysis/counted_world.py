"""People with one value in each dimension, and what an attacker tries on a release of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.linked_tables import LinkedTables
from analysis.release_rule import Counts, Rule, counted
from analysis.suppression import Decision

K = Rule().people


@dataclass(frozen=True)
class World:
    """People, their tables, and what is in each cell."""

    layout: LinkedTables
    cells_of: NDArray[np.intp]
    counts: Counts


def world(
    codes: NDArray[np.intp],
    sizes: tuple[int, ...],
    rows: NDArray[np.int64] | None = None,
    coaches: NDArray[np.intp] | None = None,
) -> World:
    """Everybody writes two rows and the people are dealt out to ten coaches, unless told."""
    layout = LinkedTables(sizes)
    everybody = np.arange(len(codes))
    cells = layout.cells_of(codes)
    rows = np.full(len(codes), 2) if rows is None else rows
    coaches = everybody % 10 if coaches is None else coaches
    return World(layout, cells, counted(layout, cells, rows, coaches))


def random_world(seed: int, people: int, sizes: tuple[int, ...]) -> World:
    """Uneven shares of values, one to many rows a person, a coach for about 25 people."""
    draw = np.random.default_rng(seed)
    shares = [draw.dirichlet(np.ones(size)) for size in sizes]
    codes = [draw.choice(len(share), size=people, p=share) for share in shares]
    coaches = draw.integers(0, max(3, people // 25), people)
    return world(np.stack(codes, axis=1), sizes, 1 + draw.poisson(2, people), coaches)


def from_table(table: list[list[int]]) -> World:
    """So many people in each combination of a row's and a column's value."""
    shape = (len(table), len(table[0]))
    pairs = [(r, c) for r in range(shape[0]) for c in range(shape[1]) for _ in range(table[r][c])]
    return world(np.array(pairs, dtype=np.intp), shape)


def subtracted(layout: LinkedTables, shown: NDArray[np.bool_], people: NDArray[np.int64]) -> int:
    """How many hidden cells, or hidden groups of fewer than K, one subtraction leaves over."""
    found = 0
    for line in layout.lines:
        parts = line[1:][~shown[line[1:]]]
        if shown[line[0]] and len(parts):
            found += len(parts) == 1 or int(people[parts].sum()) < K
        elif not shown[line[0]]:
            found += not len(parts)
    return found


def small_cells_shown(world: World, decision: Decision) -> int:
    """Released cells that break a threshold."""
    counts, shown = world.counts, decision.shown
    broken = (counts.people < K) | (counts.coaches < 3) | (counts.largest > 0.3 * counts.rows)
    return int((broken & shown).sum())
