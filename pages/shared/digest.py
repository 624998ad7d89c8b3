"""The parts of Overview, each a sentence, a row of figures or a small chart."""

import pandas as pd
import streamlit as st

from pages.shared import cached, hits, messages, screens, words
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.collections.overview import Summary
from queries.errors import QueryError
from queries.rows.timeline import Span

THEMES = 6
VALUES = 6
FACETS = 3
FIGURE = 200  # pixels: four stand side by side on a small laptop, two on a tablet
WEEKS_WHEN_WITHIN = 400  # days; a longer collection is shown by month
DAYS_WHEN_WITHIN = 45


def what_is_here(collection: Collection, summary: Summary) -> str:
    """Rows, owners and the time they span, in one sentence."""
    told = f"**{words.count(summary.rows, 'row')}**"
    told += f" from **{words.count(summary.owners, 'owner')}**" if summary.owners else ""
    if summary.first is not None:
        told += f", from {words.day(summary.first)} to {words.day(summary.last)}"
    return f"{told}. {collection.described}".strip()


def figures(summary: Summary) -> None:
    """How much of it is embedded, mapped and sorted, and how fresh that is."""
    now = cached.now()
    mapped = on_map(summary)
    newer = (
        f"{words.count(summary.newer, 'newer row')} not on it" if summary.run_id else "no map yet"
    )
    without = (
        f"{words.count(summary.unsorted, 'row')} unsorted" if summary.run_id else "no themes yet"
    )
    newest = summary.last or summary.made.embedded_at
    made = f"map made {words.ago(summary.run_at, now)}" if summary.run_id else "never mapped"
    shown = (
        (
            "Embedded",
            words.share(summary.embedded, summary.rows),
            words.count(summary.embedded, "row"),
        ),
        ("On the map", words.share(mapped, summary.rows), newer),
        ("In a theme", words.share(mapped - summary.unsorted, mapped), without),
        ("Newest row" if summary.last else "Last embedded", words.ago(newest, now), made),
    )
    with st.container(horizontal=True):
        for label, value, below in shown:
            st.metric(label, value, below, "off", delta_arrow="off", border=True, width=FIGURE)


def on_map(summary: Summary) -> int:
    """How many of the rows that the reader sees are on the map."""
    return summary.rows - summary.newer - summary.refused if summary.run_id else 0


def what_to_do(collection: Collection, summary: Summary) -> None:
    """The next command, where something is missing."""
    if summary.missing:
        messages.not_computed(
            f"{words.count(summary.missing, 'row')} not embedded yet.",
            f"./northlight embed {collection.name}",
            "makes them searchable by meaning.",
        )
    elif not summary.run_id:
        messages.no_map(collection.name)
    elif summary.newer:
        messages.not_computed(
            f"{words.count(summary.newer, 'newer row')} not on the map.",
            f"./northlight map {collection.name}",
            "places them; nothing that is there moves.",
        )
    if summary.refused:
        st.caption(f"{words.count(summary.refused, 'row')} could not be embedded (empty text).")


def over_time(scope: Scope) -> None:
    """Rows of each day, week or month, and how the latest compares with the one before."""
    if not scope.collection.time:
        messages.not_declared(
            "This collection declares no time.",
            f"Name the column as `time` in `{scope.collection.name}.toml` to see it here.",
        )
        return
    period = period_for(cached.span(scope))
    counts = cached.over_time(scope, period)
    if counts.empty:
        messages.nothing_found(
            "No row has a time within these filters.", "Remove one in the sidebar."
        )
        return
    st.caption(change(counts, period))
    st.bar_chart(counts, x="period", y="rows", x_label="", y_label=f"rows a {period}", height=220)


def period_for(span: Span) -> str:
    """Days, weeks or months, so that a chart has some dozens of bars."""
    if span.first is None or span.last is None:
        return "month"
    days = (span.last - span.first).days
    return "day" if days < DAYS_WHEN_WITHIN else "week" if days < WEEKS_WHEN_WITHIN else "month"


def change(counts: pd.DataFrame, period: str) -> str:
    """The last complete period beside the one before it, in words."""
    if len(counts) < 3:
        return f"{words.count(int(counts['rows'].sum()), 'row')} with a time."
    before, last = (int(rows) for rows in counts["rows"].iloc[-3:-1])
    moved = (
        "as many as"
        if last == before
        else f"{abs(last - before):,} {'more' if last > before else 'fewer'} than"
    )
    return f"In the last complete {period} {words.count(last, 'row')}, {moved} in the one before."


def newest(scope: Scope, limit: int) -> list[hits.Hit]:
    """The newest rows as cards."""
    found = cached.newest(scope, limit)
    return [
        hits.Hit(row.row_id, row.text or "", hits.about(row), f"row {row.row_id}")
        for row in found.itertuples()
    ]


def largest_themes(scope: Scope) -> None:
    """The largest themes of the upper level, each a link to its page."""
    themes = cached.themes(scope)
    if themes.empty:
        messages.no_map(scope.collection.name)
        return
    upper = themes[themes["parent_id"].isna()]
    for theme in upper.head(THEMES).itertuples():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            screens.link("themes", words.short(theme.name, 48), theme=theme.id)
            st.caption(words.count(theme.size, "row"), width="content")
    born = int((themes["state"] == "new").sum())
    told = f"{words.count(len(upper), 'theme')} above {len(themes) - len(upper):,} finer ones"
    st.caption(f"{told}; {born:,} new in this map." if 0 < born < len(themes) else f"{told}.")


def facets(scope: Scope) -> None:
    """The commonest values of the first facets."""
    if not scope.collection.facets:
        messages.not_declared(
            "This collection declares no facets.",
            f"List columns as `facets` in `{scope.collection.name}.toml` to filter by them.",
        )
    for facet in scope.collection.facets[:FACETS]:
        try:
            _facet(scope, facet)
        except QueryError:
            st.caption(f"{facet}: not counted, the table is too large for the time allowed.")


def _facet(scope: Scope, facet: str) -> None:
    counts = cached.facet_counts(scope, facet, VALUES)
    if counts.empty:
        return
    most = int(counts["rows"].max())
    label = facet.replace("_", " ").capitalize()
    bar = st.column_config.ProgressColumn("Rows", format="localized", min_value=0, max_value=most)
    value = st.column_config.TextColumn(label, width=110)
    st.dataframe(counts, hide_index=True, column_config={"value": value, "rows": bar})


def made_from(summary: Summary) -> str:
    """Which run and model the page stands on."""
    if not summary.run_id:
        return f"Embedded with {summary.made.model}." if summary.made.model else "Not embedded yet."
    return (
        f"Map and themes: run {summary.run_id} of {words.day(summary.run_at)}, "
        f"made with {summary.made.model}."
    )
