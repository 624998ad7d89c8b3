"""All themes of a collection: a table in two levels, and the largest over time."""

import pandas as pd
import streamlit as st

from charts.theme_colours import families
from charts.trend import trend_chart
from pages.shared import (
    address,
    cached,
    cached_map,
    cached_themes,
    digest,
    figure,
    hits,
    messages,
    words,
)
from pages.shared.scope import Scope
from queries.maps.runs import Run

LINES = 6
OPENER = 300  # pixels: a line of its own on a phone
LEVELS = ("Upper themes", "All themes")


def show(scope: Scope, run: Run, themes: pd.DataFrame) -> None:
    """The table; a click on a theme opens it."""
    found = cached_map.mapped(scope)
    upper = themes[themes["parent_id"].isna()]
    finer = len(themes) - len(upper)
    st.markdown(
        f"**{words.count(len(upper), 'theme')}** above **{finer:,} finer ones**, found in "
        f"{words.count(found.rows, 'row')}; {words.share(found.unsorted, found.rows)} are unsorted."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = address.choice(
            "Show",
            LEVELS,
            "level",
            widget=st.segmented_control,
            required=True,
            label_visibility="collapsed",
        )
        with st.container(width=OPENER):
            _opener(themes)
        listed = listing(upper if level == LEVELS[0] else _in_families(themes), themes, found.rows)
        hits.export(listed, f"{scope.collection.name}-themes")
    _table(with_trend(scope, with_change(scope, listed)))
    st.subheader("Over time")
    lines(scope, upper.head(LINES))
    st.caption(
        f"Run {run.id} of {words.day(run.created_at)}. Sizes count all rows that you may read; "
        "filters apply to the rows of an opened theme."
    )


def _opener(themes: pd.DataFrame) -> None:
    """A theme by its name: the table's rows cannot be chosen by the keyboard (Streamlit 1.67)."""
    names = dict(zip(themes["id"].astype(int), themes["name"], strict=True))
    chosen = st.selectbox(
        "Open a theme",
        list(names),
        None,
        names.__getitem__,
        label_visibility="collapsed",
        placeholder="Open a theme by its name",
    )
    if chosen is not None:
        st.query_params["theme"] = str(chosen)
        st.rerun()


def listing(shown: pd.DataFrame, themes: pd.DataFrame, mapped: int) -> pd.DataFrame:
    """One row a theme, as shown and exported."""
    names = themes.set_index("id")["name"]
    columns = {
        "id": shown["id"],
        "theme": shown["name"],
        "part of": shown["parent_id"].map(names),
        "rows": shown["size"],
        "owners": shown["owners"],
        "share": 100 * shown["size"] / max(mapped, 1),
        "terms": shown["terms"],
        "stability": shown["stability"],
        "named by": shown["named_by"],
        "state": shown["state"],
    }
    return pd.DataFrame(columns).dropna(axis="columns", how="all").reset_index(drop=True)


def with_change(scope: Scope, listed: pd.DataFrame) -> pd.DataFrame:
    """The table with how each theme's share of people changed lately, and the interval of that."""
    told = cached_themes.trends(scope)
    if not any(told.values()):
        return listed
    changes = [
        f"{points(c.after - c.before)} ({points(c.low)} to {points(c.high)})"
        if c is not None
        else None
        for c in (told.get(int(theme)) for theme in listed["id"])
    ]
    after = listed.columns.get_loc("share") + 1
    listed = listed.copy()
    listed.insert(after, "change", pd.Series(changes, index=listed.index))
    return listed


def points(share: float) -> str:
    """A difference of shares in whole percentage points, never "-0"."""
    return f"{round(100 * share):+d}"


def with_trend(scope: Scope, listed: pd.DataFrame) -> pd.DataFrame:
    """The table with a small line a theme, where the collection has a time."""
    if not scope.collection.time or listed.empty:
        return listed
    trend = cached.trend(scope, tuple(listed["id"].tolist()), digest.period_for(cached.span(scope)))
    wide = trend.pivot_table(index="period", columns="theme_id", values="rows", fill_value=0)
    course = [wide[id].tolist() if id in wide else [] for id in listed["id"]]
    after = listed.columns.get_loc("share") + 1
    listed = listed.copy()
    listed.insert(after, "trend", pd.Series(course, index=listed.index))
    return listed


def lines(scope: Scope, themes: pd.DataFrame) -> None:
    """The given themes as lines over time."""
    if not scope.collection.time:
        messages.not_declared(
            "This collection declares no time.",
            f"Name the column as `time` in `{scope.collection.name}.toml` to follow themes.",
        )
        return
    period = digest.period_for(cached.span(scope))
    trend = cached.trend(scope, tuple(themes["id"].tolist()), period)
    if trend.empty:
        messages.nothing_found("No row of these themes has a time.", "There is nothing to follow.")
        return
    names = dict(zip(themes["id"], themes["name"], strict=True))
    of = families(cached.themes(scope))
    drawn = trend_chart(trend, names, period, of, dark=figure.is_dark())
    figure.draw(drawn, "trend", f"Rows a {period} of the themes")


def _table(listed: pd.DataFrame) -> None:
    chosen = st.dataframe(
        listed.drop(columns=["id"]),
        hide_index=True,
        key="listed",
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(listed) <= 15 else 520,
        column_config={
            "theme": st.column_config.TextColumn("Theme", width="medium"),
            "part of": "Part of",
            "rows": st.column_config.NumberColumn("Rows", format="localized"),
            "share": st.column_config.ProgressColumn(
                "Share of rows",
                width=120,
                format="%.1f%%",
                min_value=0,
                max_value=float(listed["share"].max()),
            ),
            "owners": st.column_config.NumberColumn("Owners", format="localized"),
            "terms": st.column_config.ListColumn("Terms", width="large"),
            "stability": st.column_config.NumberColumn(
                "Stability",
                format="%.2f",
                help="Share of the theme found again when the rows are drawn anew; 1 is best.",
            ),
            "change": st.column_config.TextColumn(
                "Change, points",
                help="In the share of the people writing who wrote of it: the last four weeks "
                "against the four before, with the 95% interval.",
            ),
            "named by": "Named by",
            "state": "State",
            "trend": st.column_config.LineChartColumn("Over time", y_min=0),
        },
    )
    for position in chosen["selection"]["rows"]:
        st.query_params["theme"] = str(listed["id"].iat[position])
        st.rerun()


def _in_families(themes: pd.DataFrame) -> pd.DataFrame:
    """Each upper theme followed by its finer ones, the largest family first."""
    place = {id: position for position, id in enumerate(themes["id"])}
    family = themes["parent_id"].where(themes["parent_id"].notna(), themes["id"]).map(place)
    return themes.assign(family=family).sort_values("family", kind="stable").drop(columns="family")
