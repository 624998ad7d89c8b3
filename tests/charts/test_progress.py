import pandas as pd

from charts import palette
from charts.progress import association_figure, funnel_figure, histogram_figure, trajectory_figure


def test_the_funnel_begins_with_all_and_marks_the_period_before() -> None:
    rows = pd.DataFrame(
        {
            "status": ["completed", "started"],
            "sessions": [3, 1],
            "sessions_before": [5, 2],
            "share": [0.75, 0.25],
        }
    )
    bar, before = funnel_figure(rows).data
    assert list(bar.y) == ["begun, 100%", "completed, 75%", "not ended, 25%"]
    assert list(bar.x) == [4, 3, 1]
    assert list(before.x) == [7, 5, 2]


def test_one_streak_of_a_day_is_not_drawn_as_wide_as_the_page() -> None:
    assert histogram_figure([1, 1], "days").layout.xaxis.range == (0.5, 7.5)
    assert histogram_figure([], "days").layout.xaxis.range == (0.5, 7.5)


def test_a_trajectory_has_the_period_before_beside_it_where_there_is_one() -> None:
    weeks = pd.DataFrame({"week": pd.date_range("2026-06-01", periods=2), "mean": [0.1, 0.2]})
    weeks = weeks.assign(low=float("nan"), high=float("nan"), people=3, before=[0.0, None])
    names = [trace.name for trace in trajectory_figure(weeks, "sentiment").data]
    assert names == ["this period", "the period before"]
    alone = trajectory_figure(weeks.assign(before=float("nan")), "sentiment")
    assert [trace.name for trace in alone.data] == ["this period"]


def test_associations_have_the_colour_of_what_they_go_with() -> None:
    rows = [("Answers", f"rising {name}", name, 0.2, -0.1, 0.5, 20) for name in SHOWN]
    columns = ["what", "goes with", "measure", "rho", "low", "high", "people"]
    figure = association_figure(pd.DataFrame(rows, columns=columns))
    assert [trace.marker.color for trace in figure.data] == list(palette.LIGHT[:2])
    assert figure.data[0].error_x.array[0] == 0.5 - 0.2


SHOWN = ("sentiment", "confidence")
