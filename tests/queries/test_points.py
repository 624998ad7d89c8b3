import math

import pytest

from queries import points, runs
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate

AROUND_SLEEP = [(0.8, -0.4), (1.5, -0.4), (1.5, 0.4), (0.8, 0.4)]


@pytest.fixture(scope="module")
def run_id(world: Gate, notes: Collection) -> int:
    return runs.current_or_raise(world, notes).id


def test_every_mapped_row_is_a_point(world: Gate, notes: Collection, run_id: int) -> None:
    found = points.points(world, notes, run_id, "theme", Filters())
    assert list(found) == ["row_id", "x", "y", "theme_id", "colour"]
    assert (len(found), found["theme_id"].isna().sum()) == (90, 5)


@pytest.mark.parametrize(
    ("colour", "values"), [("owner", 3), ("mood", 3), ("tags", 6), ("time", 90)]
)
def test_points_are_coloured_by_any_role(
    world: Gate, notes: Collection, run_id: int, colour: str, values: int
) -> None:
    assert points.points(world, notes, run_id, colour, Filters())["colour"].nunique() == values


def test_a_sample_is_the_same_every_time(world: Gate, notes: Collection, run_id: int) -> None:
    first, second = (
        points.points(world, notes, run_id, "theme", Filters(), limit=10)["row_id"].tolist()
        for _ in range(2)
    )
    assert (len(first), first) == (10, second)


def test_filters_thin_the_points_but_not_the_extent(
    world: Gate, notes: Collection, run_id: int
) -> None:
    assert len(points.points(world, notes, run_id, "theme", Filters(owner="ben"))) == 30
    extent = points.extent(world, notes, run_id)
    assert extent is not None
    assert extent.rows == 90


def test_an_outline_holds_the_rows_within_it(world: Gate, notes: Collection, run_id: int) -> None:
    found = points.inside(world, notes, run_id, AROUND_SLEEP, Filters(), limit=4)
    assert (found.total, found.owners, len(found.rows)) == (14, 3, 4)
    assert set(found.rows["title"]) == {"Sleep"}
    assert found.rows["membership"].is_monotonic_decreasing


def test_a_hollow_outline_leaves_out_its_notch(world: Gate, notes: Collection, run_id: int) -> None:
    around_all_but_sleep = [
        (-3, -3),
        (3, -3),
        (3, -0.5),
        (0.7, -0.5),
        (0.7, 0.5),
        (3, 0.5),
        (3, 3),
        (-3, 3),
    ]
    assert points.inside(world, notes, run_id, around_all_but_sleep, Filters()).total == 75


def test_an_outline_around_nothing_is_empty(world: Gate, notes: Collection, run_id: int) -> None:
    found = points.inside(world, notes, run_id, [(8, 8), (9, 8), (9, 9)], Filters())
    assert (found.total, found.rows.empty) == (0, True)


@pytest.mark.parametrize("outline", [[(0, 0), (1, 1)], [(0, 0), (1, math.nan), (2, 2)]])
def test_what_is_no_outline_is_refused(
    world: Gate, notes: Collection, run_id: int, outline: list[tuple[float, float]]
) -> None:
    with pytest.raises(ValueError, match="outline"):
        points.inside(world, notes, run_id, outline, Filters())
