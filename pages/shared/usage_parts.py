"""The parts of Usage: each reads released cells and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from charts.usage import over_time as people_over_time
from pages.shared import address, cached, release_table, words
from queries.gate import Gate

WHOLE, PARTS = ("_usage", "_usage_4_weeks"), ("_usage_by_day", "_usage_4_weeks_by_week")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIMES_SHOWN = 26
BLOCK = 400  # pixels: two stand side by side on a small laptop, one on a tablet
OWN = "northlight"
TITLES = {OWN: "Northlight itself", "responses": "Coaching", "content": "Community"}
STRETCH = {1: "the week", 4: "four weeks"}


@dataclass(frozen=True)
class Shown:
    """One release and its cells, and the cells of its days or weeks, where they are."""

    release: Any
    cells: pd.DataFrame
    parts: pd.DataFrame | None

    @property
    def few(self) -> str:
        """What stands for a number that is not shown."""
        return release_table.hidden(self.release.rule)


def of_usage(releases: pd.DataFrame) -> pd.DataFrame:
    """The latest revision of each release of usage, with `system` and `kind`."""
    told = releases["collection"].str.extract(
        r"^(?P<system>.+?)(?P<kind>_usage(?:_4_weeks)?(?:_by_day|_by_week)?)$"
    )
    found = releases.assign(**told).dropna(subset=["system"])
    last = found["system"] == OWN  # people come for the programmes first
    return (
        found.assign(last=last)
        .sort_values("last", kind="stable")
        .drop_duplicates(["collection", "week"])
    )


def of_system(found: pd.DataFrame, system: str) -> pd.DataFrame:
    """The releases of a system's usage, the latest first; not those by day or by week."""
    return found[(found["system"] == system) & found["kind"].isin(WHOLE)]


def title(system: str) -> str:
    """A system for people."""
    return TITLES.get(system, system.replace("_", " ").capitalize())


def chosen(gate: Gate, found: pd.DataFrame, release: Any) -> Shown:
    """Everything released about that time."""
    beside = found[(found["system"] == release.system) & found["kind"].isin(PARTS)]
    same = beside[(beside["week"] == release.week) & (beside["weeks"] == release.weeks)]
    parts = next(same.itertuples(), None)
    return Shown(release, _cells(gate, release), None if parts is None else _cells(gate, parts))


def headline(shown: Shown) -> None:
    """Active people and what they did."""
    total = _total(shown.cells)
    label = f"Active in {STRETCH[shown.release.weeks]}"
    below = "" if pd.isna(total.rows_rounded) else f"{total.rows_rounded:,} actions"
    told = _told(total.people_rounded, shown.few)
    st.metric(label, told, below or None, "off", delta_arrow="off", border=True, width=280)


def over_time(gate: Gate, found: pd.DataFrame, system: str) -> None:
    """Active people of each released time, and those of them who were there the time before."""
    st.subheader("Over time")
    own = found[found["system"] == system].groupby("kind").head(TIMES_SHOWN)
    points = [point for release in own.itertuples() for point in _points(gate, release)]
    series = pd.DataFrame(points, columns=["week", "who", "people"])
    lines = series.dropna()
    if lines.empty:
        st.caption(
            "No released time has a number yet: each was of fewer people than the rule asks."
        )
        return
    st.vega_lite_chart(lines, people_over_time(lines), height=340)
    if len(lines) < len(series):
        st.caption(f"{len(series) - len(lines)} of {len(series)} points have no number to show.")


def by_part(shown: Shown) -> None:
    """Active people of each day of the week, or of each of the four weeks and by their day."""
    if shown.parts is None:
        return
    active = shown.parts[(shown.parts["value1"] == "active") & shown.parts["dim2"].isna()]
    people = active.set_index("dim1")["people_rounded"]
    if shown.release.weeks == 1:
        told = pd.DataFrame({"value": WEEKDAYS, "people": people.reindex(WEEKDAYS).to_list()})
        _bars(told, "by day", shown.few)
        return
    begins = [words.day(_week(shown.release, number)) for number in range(1, 5)]
    _bars(pd.DataFrame({"value": begins, "people": people.to_list()}), "by week of", shown.few)
    days = dict(_margins(shown.parts))["mostly on"]
    _bars(_table(days), "mostly on", shown.few)


