from charts import palette
from charts.contrast import Interval, contrast_chart

FOUND = [Interval("sleep", -4.0, -6.0, -2.0), Interval("work", 3.0, 1.0, 5.5)]


def test_a_difference_is_in_the_colour_of_the_group_that_writes_more_with_its_interval() -> None:
    chart = contrast_chart(FOUND, "A", "B")
    assert list(chart["data"]["more"]) == ["more in A", "more in B"]
    assert list(chart["data"]["reach"]) == ["-6.0 to -2.0", "+1.0 to +5.5"]
    scale = chart["layer"][1]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        "more in A": palette.LIGHT[0],
        "more in B": palette.LIGHT[1],
    }


def test_zero_is_marked() -> None:
    assert contrast_chart(FOUND, "A", "B")["layer"][0]["encoding"]["x"] == {"datum": 0}


def test_nought_has_no_sign_on_the_axis() -> None:
    axis = contrast_chart(FOUND, "A", "B")["layer"][2]["encoding"]["x"]["axis"]
    assert axis["format"].startswith("+")
    assert axis["labelExpr"] == "datum.value ? datum.label : '0'"
