"""Every count over at most two of several dimensions, as one numbered list of cells.

Each person has one value in each dimension, so the tables share their margins: the total, one
table a dimension, one table a pair of dimensions. A *line* is a margin with the cells that add up
to it; whoever knows all of a line but one knows that one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

ABSENT = -1

Cells = NDArray[np.intp]


@dataclass(frozen=True)
class LinkedTables:
    """The tables over dimensions with so many values each."""

    sizes: tuple[int, ...]

    @cached_property
    def tables(self) -> list[tuple[int, ...]]:
        """The dimensions of each table: none (the total), each, each pair."""
        dimensions = range(len(self.sizes))
        return [(), *((d,) for d in dimensions), *combinations(dimensions, 2)]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """The number of each table's first cell, then the number of all cells."""
        lengths = [int(np.prod([self.sizes[d] for d in table])) for table in self.tables]
        return np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.starts[-1])

    @cached_property
    def keys(self) -> NDArray[np.intp]:
        """The value of each cell in each dimension; ABSENT in those its table does not have."""
        keys = np.full((self.cells, len(self.sizes)), ABSENT, dtype=np.intp)
        for start, end, table in zip(self.starts, self.starts[1:], self.tables, strict=False):
            if table:
                shape = [self.sizes[d] for d in table]
                keys[start:end, table] = np.array(np.unravel_index(np.arange(end - start), shape)).T
        return keys

    def cells_of(self, codes: NDArray[np.intp]) -> Cells:
        """The cell of each person in each table, shape (people, tables).

        `codes`, shape (people, dimensions), are values; ABSENT puts a person in no cell of that
        dimension. A person who is ABSENT in every dimension is not in the total either.
        """
        found = np.full((len(codes), len(self.tables)), ABSENT, dtype=np.intp)
        for number, table in enumerate(self.tables):
            there = (codes[:, table] != ABSENT).all(axis=1) & (codes != ABSENT).any(axis=1)
            place = np.zeros(int(there.sum()), dtype=np.intp)
            for dimension in table:
                place = place * self.sizes[dimension] + codes[there, dimension]
            found[there, number] = self.starts[number] + place
        return found

    def at(self, keys: NDArray[np.intp]) -> Cells:
        """The number of each cell with these keys: the inverse of `keys`."""
        numbers = {table: number for number, table in enumerate(self.tables)}
        found = np.empty(len(keys), dtype=np.intp)
        for row, key in enumerate(keys):
            table = tuple(int(d) for d in np.flatnonzero(key != ABSENT))
            place = 0
            for dimension in table:
                place = place * self.sizes[dimension] + int(key[dimension])
            found[row] = self.starts[numbers[table]] + place
        return found

    @cached_property
    def lines(self) -> list[Cells]:
        """Each line's cells: the margin first, then the parts that add up to it."""
        return list(self._lines())

    def _lines(self) -> Iterator[Cells]:
        first = dict(zip(self.tables, self.starts.tolist(), strict=False))
        for d, size in enumerate(self.sizes):
            yield np.concatenate([[0], first[d,] + np.arange(size)])
        for d, e in combinations(range(len(self.sizes)), 2):
            grid = first[d, e] + np.arange(self.sizes[d] * self.sizes[e])
            grid = grid.reshape(self.sizes[d], self.sizes[e])
            for value, row in enumerate(grid):
                yield np.concatenate([[first[d,] + value], row])
            for value, column in enumerate(grid.T):
                yield np.concatenate([[first[e,] + value], column])
