"""What is selected on the map: figures, what to do with it, and the rows in a table."""

import pandas as pd
import streamlit as st

from pages.shared import cached, cached_map, hits, messages, screens, words
from pages.shared.scope import Scope
from pages.shared.sides import SELECTION
from queries.maps.outlines import NoOutline, decoded
from queries.maps.runs import Run
from queries.maps.selected import Inside

LISTED = 500
NAMED = 4  # themes


def show(scope: Scope, run: Run, code: str) -> None:
    """How many rows the selection holds, which themes they are in, and the rows themselves."""
    if not code:
        st.caption("Select rows with Lasso, Box or In sight to list them here.")
        return
    try:
        found = cached_map.inside(scope, run.id, decoded(code), LISTED)
    except NoOutline as error:
        messages.failed(error)
        return
    if found.rows.empty:
        messages.nothing_found("No row is in the selection.", "Draw it around some points.")
        return
    st.subheader(f"Selected: {words.count(found.total, 'row')}")
    themes = cached.themes(scope)
    st.caption(sentence(found, dict(zip(themes["id"], themes["name"], strict=True))))
    listed = listing(found.rows, themes)
    _actions(scope, code, listed)
    _table(listed)


def _actions(scope: Scope, code: str, listed: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        screens.link("search", "Search inside", ":material/search:", within=code, sel="")
        key = f"{scope.collection.name}.a.by"
        to_rest = {"a.within": code, "sel": "", key: SELECTION}
        screens.link("compare", "Compare with the rest", ":material/balance:", **to_rest)
        st.space("stretch")
        hits.export(listed, f"{scope.collection.name}-selection")


def _table(listed: pd.DataFrame) -> None:
    st.dataframe(
        listed,
        hide_index=True,
        height=360,
        key="selected",
        column_config={
            "membership": st.column_config.ProgressColumn(
                "Membership", min_value=0, max_value=1, format="%.2f"
            ),
            "text": st.column_config.TextColumn("Text", width="large"),
            "time": st.column_config.DatetimeColumn("Time", format="D MMM YYYY"),
        },
    )


def listing(rows: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The rows as a table: theme by name, columns without any value left out."""
    names = themes.set_index("id")["name"]
    named = rows["theme_id"].map(names).fillna("unsorted")
    table = rows.drop(columns=["theme_id", "x", "y"]).assign(theme=named)
    first = ["text", "theme", "membership"]
    table = table[[*first, *(name for name in table.columns if name not in first)]]
    return table.dropna(axis="columns", how="all")


def sentence(found: Inside, names: dict[int, str]) -> str:
    """Owners, the commonest themes of all that is selected, and how much of it is listed."""
    told = f"From {words.count(found.owners, 'person', 'people')}. " if found.owners else ""
    most = found.themes.head(NAMED).itertuples()
    named = [
        f"{'unsorted' if pd.isna(theme.theme_id) else names.get(theme.theme_id, 'a theme')} "
        f"({theme.rows:,})"
        for theme in most
    ]
    told += f"Most are in: {', '.join(named)}. "
    if found.total > len(found.rows):
        return f"{told}Listed are the surest {len(found.rows):,}."
    return f"{told}All are listed."
