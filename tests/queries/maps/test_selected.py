import pytest

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.maps import runs
from queries.maps.outlines import Outline, Selection
from queries.maps.selected import inside
from queries.search import search

AROUND_SLEEP = Outline(((0.8, -0.4), (1.5, -0.4), (1.5, 0.4), (0.8, 0.4)))
EVERYTHING = Outline(((-3, -3), (3, -3), (3, 3), (-3, 3)))
NOWHERE = Outline(((8, 8), (9, 8), (9, 9)))


@pytest.fixture(scope="module")
def run_id(world: Gate, notes: Collection) -> int:
    return runs.current_or_raise(world, notes).id


def test_an_outline_holds_the_rows_within_it(world: Gate, notes: Collection, run_id: int) -> None:
    found = inside(world, notes, run_id, (AROUND_SLEEP,), Filters(), limit=4)
    assert (found.total, found.owners, len(found.rows)) == (14, 3, 4)
    assert set(found.rows["title"]) == {"Sleep"}
    assert found.rows["membership"].is_monotonic_decreasing
    assert found.themes["rows"].tolist() == [14]


def taken(outline: Outline) -> Outline:
    return Outline(outline.corners, takes=True)


@pytest.mark.parametrize(
    ("selection", "rows"),
    [
        ((EVERYTHING,), 90),
        ((EVERYTHING, taken(AROUND_SLEEP)), 76),
        ((NOWHERE, AROUND_SLEEP), 14),
        ((EVERYTHING, taken(EVERYTHING), AROUND_SLEEP), 14),
        ((taken(EVERYTHING),), 0),
        ((NOWHERE,), 0),
    ],
)
def test_outlines_add_and_take_away_one_after_the_other(
    world: Gate, notes: Collection, run_id: int, selection: Selection, rows: int
) -> None:
    assert inside(world, notes, run_id, selection, Filters()).total == rows


@pytest.mark.parametrize("selection", [(AROUND_SLEEP,), (EVERYTHING, taken(AROUND_SLEEP))])
def test_a_filter_on_everybody_changes_nothing(
    world: Gate, notes: Collection, run_id: int, selection: Selection
) -> None:
    moods = Filters(equals=(("mood", ("calm", "tired", "proud")),))
    one, other = (inside(world, notes, run_id, selection, f) for f in (Filters(), moods))
    assert (one.total, one.owners) == (other.total, other.owners)
    assert one.rows["row_id"].tolist() == other.rows["row_id"].tolist()


def test_a_search_can_be_kept_within_a_selection(world: Gate, notes: Collection) -> None:
    only = Filters(outlines=(AROUND_SLEEP,))
    found = search.search(world, notes, "week", None, only, "words", 50)
    assert 0 < len(found.hits) <= 14
    assert only.sentence(notes) == "within an outline on the map"
