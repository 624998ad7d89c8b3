"""The views of Twin."""

import pandas as pd
import streamlit as st

from analysis.degeneracy import spread_of_distances
from jobs.connect.check import LEAST_SAMPLE, degenerate
from pages.shared import cached, cached_systems, hits, messages, screens, words
from pages.shared.scope import Scope

SHOWN = {"error": st.error, "warning": st.warning, "info": st.info}


def space(scope: Scope) -> None:
    """How much there is, and plainly whether the embeddings can tell texts apart."""
    summary = cached.summary(scope)
    share = words.share(summary.embedded, summary.rows)
    st.markdown(f"**{words.count(summary.rows, 'chunk')}**, {share} embedded.")
    distances, active = cached_systems.distances(scope)
    if active is None or len(distances) < LEAST_SAMPLE:
        st.caption(f"Too few are embedded to judge the space; {LEAST_SAMPLE} are enough.")
        return
    found = spread_of_distances(distances, active.dimensions)
    findings = list(degenerate(scope.collection, active, found))
    for finding in findings:
        SHOWN[finding.level](f"**{finding.what}** {finding.cure}", icon=":material/blur_off:")
    if not findings:
        st.caption(
            f"The space tells texts apart: of {found.rows} chunks drawn, "
            f"{words.percent(found.alike)} of the pairs are above 0.8, and they fill "
            f"{found.effective_rank:.0f} directions."
        )


def documents(scope: Scope) -> None:
    """Documents with their chunks; those that are not whole first of all."""
    found = cached_systems.documents(scope)
    if found.empty:
        messages.nothing_found("No document was taken in.", "Ingest one and reload this page.")
        return
    broken = found[found["total"].notna() & (found["total"] != found["chunks"])]
    if len(broken):
        st.warning(
            f"{words.count(len(broken), 'document')} with other chunks than their ingestion said: "
            f"{', '.join(broken['document'].head(5))}. Missing or stale ones mislead every answer.",
            icon=":material/content_cut:",
        )
    st.caption(f"{words.count(len(found), 'document')}, the newest first.")
    chosen = st.dataframe(
        found.drop(columns="first_row"),
        hide_index=True,
        key="documents",
        on_select="rerun",
        selection_mode="single-row",
        height=460,
        column_config={
            **{name: name.capitalize() for name in found.columns},
            "total": "Should be",
            "letters": st.column_config.NumberColumn("Letters", format="localized"),
            "time": st.column_config.DatetimeColumn("Taken in", format="YYYY-MM-DD HH:mm"),
        },
    )
    hits.export(found, "documents")
    for position in chosen["selection"]["rows"]:
        _open(scope, found.iloc[position])
    _ingestions(scope)


def conversations(scope: Scope) -> None:
    """Conversations and how much was said in each."""
    found = cached_systems.conversations(scope)
    if found.empty:
        messages.nothing_found("Nobody has talked to the twin yet.", "Conversations appear here.")
        return
    columns = {name: name.capitalize() for name in found.columns if name != "id"}
    st.dataframe(found[list(columns)], hide_index=True, height=460, column_config=columns)
    hits.export(found, "conversations")


def expiring(scope: Scope) -> None:
    """What is kept for a while, and what is over and waits to be cleaned up."""
    found = cached_systems.expiring(scope)
    if found.empty:
        messages.not_declared("Neither cache nor limits are kept here.", "The tables are missing.")
        return
    over = int(found["expired"].sum())
    left = f"{words.count(over, 'entry', 'entries')} expired and can be cleaned up"
    st.markdown(f"**{left}**: `SELECT * FROM twin.cleanup_expired()`." if over else "None expired.")
    columns = {"what": "What", "kept": "Kept", "expired": "Expired", "never": "Without an end"}
    moment = st.column_config.DatetimeColumn("Next to end", format="YYYY-MM-DD HH:mm")
    st.dataframe(found, hide_index=True, column_config={**columns, "next": moment})


def _open(scope: Scope, document: pd.Series) -> None:
    row = next(cached.by_ids(scope, (document["first_row"],)).itertuples(), None)
    if row is None:
        return
    st.subheader(str(document["title"] or document["document"]))
    st.html(hits.body(hits.Hit(row.row_id, row.text or "", "its first chunk", "")))
    name = scope.collection.name
    screens.link("search", "More like it", ":material/search:", collection=name, like=row.row_id)


def _ingestions(scope: Scope) -> None:
    with st.expander("Ingestions"):
        found = cached_systems.ingestions(scope)
        if found.empty:
            st.caption("None is kept.")
            return
        columns = {name: name.capitalize() for name in found.columns}
        st.dataframe(found, hide_index=True, height=300, column_config=columns)
