"""The session brief: on the demo's sixty people every passage is found, exactly, where it says."""

import re
from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import Engine

from clients.lexicon import Lexicon
from jobs.coaching.brief import Brief, Told, begins, brief
from jobs.coaching.brief_text import markdown
from queries.catalog import collection_named
from queries.gate import Gate
from queries.people import clients
from tests.coaching import programme


@pytest.fixture(scope="module")
def told(engine: Engine) -> dict[str, Told]:
    return dict(_told(programme(engine)))


def _told(gate: Gate) -> Iterator[tuple[str, Told]]:
    responses, entries = (collection_named(gate, name) for name in ("responses", "entries"))
    people = clients.profiles(gate, responses)
    for owner in people[people["focus"].notna()]["owner"]:
        answers = clients.answers(gate, responses, owner)
        met = clients.sessions(gate, responses, owner)
        kept = clients.texts(gate, entries, owner)
        yield owner, Told("responses", answers, met, {}, kept, "entries")


@pytest.fixture(scope="module")
def briefs(told: dict[str, Told]) -> dict[str, Brief]:
    lexicon = Lexicon()
    return {owner: brief(one, lexicon) for owner, one in told.items()}


def test_everybody_in_the_demo_has_a_brief_with_something_in_it(briefs: dict[str, Brief]) -> None:
    assert len(briefs) == 60
    assert all(made.sentences for made in briefs.values())


def test_every_sentence_rests_on_a_passage_found_by_exact_match(
    briefs: dict[str, Brief], told: dict[str, Told]
) -> None:
    checked = 0
    for owner, made in briefs.items():
        texts = {
            ("responses", str(row.row_id)): (row.text, row.time)
            for row in told[owner].answers.itertuples()
        }
        texts |= {
            ("entries", str(row.row_id)): (row.text, row.time)
            for row in told[owner].entries.itertuples()
        }
        for sentence in made.sentences:
            assert sentence.passages, sentence
            for passage in sentence.passages:
                text, time = texts[passage.collection, passage.row_id]
                assert passage.quote in text
                assert passage.quote
                assert passage.at == time
                checked += 1
    assert checked > 300


def test_what_the_brief_quotes_is_in_a_passage_of_the_sentence(briefs: dict[str, Brief]) -> None:
    for made in briefs.values():
        for title in ("Left open", "Kept in the playbook"):
            for sentence in made.sections.get(title, ()):
                assert any(passage.quote in sentence.text for passage in sentence.passages)


def test_figures_are_those_of_the_rows(briefs: dict[str, Brief], told: dict[str, Told]) -> None:
    for owner, made in briefs.items():
        answers = told[owner].answers
        new = int((answers["time"] > pd.Timestamp(made.since)).sum())
        first = next(iter(made.sections.values()))[0]
        assert int(re.match(r"\d+", first.text)[0]) == new


def test_the_time_begins_with_the_last_session_after_which_something_was_written() -> None:
    day = pd.Timestamp("2026-06-01", tz="UTC")
    answers = pd.DataFrame({"time": [day + pd.Timedelta(days=9)]})
    kinds = ["review", "exercise", "review", "goal_setting"]
    starts = [
        day,
        day + pd.Timedelta(days=8),
        day + pd.Timedelta(days=5),
        day + pd.Timedelta(days=12),
    ]
    sessions = pd.DataFrame({"kind": kinds, "start": starts})
    since, session, later = begins(Told("responses", answers, sessions, {}))
    assert (since, session, later) == (starts[2], True, starts[3])
    since, session, later = begins(Told("responses", answers, sessions.iloc[:0], {}))
    assert (since, session, later) == (day + pd.Timedelta(days=-19), False, None)


def test_without_an_answer_the_brief_says_nothing() -> None:
    none = pd.DataFrame({name: [] for name in ("time", "text", "sentiment")}, dtype=object)
    made = brief(Told("responses", none, pd.DataFrame({"kind": [], "start": []}), {}), Lexicon())
    assert made.sentences == []


def test_as_markdown_every_mark_has_its_dated_note(briefs: dict[str, Brief]) -> None:
    for made in briefs.values():
        said = markdown(made, "Somebody")
        marks = re.findall(r"\[\^(\d+)\](?!:)", said)
        notes = re.findall(r"^\[\^(\d+)\]: \d+ \w+ \d{4}", said, re.MULTILINE)
        assert sorted(marks, key=int) == notes
