"""Membership in an outline, against arithmetic on whole numbers that rounds nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import column, func, select, table, text

from queries.gate import Gate, writing
from queries.maps import outlines
from queries.maps.outlines import NoOutline, Outline

POLYGONS = 1000
FINE = 1024  # coordinates are multiples of 1/1024: exact in single precision
PLACES = table("places", column("id"), column("x"), column("y"), schema="public")

Whole = NDArray[np.int64]


def exactly_inside(corners: Whole, points: Whole) -> NDArray[np.bool_]:
    """The nonzero rule on whole numbers, the line itself included. Shapes (k, 2) and (n, 2)."""
    winding, on_line = np.zeros(len(points), np.int64), np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        px, py = points.T
        side = (x2 - x1) * (py - y1) - (px - x1) * (y2 - y1)
        winding += ((y1 <= py) & (y2 > py) & (side > 0)).astype(int)
        winding -= ((y1 > py) & (y2 <= py) & (side < 0)).astype(int)
        beside = (np.minimum(x1, x2) <= px) & (px <= np.maximum(x1, x2))
        beside &= (np.minimum(y1, y2) <= py) & (py <= np.maximum(y1, y2))
        on_line |= (side == 0) & beside
    return (winding != 0) | on_line


@pytest.fixture(scope="module")
def places(gate: Gate) -> Whole:
    """400 points on a coarse grid, so that many stand on lines and corners."""
    random = np.random.default_rng(3)
    points = random.integers(-20, 21, (400, 2)) * (FINE // 4)
    points += random.integers(-1, 2, (400, 2)) * random.integers(0, 2, (400, 1))
    with writing(gate.engine) as connection:
        connection.execute(text("CREATE TABLE public.places (id integer, x real, y real)"))
        connection.execute(
            text("INSERT INTO public.places VALUES (:id, :x, :y)"),
            [
                {"id": number, "x": x / FINE, "y": y / FINE}
                for number, (x, y) in enumerate(points.tolist())
            ],
        )
    return points


def drawn(random: np.random.Generator) -> Whole:
    """A random closed line, mostly one that crosses itself; on the grid or anywhere."""
    count = int(random.integers(3, 40))
    corners = random.integers(-22 * FINE // 4, 22 * FINE // 4, (count, 2))
    return corners // (FINE // 4) * (FINE // 4) if random.random() < 0.5 else corners


def test_a_thousand_outlines_hold_exactly_what_whole_numbers_say(gate: Gate, places: Whole) -> None:
    random = np.random.default_rng(11)
    shapes = [drawn(random) for _ in range(POLYGONS)]
    with writing(gate.engine) as connection:
        for shape in shapes:
            outline = Outline(tuple((x / FINE, y / FINE) for x, y in shape.tolist()))
            held = func.array_agg(PLACES.c.id).filter(outlines.inside(PLACES, (outline,)))
            found = connection.execute(select(held)).scalar() or []
            assert sorted(found) == np.flatnonzero(exactly_inside(shape, places)).tolist()


finite = st.floats(-1e6, 1e6, width=32)
corner = st.tuples(finite, finite)
outline = st.builds(
    Outline, st.lists(corner, min_size=3, max_size=20).map(tuple), takes=st.booleans()
)


@given(st.lists(outline, max_size=5).map(tuple))
def test_a_selection_comes_back_from_its_text(selection: outlines.Selection) -> None:
    assert outlines.decoded(outlines.encoded(selection)) == selection


@pytest.mark.parametrize("code", ["!", "AAAA", "AAUA", "A" * 9000, "ä"])
def test_a_damaged_text_is_a_sentence(code: str) -> None:
    with pytest.raises(NoOutline, match="no selection"):
        outlines.decoded(code)


@pytest.mark.parametrize(
    "corners", [((0, 0), (1, 1)), ((0, 0), (1, math.nan), (2, 2)), ((0, 0),) * 501]
)
def test_what_is_no_outline_is_refused(corners: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(NoOutline):
        outlines.checked([Outline(corners)])


def test_a_hand_drawn_lasso_of_forty_corners_is_short_in_an_address() -> None:
    lasso = Outline(tuple((math.cos(n), math.sin(n)) for n in range(40)))
    assert len(outlines.encoded((lasso,))) < 450
