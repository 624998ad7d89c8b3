"""The views of Community."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.shared import address, cached, cached_systems, digest, hits, messages, row_choice, words
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.filters import Filters
from queries.systems.duplicates import MEANING_FLOOR, MOST_MEANINGS, RESOLUTIONS, resolve_duplicate

FACETS = {"content_type": "Type", "visibility": "Visibility", "is_claimed": "Claimed"}
ALWAYS = ("name", "content", "kinds")
BLOCK = 250  # pixels: two stand side by side on a tablet
WRITERS = ("engineer", "operator")


def content(scope: Scope) -> None:
    """Content by type, visibility, tag and time; searched within the chosen types."""
    narrowed = _narrowed(scope)
    question = address.text("Find content", "q", placeholder="a question, a word")
    if question:
        _found(narrowed, question)
        return
    summary = cached.summary(scope)
    st.markdown(digest.what_is_here(scope.collection, summary))
    with st.container(horizontal=True, gap="medium"):
        for facet in (*FACETS, "tags"):
            if facet in scope.collection.facets:
                _facet(narrowed, facet)
    st.subheader("By time of publication")
    digest.over_time(narrowed)


def contributors(scope: Scope) -> None:
    """Who published what, with badges and what came of it."""
    found = cached_systems.contributors(scope)
    if found.empty:
        messages.nothing_found("Nobody has published anything you may read.", "")
        return
    shown = found.assign(name=found["name"].fillna(found["owner"])).drop(columns="owner")
    badges = int((found["badges"].map(len) > 0).sum())
    people = words.count(len(found), "contributor")
    st.caption(f"{people}, the most content first; {badges:,} with a badge.")
    told = shown[[name for name in shown if name in ALWAYS or _says_something(shown[name])]]
    st.dataframe(
        told,
        hide_index=True,
        height="content" if len(shown) <= 12 else 520,
        placeholder="–",
        column_config={
            **{name: name.capitalize() for name in shown.columns},
            "kinds": "Types",
            "first": st.column_config.DateColumn("First", width=110),
            "last": st.column_config.DateColumn("Last", width=110),
            "badges": st.column_config.ListColumn("Badges"),
        },
    )
    hits.export(shown, "contributors")


def _says_something(column: pd.Series) -> bool:
    """Whether a figure is of anybody: not nought, empty or missing throughout."""
    told = column.dropna()
    return any(len(one) > 0 if isinstance(one, list) else bool(one) for one in told)


def engagement(scope: Scope) -> None:
    """Content with what came of it."""
    found = cached_systems.engagement(scope)
    if found.empty:
        messages.nothing_found("No figures are kept about content.", "Views and likes are missing.")
        return
    columns = {name: name.capitalize() for name in found.columns if name != "row_id"}
    columns["time"] = st.column_config.DateColumn("Published")
    st.dataframe(found[list(columns)], hide_index=True, height=520, column_config=columns)
    hits.export(found, "engagement")


def duplicates(scope: Scope) -> None:
    """Pairs alike by title, address or meaning, with what was decided; a click decides."""
    with st.spinner("Comparing titles, addresses and meanings…"):
        found = cached_systems.duplicates(scope)
    waiting = int(found["resolution"].isna().sum()) if len(found) else 0
    st.caption(
        f"{words.count(len(found), 'pair')} by title (trigrams), address or meaning (from "
        f"{MEANING_FLOOR:.2f}); {waiting:,} undecided. By meaning the newest {MOST_MEANINGS} are "
        f"compared; `./northlight pairs {scope.collection.name} --above {MEANING_FLOOR:.2f}` "
        "compares all."
    )
    if found.empty:
        messages.nothing_found(
            "Nothing is there twice.", "No two titles, addresses or texts match."
        )
        return
    chosen = st.dataframe(
        found.drop(columns=["first", "second"]),
        hide_index=True,
        key="duplicates",
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(found) <= 10 else 400,
        column_config={
            "first_title": st.column_config.TextColumn("One", width="medium"),
            "second_title": st.column_config.TextColumn("The other", width="medium"),
            "kind": "Alike by",
            "score": st.column_config.NumberColumn("Score", format="%.2f"),
            "resolution": "Decided",
        },
    )
    hits.export(found, "duplicates")
    pairs = (found["first_title"] + " · " + found["second_title"]).to_list()
    for position in row_choice.chosen(chosen, pairs, "duplicates-name"):
        _compare(scope, found.iloc[position])


def _compare(scope: Scope, pair: pd.Series) -> None:
    """Both texts side by side, and what to do about them."""
    rows = cached.by_ids(scope, (pair["first"], pair["second"]))
    for column, row in zip(st.columns(2, gap="large"), rows.itertuples(), strict=False):
        with column:
            st.subheader(words.short(row.title, 60))
            st.html(hits.body(hits.Hit(row.row_id, row.text or "", hits.about(row), "")))
    if scope.gate.identity.role in WRITERS:
        with st.container(horizontal=True):
            for how in RESOLUTIONS:
                st.button(
                    how.capitalize(), key=f"as-{how}", on_click=_resolve, args=(scope, pair, how)
                )


def _resolve(scope: Scope, pair: pd.Series, how: str) -> None:
    try:
        resolve_duplicate(
            scope.gate,
            scope.collection,
            pair["first"],
            pair["second"],
            pair["kind"],
            float(pair["score"]),
            how,
        )
    except QueryError as error:
        messages.failed(error)
        return
    cached_systems.duplicates.clear()


def _narrowed(scope: Scope) -> Scope:
    """The scope within the types, visibilities and claims that are chosen."""
    equals = []
    with st.container(horizontal=True):
        for facet, label in FACETS.items():
            if facet in scope.collection.facets:
                values = cached.facet_counts(scope, facet, 50)["value"].tolist()
                key = f"{scope.collection.name}.{facet}"
                chosen = address.several(label, values, key, placeholder="Any")
                equals += [(facet, chosen)] if chosen else []
    return replace(scope, filters=Filters(tuple(equals)))


def _facet(scope: Scope, facet: str) -> None:
    counts = cached.facet_counts(scope, facet, 12)
    with st.container(width=BLOCK):
        label = FACETS.get(facet, facet.capitalize())
        st.subheader(label)
        if counts.empty:
            st.caption("Nothing.")
            return
        most = int(counts["rows"].max())
        bar = st.column_config.ProgressColumn("Rows", format="localized", max_value=most)
        value = st.column_config.TextColumn(label, width=90)  # the rest is the number's
        config = {"value": value, "rows": bar}
        st.dataframe(counts, hide_index=True, height="content", column_config=config)


def _found(scope: Scope, question: str) -> None:
    answer = cached.search(scope, question, "hybrid", 20)
    found = answer.hits
    messages.notice(answer.notice)
    st.caption(f"{words.count(len(found), 'row')}, the best first; searched: {scope.sentence}.")
    if found.empty:
        messages.nothing_found("No content fits.", "Use other words, or remove a filter.")
    hits.show(
        [
            hits.Hit(row.row_id, row.text or "", hits.about(row), "", row.words, row.passage or "")
            for row in found.itertuples()
        ]
    )
