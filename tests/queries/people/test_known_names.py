"""Names are learned from the texts, and masked wherever an analyst meets them."""

import random

import pytest
from sqlalchemy import Engine, text

from jobs.embed import embed
from queries.catalog import collection_named
from queries.gate import WORKER, Gate, writing
from queries.people.known_names import learn_names
from queries.rows.texts import masked as masked_texts
from queries.rows.texts import nameless
from tests.jobs.backups.test_erasure import Stub
from tests.world import Row, make_world, quietly, run_sql

# People whom nothing points at: no title, no relation, nothing that only people do.
PEOPLE = ("Huw", "Lennart", "Yassine", "Solomiya", "Davide", "Bronagh")
PEOPLE += ("Stanka", "Ilse", "Máirtín", "Jola", "Emre", "Tomoko")
WITH_A_NAME = (
    "Yesterday I went to see {} after work.",
    "It was better with {} and the dog.",
    "We ate late because {} had the keys.",
    "I keep thinking of what {} might make of it.",
    "On the way home, {} in the back, nobody spoke.",
)
ORDINARY = (
    "On Monday I slept badly, and in December it was worse.",
    "The survey came back. Survey results are never kind.",
    "My English is better than my French, God help me.",
    "I told my Mum that the house was sold.",
    "Feedback: none. I answered the letter and went to bed.",
    "Could I rest? I could, on Sundays, with the phone off.",
)


def texts(count: int = 120, seed: int = 11) -> list[tuple[str, str | None]]:
    """Each with the name that is in it, if any."""
    draw = random.Random(seed)
    found: list[tuple[str, str | None]] = [(sentence, None) for sentence in ORDINARY * 5]
    for number in range(count):
        name = PEOPLE[number % len(PEOPLE)]
        found.append((draw.choice(WITH_A_NAME).format(name), name))
    return found


@pytest.fixture(scope="module")
def world(engine: Engine) -> Gate:
    rows = [Row(f"r{n}", said, "x", f"p{n % 7}") for n, (said, _) in enumerate(texts())]
    gate = Gate(engine, WORKER)
    embed(gate, make_world(engine, rows, personal=True, group="playbook"), Stub(), quietly)
    return gate


def masked(engine: Engine, said: str) -> str:
    with writing(engine) as connection:
        asked = text("SELECT northlight_auth.masked(:said)")
        return str(connection.execute(asked, {"said": said}).scalar_one())


@pytest.mark.usefixtures("world")
def test_people_whom_nothing_points_at_are_masked_and_ordinary_words_stay(engine: Engine) -> None:
    for said, name in texts():
        shown = masked(engine, said)
        assert shown == (said if name is None else said.replace(name, "[name]"))


@pytest.mark.usefixtures("world")
def test_no_theme_and_no_model_is_told_a_name(world: Gate, engine: Engine) -> None:
    (name,) = run_sql(engine, "SELECT min(name) FROM northlight.collection")[0]
    made = collection_named(world, str(name))
    ids = [f"r{number}" for number in range(len(texts()))]
    for told in (nameless(world, made, ids), masked_texts(world, made, ids)):
        assert len(told) == len(ids)
        assert not [person for person in PEOPLE if any(person in said for said in told)]
        assert told[0] == ORDINARY[0]


def test_such_a_name_keeps_its_meaning_when_it_is_written_small(engine: Engine) -> None:
    assert masked(engine, "Huw, and huw") == "[name], and huw"


@pytest.mark.usefixtures("world")
def test_words_that_analysts_search_by_hold_no_name(engine: Engine) -> None:
    known = {str(word) for (word,) in run_sql(engine, "SELECT lexeme FROM northlight.lexeme")}
    assert "keys" in known or "key" in known
    assert not known & {name.lower() for name in PEOPLE}


def test_rows_that_say_a_name_learned_later_are_indexed_anew(world: Gate) -> None:
    engine = world.engine
    rows = [Row("early", "it began with niamh at the door", "x", "p1")]
    early = make_world(engine, rows, personal=True, group="playbook")
    embed(world, early, Stub(), quietly)
    said = "SELECT count(*) FROM northlight.lexeme WHERE lexeme LIKE 'niamh%'"
    assert run_sql(engine, said) == [(1,)]
    later = make_world(
        engine, [Row("late", "My sister Niamh came", "x", "p2")], personal=True, group="playbook"
    )
    embed(world, later, Stub(), quietly)
    assert run_sql(engine, said) == [(0,)]


def test_where_nouns_have_capitals_they_are_no_names(engine: Engine) -> None:
    rows = [Row("r", "Gestern war der Nachbar da, und ein Hund.", "x", "p1")]
    made = make_world(engine, rows, personal=True, group="playbook", language="german")
    learn_names(engine, made)
    names = "SELECT name FROM northlight_auth.known_name WHERE name IN ('nachbar', 'hund')"
    assert run_sql(engine, names) == []
