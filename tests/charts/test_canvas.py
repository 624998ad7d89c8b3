import numpy as np
import pandas as pd
import pytest

from charts import canvas
from charts.canvas import Class, Corners, Label

CORNERS = Corners(0, 10, 0, 10)
RED = Class("red", 2, "#f00", "#f88")


def payload(points: pd.DataFrame, classes: list[int]) -> bytes:
    label = Label("Théme", 5, 5, 2, 0)
    return canvas.encoded(points, np.array(classes, np.uint8), [RED], [label], CORNERS)


def test_a_point_takes_five_bytes() -> None:
    one, three = (payload(pd.DataFrame({"x": [1.0] * n, "y": [2.0] * n}), [0] * n) for n in (1, 3))
    assert len(three) - len(one) == 10


def test_places_are_shares_of_the_extent() -> None:
    data = payload(pd.DataFrame({"x": [0.0, 10.0], "y": [5.0, 20.0]}), [0, 0])
    numbers = np.frombuffer(data[-10:-2], "<u2").tolist()
    assert numbers == [0, 65535, 32768, 65535]


def test_the_header_tells_classes_labels_and_corners() -> None:
    header = canvas.decoded_header(payload(pd.DataFrame({"x": [1.0], "y": [1.0]}), [0]))
    assert header["count"] == 1
    assert header["classes"][0]["dark"] == "#f88"
    assert header["labels"][0]["name"] == "Théme"
    assert header["corners"] == {"x0": 0, "x1": 10, "y0": 0, "y1": 10}


def test_the_numbers_start_at_an_even_place() -> None:
    data = payload(pd.DataFrame({"x": [1.0], "y": [1.0]}), [0])
    assert int.from_bytes(data[:4], "little") % 4 == 0


def test_a_class_for_each_point_is_demanded() -> None:
    with pytest.raises(ValueError, match="2 points but 1 classes"):
        payload(pd.DataFrame({"x": [1.0, 2.0], "y": [1.0, 2.0]}), [0])


def test_a_single_point_still_has_room_around_it() -> None:
    corners = Corners.around(3, 3, 3, 3)
    assert corners.x1 > corners.x0


def test_other_points_have_another_stamp() -> None:
    first, second = (payload(pd.DataFrame({"x": [x], "y": [1.0]}), [0]) for x in (1.0, 2.0))
    assert canvas.stamp(first) != canvas.stamp(second)