def dimensions(shown: Shown) -> None:
    """Each thing people are counted by; the steps as a funnel."""
    for name, cells in _margins(shown.cells):
        table = _table(cells)
        _bars(_funnel(table) if name == "got to" else table, name, shown.few)


def crossed(shown: Shown) -> None:
    """A table of two things at once."""
    names = [name for name, _ in _margins(shown.cells)]
    with st.container(horizontal=True):
        down = address.choice("Down", names, "down")
        across = address.choice("Across", [name for name in names if name != down], "across")
    first, second = sorted((down, across), key=names.index)
    cells = shown.cells[(shown.cells["dim1"] == first) & (shown.cells["dim2"] == second)]
    told = cells.assign(people=cells["people_rounded"].map(lambda n: _told(n, shown.few)))
    rows, columns = ("value1", "value2") if down == first else ("value2", "value1")
    st.dataframe(told.pivot(index=rows, columns=columns, values="people").rename_axis(down))


def _margins(cells: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    single = cells[cells["dim1"].notna() & cells["dim2"].isna()]
    for name in dict.fromkeys(single["dim1"]):
        yield name, single[single["dim1"] == name]


def _funnel(table: pd.DataFrame) -> pd.DataFrame:
    """Who got to a step or further; missing where a part of the sum is."""
    reached = table["people"][::-1].cumsum(skipna=False)[::-1]
    return table.assign(people=reached)


def _table(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"value": cells["value1"], "people": cells["people_rounded"]})


def _points(gate: Gate, release: Any) -> Iterator[tuple[Any, str, float | None]]:
    """Of a release: the Monday, whose number it is, and the number."""
    cells, stretch = _cells(gate, release), STRETCH[release.weeks]
    if release.kind in WHOLE:
        yield release.week, f"active in {stretch}", _number(_total(cells).people_rounded)
        back = cells[(cells["value1"] == "also in the time before") & cells["dim2"].isna()]
        yield release.week, f"of them in {stretch} before", _number(back["people_rounded"].iat[0])
    elif release.weeks > 1:
        weeks = cells[(cells["value1"] == "active") & cells["dim2"].isna()]["people_rounded"]
        for number, people in enumerate(weeks, 1):
            yield _week(release, number), f"active in {STRETCH[1]}", _number(people)


def _week(release: Any, number: int) -> Any:
    return release.week + timedelta(weeks=number - 1)


def _bars(table: pd.DataFrame, label: str, few: str) -> None:
    """A block with one row a value: the number and a bar; or that every number is too small."""
    people = table["people"].astype("Float64")
    if people.isna().all():
        with st.container(width=BLOCK):
            st.subheader(label.capitalize())
            st.caption(f"{', '.join(map(str, table['value']))}: each {few}.")
        return
    shown = pd.DataFrame(
        {
            "value": table["value"].to_list(),
            "people": [_told(number, few) for number in people],
            "bar": people.to_list(),
        }
    )
    bar = st.column_config.ProgressColumn(
        "", format=" ", min_value=0, max_value=float(people.max())
    )
    config = {"value": label.capitalize(), "people": "People", "bar": bar}
    with st.container(width=BLOCK):
        st.subheader(label.capitalize())
        st.dataframe(shown, hide_index=True, height="content", column_config=config)


def _told(number: Any, few: str) -> str:
    return few if pd.isna(number) else f"{int(number):,}"


def _number(number: Any) -> float | None:
    return None if pd.isna(number) else float(number)


def _total(cells: pd.DataFrame) -> Any:
    return next(cells[cells["dim1"].isna()].itertuples())


def _cells(gate: Gate, release: Any) -> pd.DataFrame:
    return cached.release_cells(gate.identity, release.id, gate)
