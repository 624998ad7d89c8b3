"""What is new since the reader was last here: at most seven lines, each a link to its evidence."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import pandas as pd
import streamlit as st

from pages.shared import cached, release_table, saved_searches, screens, words
from pages.shared.cached import MINUTE, remembered
from queries.collection import Collection
from queries.collections import whats_new
from queries.collections.overview import what_was_made
from queries.errors import StatementStopped
from queries.gate import Gate, Identity

MOST = 7
FIRST_TIME = timedelta(days=7)  # what somebody sees who was never here

BESIDE = ("_by_day", "_by_week")  # releases that are shown with another

Line = tuple[str, str, dict[str, str | int]]  # words, screen, what it opens there


def show(gate: Gate) -> None:
    """The lines, under a heading that says since when."""
    before = _last_here(gate.identity, gate)
    since = before or cached.now() - FIRST_TIME
    when = f"you were last here, {words.ago(before, cached.now())}" if before else "a week ago"
    with st.container(border=True, key="news", gap="xsmall"):
        st.markdown(f"**New since {when}**")
        told = list(islice(_lines(gate, since), MOST))
        for label, screen, opened in told:
            screens.link(screen, label, ":material/arrow_forward:", **opened)
        if not told:
            st.caption("Nothing: no row, no theme, no release.")


def _lines(gate: Gate, since: datetime) -> Iterator[Line]:
    if gate.identity.role == "product":
        yield from _released(gate, since)
        return
    yield from saved_searches.lines(gate)
    for collection in cached.collections(gate.identity, gate):
        yield from _of_collection(gate, collection, since)


def _released(gate: Gate, since: datetime) -> Iterator[Line]:
    """What was released, and the newest time that shows a number."""
    found = cached.releases(gate.identity, gate)
    new = found[found["made_at"] > since]
    for name, of_name in new.groupby("collection", sort=False):
        if not str(name).endswith(BESIDE):
            yield _of_releases(str(name), of_name)


def _of_releases(name: str, releases: pd.DataFrame) -> Line:
    shown = releases[releases["shown"] > 0]
    told = f"{release_table.named(name)}: {words.count(len(releases), 'new release')}"
    usage = re.fullmatch(r"(.+)_usage(_4_weeks)?", name)
    screen = "usage" if usage else "released"
    opened = {"of": usage[1]} if usage else {"released": name}
    if shown.empty:
        return f"{told}, none with a number", screen, opened
    newest = next(shown.itertuples())
    told = f"{told}; the newest with numbers is of {release_table.spelled(newest)}"
    return told, screen, opened | {"time": release_table.time_of(newest)}


def _of_collection(gate: Gate, collection: Collection, since: datetime) -> Iterator[Line]:
    rows, born, mapped = _counted(gate.identity, collection, since.isoformat(), gate)
    here = {"collection": collection.name}
    if rows:
        day = f"{collection.name}.since"
        told = f"{collection.title}: {words.count(rows, 'new row')}"
        yield told, "overview", here | {day: since.date().isoformat()}
    for theme_id, name in born[:1]:
        yield f"{collection.title}: a new theme, “{name}”", "themes", here | {"theme": theme_id}
    if mapped and not born:
        yield f"{collection.title}: mapped anew", "map", here


@remembered(MINUTE, 200)
def _last_here(identity: Identity, _gate: Gate) -> datetime | None:  # noqa: ARG001
    return whats_new.last_here(_gate)


@remembered(MINUTE, 500)
def _counted(
    identity: Identity,  # noqa: ARG001
    collection: Collection,
    since: str,
    _gate: Gate,
) -> tuple[int, list[tuple[int, str]], bool]:
    moment = datetime.fromisoformat(since).replace(microsecond=0)
    try:
        rows = whats_new.new_rows(_gate, collection, moment)
        born = whats_new.born_themes(_gate, collection, moment)
    except StatementStopped:
        return 0, [], False  # too large to be counted on the way; its own page counts it
    run_at = what_was_made(_gate, collection).run_at
    themes = [(int(theme.id), str(theme.name)) for theme in born.itertuples()]
    return rows, themes, bool(len(born) == 0 and run_at and run_at > moment)
