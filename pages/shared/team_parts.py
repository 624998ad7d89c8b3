"""Views of Patterns: the repositories of a team, what depends on what, and known issues."""

import pandas as pd
import streamlit as st

from charts.dependencies import dependency_chart
from charts.grid import grid_chart
from pages.shared import address, cached, cached_patterns, figure, hits, messages, screens, words
from pages.shared.scope import Scope

FEW_COLUMNS = ("repository", "patterns", "dependencies", "issues", "coverage", "drift", "analyzed")


def repositories(scope: Scope) -> None:
    """Every repository with what it has; a click opens it."""
    listed = cached_patterns.listed(scope)
    if "drift" in listed and listed["drift"].notna().any():
        most = listed.sort_values("drift", ascending=False).iloc[0]
        st.markdown(f"**{most['repository']}** drifted most: {most['drift']:.2f} on average.")
    else:
        st.caption("No pattern said something else at a later analysis, so none has drifted.")
    shown = listed[[name for name in FEW_COLUMNS if name in listed and listed[name].notna().any()]]
    chosen = st.dataframe(
        shown,
        hide_index=True,
        key="repositories",
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(shown) <= 12 else 460,
        column_config={
            **{name: name.capitalize() for name in ("repository", "dependencies", "issues")},
            "patterns": st.column_config.ProgressColumn(
                "Patterns", format="localized", max_value=int(max(listed["patterns"].max(), 1))
            ),
            "coverage": st.column_config.NumberColumn("Coverage, %", format="%.0f"),
            "drift": st.column_config.NumberColumn(
                "Drift",
                format="%.2f",
                help="Mean cosine distance of what changed to what was said before; 0 is none.",
            ),
            "analyzed": st.column_config.DateColumn("Analysed"),
        },
    )
    for position in chosen["selection"]["rows"]:
        file = str(screens.FOLDER / "repository.py")
        st.switch_page(file, query_params={"repository": shown["repository"].iat[position]})
    hits.export(listed, "repositories")
    _grid(scope)


def dependencies(scope: Scope) -> None:
    """What depends on a thing, and what that needs itself: one step further with each click."""
    names = sorted(set(cached_patterns.beside(scope, "dependencies")["name"]))
    if not names:
        messages.not_declared("No dependencies are kept here.", "The table of them is missing.")
        return
    name = address.typed_choice("What depends on", names, "on", placeholder="numpy")
    if not name:
        return
    found = cached_patterns.dependents(scope, name)
    known = name in set(cached_patterns.listed(scope)["repository"])
    needs = cached_patterns.needs(scope, name) if known else pd.DataFrame(columns=["name"])
    direct = found[found["steps"] == 1]
    who = words.count(len(direct), "repository", "repositories")
    need = words.count(needs["name"].nunique(), "thing")
    st.markdown(
        f"**{who}** {'depends' if len(direct) == 1 else 'depend'} on **{name}** directly, "
        f"{len(found) - len(direct):,} more through others"
        + (f"; it needs {need if len(needs) else 'nothing'}." if known else ".")
    )
    drawn = dependency_chart(name, found, needs, dark=figure.is_dark())
    alt = f"What depends on {name}, and what it needs"
    for point in figure.draw(drawn, f"graph-{name}", alt, "rerun"):
        if point["name"] != name:
            _go_to(point["name"])
    if known:
        screens.link("repository", f"Open {name}", ":material/folder:", repository=name)
    _walk(found, needs)


def _grid(scope: Scope) -> None:
    """Themes of the patterns by repository: who has what kind of thing."""
    themes = cached.themes(scope)
    upper = themes[themes["parent_id"].isna()].head(12)
    if upper.empty:
        messages.no_map(scope.collection.name)
        return
    st.subheader("Repositories and the themes of their patterns")
    cells = cached_patterns.by_theme(scope)
    drawn = grid_chart(cells, upper["name"].tolist(), dark=figure.is_dark())
    figure.draw(drawn, "grid", "Patterns by repository and theme")


def _walk(found: pd.DataFrame, needs: pd.DataFrame) -> None:
    """The same as the graph, for the keyboard and as a table."""
    nearer = found.assign(through=found["through"].map(" → ".join))
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Depends on it")
        _steps(nearer, "dependents", "repository")
    with right:
        st.subheader("It needs")
        _steps(needs, "needs", "name")


def _steps(table: pd.DataFrame, key: str, column: str) -> None:
    if table.empty:
        st.caption("Nothing.")
        return
    chosen = st.dataframe(
        table,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(table) <= 8 else 300,
        placeholder="–",
        column_config={name: name.capitalize() for name in table},
    )
    for position in chosen["selection"]["rows"]:
        _go_to(str(table[column].iat[position]))


def _go_to(name: str) -> None:
    st.query_params["on"] = name
    st.rerun()
