import numpy as np
import pandas as pd
import pytest

from charts import canvas
from charts.canvas import Class, Corners, Frame, Label

CORNERS = Corners(0, 10, 0, 10)
RED = Class("red", 2, "#f00", "#f88")
LABELS = [Label(7, "Théme", 5, 5, 2, 0), Label(9, "finer", 5, 5, 1, 1, parent=7)]
FRAME = Frame(3, 2, CORNERS, [RED], LABELS)


def drawn(**columns: list[object]) -> pd.DataFrame:
    rows = len(columns["x"])
    usual = {"theme_id": [None] * rows, "time": pd.Series([pd.NaT] * rows)}
    return pd.DataFrame(usual | columns)


def payload(points: pd.DataFrame, classes: list[int]) -> bytes:
    return canvas.encoded(points, np.array(classes, np.uint8), FRAME)


def test_a_point_takes_seven_bytes_and_two_more_with_a_time() -> None:
    one, three = (payload(drawn(x=[1.0] * n, y=[2.0] * n), [0] * n) for n in (1, 3))
    assert len(three) - len(one) == 14
    two, four = (
        payload(drawn(x=[1.0] * n, y=[2.0] * n, time=list(DAYS[:2]) * (n // 2)), [0] * n)
        for n in (2, 4)
    )
    assert len(four) - len(two) == 18


DAYS = pd.date_range("2026-01-01", periods=3, tz="UTC")


def test_places_are_shares_of_the_extent() -> None:
    data = payload(drawn(x=[0.0, 10.0], y=[5.0, 20.0]), [0, 0])
    numbers = np.frombuffer(data[-14:-6], "<u2").tolist()
    assert numbers == [0, 65535, 32768, 65535]


def test_themes_are_places_among_the_labels() -> None:
    data = payload(drawn(x=[1.0] * 3, y=[1.0] * 3, theme_id=[9, 7, None]), [0] * 3)
    assert np.frombuffer(data[-9:-3], "<u2").tolist() == [1, 0, canvas.NONE]


def test_moments_go_from_the_earliest_to_the_latest() -> None:
    data = payload(drawn(x=[1.0] * 4, y=[1.0] * 4, time=[*DAYS, pd.NaT]), [0] * 4)
    assert np.frombuffer(data[-12:-4], "<u2").tolist() == [0, 32767, canvas.LAST, canvas.NONE]
    span = canvas.decoded_header(data)["time"]
    assert span["until"] - span["from"] == 2 * 86_400_000


def test_the_header_tells_classes_labels_and_corners() -> None:
    header = canvas.decoded_header(payload(drawn(x=[1.0], y=[1.0]), [0]))
    assert header["count"] == 1
    assert header["classes"][0]["dark"] == "#f88"
    assert header["labels"][0]["name"] == "Théme"
    assert header["corners"] == {"x0": 0, "x1": 10, "y0": 0, "y1": 10}


def test_the_numbers_start_at_an_even_place() -> None:
    data = payload(drawn(x=[1.0], y=[1.0]), [0])
    assert int.from_bytes(data[:4], "little") % 4 == 0


def test_a_class_for_each_point_is_demanded() -> None:
    with pytest.raises(ValueError, match="2 points but 1 classes"):
        payload(drawn(x=[1.0, 2.0], y=[1.0, 2.0]), [0])


def test_a_single_point_still_has_room_around_it() -> None:
    corners = Corners.around(3, 3, 3, 3)
    assert corners.x1 > corners.x0


def test_other_points_have_another_stamp() -> None:
    first, second = (payload(drawn(x=[x], y=[1.0]), [0]) for x in (1.0, 2.0))
    assert canvas.stamp(first) != canvas.stamp(second)
