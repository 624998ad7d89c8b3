"""Known issues, and the health of the patterns that they speak of."""

import pandas as pd
import streamlit as st

from analysis.pattern_health import health
from pages.shared import address, cached_patterns, hits, messages, words
from pages.shared.scope import Scope
from queries.systems import known_issues

OVER = ("resolved", "fixed", "closed")


def issues(scope: Scope) -> None:
    """Known issues by severity and age."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        about = address.text("Known issues of", "about", placeholder="a pattern, an error, a word")
        names = cached_patterns.listed(scope)["repository"].tolist()
        repository = address.typed_choice("In", names, "in", placeholder="any repository")
    found = cached_patterns.issues(scope, about, repository)
    show(found)
    _suffering(found)


def show(found: pd.DataFrame) -> None:
    """Issues as a table, the severest first; how many were ever seen running."""
    if found.empty:
        messages.nothing_found("No known issue.", "Nobody has written one down.")
        return
    running = int(found["time"].notna().sum())
    many = len(found) >= known_issues.MOST
    those = "The {} severest issues" if many else words.count(len(found), "issue")
    st.caption(
        f"{those.format(len(found))}, the severest first; {running:,} seen running, "
        f"{len(found) - running:,} known from the code."
    )
    columns = ["severity", "kind", "id", "repository", "cause", "fix", "status", "pattern", "time"]
    st.dataframe(
        found[columns].dropna(axis="columns", how="all"),
        hide_index=True,
        height="content" if len(found) <= 12 else 460,
        column_config={
            **{name: name.capitalize() for name in columns},
            "id": "Issue",
            "cause": st.column_config.TextColumn("Cause", width="large"),
            "time": st.column_config.DatetimeColumn("Seen", format="YYYY-MM-DD"),
        },
    )
    hits.export(found, "issues")


def of_pattern(scope: Scope, name: str) -> None:
    """How healthy one pattern is, and from which issues that is worked out."""
    found = cached_patterns.health(scope, name)
    if found.empty:
        st.caption("Nobody saw it go wrong within a year.")
        return
    still = int((~_over(found)).sum())
    st.metric(
        "Health",
        f"{_health(found):.2f}",
        border=True,
        width=130,
        help="1 without an issue; many, severe, recent and open ones bring it near 0.",
    )
    st.caption(f"From {words.count(len(found), 'issue')} seen within a year, {still:,} still open.")
    show(found)


def _suffering(found: pd.DataFrame) -> None:
    """Patterns by health, the worst first, from those of the issues that were seen running."""
    seen = found[found["time"].notna() & found["pattern"].notna()]
    st.subheader("Health of the patterns they are of")
    if seen.empty:
        st.caption("None of these was seen running, so no pattern's health suffers from them.")
        return
    by_pattern = seen.groupby("pattern")
    told = pd.DataFrame(
        {
            "health": by_pattern.apply(_health, include_groups=False),
            "issues": by_pattern.size(),
            "newest": by_pattern["time"].max(),
        }
    )
    st.dataframe(
        told.sort_values("health").reset_index(),
        hide_index=True,
        column_config={
            "pattern": st.column_config.TextColumn("Pattern", width="large"),
            "health": st.column_config.ProgressColumn(
                "Health", min_value=0, max_value=1, format="%.2f"
            ),
            "issues": "Issues seen",
            "newest": st.column_config.DatetimeColumn("Newest", format="YYYY-MM-DD"),
        },
    )


def _health(found: pd.DataFrame) -> float:
    return health(found["severity"].tolist(), found["days"].tolist(), _over(found).tolist())


def _over(found: pd.DataFrame) -> pd.Series:
    return found["status"].fillna("").str.lower().isin(OVER)
