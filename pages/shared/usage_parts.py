"""The parts of Usage: each reads released cells and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import address, cached, release_table, words
from queries.gate import Gate

WEEK, DAYS, MONTH = "_usage", "_usage_by_day", "_usage_4_weeks"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKS_SHOWN = 26
BLOCK = 420  # pixels: two stand side by side on a small laptop, one on a tablet
OWN = "northlight"
TITLES = {OWN: "Northlight itself", "responses": "Coaching", "content": "Community"}


@dataclass(frozen=True)
class Shown:
    """One week: its release and cells, and those by day and of four weeks, where they are."""

    release: Any
    cells: pd.DataFrame
    days: pd.DataFrame | None
    month: pd.DataFrame | None
    month_release: Any

    @property
    def few(self) -> str:
        """What stands for a number that is not shown."""
        return release_table.hidden(self.release.rule)


def of_usage(releases: pd.DataFrame) -> pd.DataFrame:
    """The latest revision of each release of usage, with `system` and `kind`."""
    told = releases["collection"].str.extract(
        r"^(?P<system>.+?)(?P<kind>_usage(?:_by_day|_4_weeks)?)$"
    )
    found = releases.assign(**told).dropna(subset=["system"])
    last = found["system"] == OWN  # people come for the programmes first
    return (
        found.assign(last=last)
        .sort_values("last", kind="stable")
        .drop_duplicates(["collection", "week"])
    )


def weeks_of(found: pd.DataFrame, system: str) -> list[date]:
    """The Mondays that a system's usage was released of, the latest first."""
    return found[(found["system"] == system) & (found["kind"] == WEEK)]["week"].tolist()


def title(system: str) -> str:
    """A system for people."""
    return TITLES.get(system, system.replace("_", " ").capitalize())


def spelled(week: date) -> str:
    """A Monday for people."""
    return words.day(week)


def chosen(gate: Gate, found: pd.DataFrame, system: str, week: date) -> Shown:
    """Everything released about that week."""
    own = found[found["system"] == system]
    release = _first(own[(own["kind"] == WEEK) & (own["week"] == week)])
    days = _first(own[(own["kind"] == DAYS) & (own["week"] == week)])
    month = _first(own[(own["kind"] == MONTH) & (own["week"] <= week)])
    return Shown(release, _cells(gate, release), _cells(gate, days), _cells(gate, month), month)


def headline(shown: Shown) -> None:
    """Active people in the week and in the four weeks that were released last."""
    total = _total(shown.cells)
    with st.container(horizontal=True):
        _metric("Active in the week", total.people_rounded, total.rows_rounded, shown.few)
        if shown.month is not None:
            month = _total(shown.month)
            label = f"Active in four weeks from {words.day(shown.month_release.week)}"
            _metric(label, month.people_rounded, month.rows_rounded, shown.few)


def over_weeks(gate: Gate, found: pd.DataFrame, system: str) -> None:
    """Active people of each released week, and those of them who were there the week before."""
    st.subheader("Week by week")
    own = found[(found["system"] == system) & (found["kind"] == WEEK)].head(WEEKS_SHOWN)
    series = pd.DataFrame(
        {"week": release.week, **_course(_cells(gate, release))} for release in own.itertuples()
    )
    drawn = series.dropna(subset=["active", "came back"], how="all")
    if drawn.empty:
        st.caption(
            "No released week has a number yet: each was of fewer people than the rule asks."
        )
        return
    lines = drawn.melt("week", var_name="who", value_name="people").dropna()
    st.line_chart(lines, x="week", y="people", color="who", x_label="", height=220)
    if len(drawn) < len(series):
        st.caption(f"{len(series) - len(drawn)} of {len(series)} weeks have no number to show.")


def by_day(shown: Shown) -> None:
    """Active people of each day."""
    if shown.days is None:
        return
    active = shown.days[(shown.days["value1"] == "active") & shown.days["dim2"].isna()]
    people = active.set_index("dim1")["people_rounded"].reindex(WEEKDAYS)
    _bars(pd.DataFrame({"value": WEEKDAYS, "people": people.to_list()}), "by day", shown.few)


def dimensions(shown: Shown) -> None:
    """Each thing people are counted by; the steps as a funnel."""
    for name, cells in _margins(shown.cells):
        table = pd.DataFrame({"value": cells["value1"], "people": cells["people_rounded"]})
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


def _course(cells: pd.DataFrame) -> dict[str, Any]:
    back = cells[(cells["value1"] == "also in the time before") & cells["dim2"].isna()]
    return {
        "active": _number(_total(cells).people_rounded),
        "came back": _number(back["people_rounded"].iat[0]) if len(back) else None,
    }


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


def _metric(label: str, people: Any, rows: Any, few: str) -> None:
    below = "" if pd.isna(rows) else f"{rows:,} actions"
    told = _told(people, few)
    st.metric(label, told, below or None, "off", delta_arrow="off", border=True, width=280)


def _told(number: Any, few: str) -> str:
    return few if pd.isna(number) else f"{int(number):,}"


def _number(number: Any) -> float | None:
    return None if pd.isna(number) else float(number)


def _total(cells: pd.DataFrame) -> Any:
    return next(cells[cells["dim1"].isna()].itertuples())


def _first(releases: pd.DataFrame) -> Any:
    return next(releases.itertuples(), None)


def _cells(gate: Gate, release: Any) -> pd.DataFrame | None:
    return None if release is None else cached.release_cells(gate.identity, release.id, gate)
