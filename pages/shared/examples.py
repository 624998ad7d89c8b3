"""Search from examples: hits marked good or bad, or a passage of one; the address has their ids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from analysis.passages import sentences
from jobs.search.examples import find_like
from pages.shared import cached, database, hits, words
from pages.shared.cached import MINUTE, remembered
from pages.shared.hits import Hit
from pages.shared.reasons import Found
from pages.shared.scope import Scope
from queries.errors import NoSuchRow
from queries.search.question import parse
from queries.search.search import SearchResult

SHOWN = 48  # letters of an example: one line on a tablet
PARTS = ("like", "part", "good", "bad")


@dataclass(frozen=True)
class Marks:
    """The ids of the rows that are marked."""

    good: tuple[str, ...]
    bad: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether any is."""
        return bool(self.good or self.bad)


def marks() -> Marks:
    """What the address says is marked."""
    return Marks(*(tuple(st.query_params.get_all(kind)) for kind in ("good", "bad")))


def like_marks(scope: Scope, chosen: Marks, question: str, limit: int) -> Found:
    """Rows near the good examples and the question, away from the bad; the examples stand above.

    Raises NoSuchRow for an example that is out of reach, and QueryError for bad ones alone.
    """
    _shown(scope, chosen)
    passage = parse(question).meaning if question else None
    result = _found(scope, chosen.good, chosen.bad, passage, limit)
    told = [words.count(len(chosen.good), "good example")] if chosen.good else []
    told += ["the question"] if question else []
    away = f", away from {words.count(len(chosen.bad), 'bad one')}" if chosen.bad else ""
    near = f"{words.count(len(result.hits), 'row')} near {' and '.join(told)}{away}"
    return _told(scope, result, near)


def like_passage(scope: Scope, row_id: str, part: str, limit: int) -> Found:
    """Rows like one sentence of a row, which stands above them. Raises NoSuchRow."""
    origin = cached.by_ids(scope, (row_id,))
    st.button("Back to the question", icon=":material/arrow_back:", on_click=leave)
    cut = sentences(origin["text"].iloc[0] or "") if len(origin) else []
    if not part.isdecimal() or not int(part[:9]) < len(cut):
        raise NoSuchRow(scope.collection.name, f"{row_id}, passage {part}")
    row, passage = next(origin.itertuples()), cut[int(part[:9])]
    with st.container(border=True):
        st.html(hits.body(Hit(row_id, row.text, hits.about(row), "", (), passage)))
    result = _found(scope, (), (), passage, limit + 1)
    others = result.hits[result.hits["row_id"] != row_id].head(limit)
    near = f"{words.count(len(others), 'row')} like the passage"
    return _told(scope, replace(result, hits=others), near)


def offer(hit: Hit) -> None:
    """What can be done with a hit: more like it, more like its passage, good or bad example."""
    _more("More like this", hit, "like")
    if 0 < len(hit.passage) < 0.8 * len(hit.text) and hit.passage in (cut := sentences(hit.text)):
        _more("Like the passage", hit, "passage", str(cut.index(hit.passage)))
    for kind, icon in (("good", "thumb_up"), ("bad", "thumb_down")):
        st.button(
            f":material/{icon}:",
            key=f"{kind}-{hit.row_id}",
            help=f"A {kind} example: search again {'near' if kind == 'good' else 'away from'} it",
            type="tertiary",
            on_click=_mark,
            args=(kind, hit.row_id),
        )


def leave() -> None:
    """Go back to the question."""
    for part in PARTS:
        st.query_params.pop(part, None)


def _more(label: str, hit: Hit, key: str, part: str | None = None) -> None:
    icon = ":material/join_inner:" if part is None else ":material/format_quote:"
    go = {"on_click": _open, "args": (hit.row_id, part)}
    st.button(label, key=f"{key}-{hit.row_id}", icon=icon, type="tertiary", **go)


def _open(row_id: str, part: str | None) -> None:
    leave()
    st.query_params["like"] = row_id
    if part is not None:
        st.query_params["part"] = part


def _mark(kind: str, row_id: str) -> None:
    """One more example. The row that others were like is a good one from then on."""
    shown = {each: st.query_params.get_all(each) for each in ("good", "bad")}
    origin = st.query_params.get("like")
    if origin and origin not in shown["good"]:
        shown["good"].append(origin)
    shown[kind].append(row_id)
    leave()
    st.query_params.update({each: ids for each, ids in shown.items() if ids})


def _unmark(kind: str, row_id: str) -> None:
    left = [each for each in st.query_params.get_all(kind) if each != row_id]
    st.query_params.pop(kind, None)
    if left:
        st.query_params[kind] = left


def _shown(scope: Scope, chosen: Marks) -> None:
    rows = cached.by_ids(scope, (*chosen.good, *chosen.bad)).set_index("row_id", drop=False)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Searched from these examples**", width="stretch")
            st.button("Leave the examples", type="tertiary", on_click=leave)
        for kind, icon, ids in (
            ("good", ":material/thumb_up:", chosen.good),
            ("bad", ":material/thumb_down:", chosen.bad),
        ):
            for row_id in ids:
                told = rows["text"].get(row_id) or f"{row_id}: not in reach"
                _example(kind, icon, row_id, told)


def _example(kind: str, icon: str, row_id: str, told: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{icon} {words.plain(words.short(told, SHOWN))}", width="stretch")
        take = {"on_click": _unmark, "args": (kind, row_id)}
        st.button("Remove", key=f"un{kind}-{row_id}", type="tertiary", **take)


def _told(scope: Scope, result: SearchResult, near: str) -> Found:
    cards = [
        Hit(row.row_id, row.text, hits.about(row), f"distance {row.distance:.2f}", (), row.passage)
        for row in result.hits.itertuples()
    ]
    told = f"{near}; searched: {scope.sentence}."
    return Found(cards, result.hits, told, result.notice)


@remembered(MINUTE, 200)
def _found(
    scope: Scope, good: Sequence[str], bad: Sequence[str], passage: str | None, limit: int
) -> SearchResult:
    embedder = database.embedder(cached.model(scope))
    asked = {"like": good, "unlike": bad, "passage": passage or None, "limit": limit}
    return find_like(scope.gate, scope.collection, embedder, scope.filters, **asked)
