import pytest
from sqlalchemy import text

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, writing
from queries.maps import points, runs
from queries.maps.points import Box


@pytest.fixture(scope="module")
def run_id(world: Gate, notes: Collection) -> int:
    return runs.current_or_raise(world, notes).id


def test_every_mapped_row_is_a_point(world: Gate, notes: Collection, run_id: int) -> None:
    found = points.points(world, notes, run_id, "theme", Filters())
    assert list(found) == ["row_id", "x", "y", "theme_id", "time", "colour"]
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


def test_rows_on_the_map_and_in_no_theme_are_counted(world: Gate, notes: Collection) -> None:
    assert points.mapped(world, notes) == points.Mapped(90, 5)


def test_filters_thin_the_points_but_not_the_extent(
    world: Gate, notes: Collection, run_id: int
) -> None:
    assert len(points.points(world, notes, run_id, "theme", Filters(owner="ben"))) == 30
    extent = points.extent(world, notes, run_id)
    assert extent is not None
    assert extent.rows == 90


def test_a_part_of_the_map_has_the_points_that_stand_there(
    world: Gate, notes: Collection, run_id: int
) -> None:
    right = Box(0.8, 1.5, -0.4, 0.4)
    found = points.points(world, notes, run_id, "theme", Filters(), box=right)
    assert (len(found), found["x"].min() >= 0.8) == (14, True)
    owned = points.points(world, notes, run_id, "theme", Filters(owner="ben"), box=right)
    assert 0 < len(owned) < 14


def test_a_sample_with_and_without_filters_is_in_the_same_order(
    world: Gate, notes: Collection, run_id: int
) -> None:
    every = points.points(world, notes, run_id, "theme", Filters())["row_id"].tolist()
    mine = points.points(world, notes, run_id, "theme", Filters(owner="ben"))["row_id"].tolist()
    assert [row for row in every if row in set(mine)] == mine


def test_rows_are_found_where_they_stand(world: Gate, notes: Collection, run_id: int) -> None:
    found = points.places(world, notes, run_id, ["1", "46", "nosuch"])
    assert sorted(found["row_id"]) == ["1", "46"]


def test_rows_that_wait_for_the_map_are_counted_without_those_that_never_will_be(
    world: Gate, notes: Collection, run_id: int
) -> None:
    assert points.waiting(world, notes, run_id) == 0  # note 91 is empty
    with writing(world.engine) as connection:
        connection.execute(text("INSERT INTO public.notes (id, body) VALUES (400, 'new here')"))
    assert points.waiting(world, notes, run_id) == 1
    with writing(world.engine) as connection:
        connection.execute(text("DELETE FROM public.notes WHERE id = 400"))
