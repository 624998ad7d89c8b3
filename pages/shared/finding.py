"""What a comparison found: the finding first, then the intervals, then words of both sides."""

import html
from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from charts.contrast import Interval, contrast_chart
from jobs.maps.compare import Comparison, Difference, Quote
from pages.shared import figure, hits, words
from pages.shared.scope import Scope
from pages.shared.sides import Side

DRAWN = 20
TOLD = 3
QUOTED = 8


def show(scope: Scope, found: Comparison, first: Side, second: Side) -> None:
    """The finding in words, then its evidence."""
    st.subheader(verdict(found))
    st.markdown(sentence(found, first, second))
    if found.differences:
        _drawn(found.differences, first, second)
        _said(found.differences, first, second)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(how(found), width="stretch")
        if found.differences:
            hits.export(table(found), f"{scope.collection.name}-comparison")


def verdict(found: Comparison) -> str:
    """In a handful of words."""
    if not found.differences:
        return "No reliable difference"
    return words.count(len(found.differences), "reliable difference")


def sentence(found: Comparison, first: Side, second: Side) -> str:
    """Who was compared, and the surest differences, or that chance would do as much."""
    told = (
        f"**A**, {_plain(first.name)}: {words.count(found.a['people'], 'person', 'people')} with "
        f"{words.count(found.a['rows'], 'row')}. **B**, {_plain(second.name)}: "
        f"{words.count(found.b['people'], 'person', 'people')} with "
        f"{words.count(found.b['rows'], 'row')}. "
    )
    if not found.differences:
        return (
            f"{told}None of {found.compared:,} themes and terms differs by more than chance would."
        )
    return told + " ".join(_in_words(one) for one in found.differences[:TOLD])


def how(found: Comparison) -> str:
    """How sure that is, and what a reader must know besides."""
    told = f"Run {found.run}. Shares are of what each person wrote, averaged over people"
    told += "; bars are 95% intervals from drawing people again" if found.differences else ""
    told += (
        f". With no difference at all, the chance of even one finding among the "
        f"{found.compared:,} compared would be 5%."
    )
    return f"{told} {found.notice}".strip()


def table(found: Comparison) -> pd.DataFrame:
    """One row a difference, for export."""
    rows = [asdict(one) for one in found.differences]
    return pd.DataFrame(rows).drop(columns=["quotes_a", "quotes_b"])


def _in_words(one: Difference) -> str:
    more, less, letter = (one.a, one.b, "A") if one.a > one.b else (one.b, one.a, "B")
    shares = f"{words.percent(more)} against {words.percent(less)}"
    return f"{letter} writes more of “{_plain(one.name)}”: {shares}."


def _drawn(differences: Sequence[Difference], first: Side, second: Side) -> None:
    intervals = [
        Interval(words.short(one.name, 40), 100 * (one.b - one.a), 100 * one.low, 100 * one.high)
        for one in differences[:DRAWN]
    ]
    names = [f"{side.letter}, {words.short(side.name, 30)}" for side in (first, second)]
    drawn = contrast_chart(intervals, *names, dark=figure.is_dark())
    figure.draw(drawn, "contrast", "Differences with their intervals")


def _said(differences: Sequence[Difference], first: Side, second: Side) -> None:
    st.subheader("In their own words")
    for number, one in enumerate(differences[:QUOTED]):
        shares = f"A {words.percent(one.a)}, B {words.percent(one.b)}"
        label = f"{one.kind.capitalize()} **{_plain(one.name)}**: {shares}"
        with st.expander(label, expanded=number == 0):
            left, right = st.columns(2, gap="medium")
            for column, side, quotes in (
                (left, first, one.quotes_a),
                (right, second, one.quotes_b),
            ):
                with column:
                    st.caption(f"{side.letter}, {_plain(side.name)}")
                    _quotes(quotes, one.name if one.kind == "term" else "")


def _quotes(quotes: Sequence[Quote], term: str) -> None:
    if not quotes:
        st.write("Nobody here wrote of it.")
    for said in quotes:
        body = words.marked(said.told, [term] if term else [])
        st.html(f"<blockquote>{body}<br><small>row {html.escape(said.id)}</small></blockquote>")


def _plain(text: str) -> str:
    """A text without what Markdown would read as formatting."""
    return "".join(letter for letter in text if letter not in "[]*_`:$<>\\")
