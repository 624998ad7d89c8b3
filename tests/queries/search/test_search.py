"""Search: both legs, the reader's own syntax, and filters that never cost a hit."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Text, bindparam, event, func, select, text

from clients.embedder import StaticEmbedder, asker
from jobs.embed import embed
from jobs.search import cutoff
from jobs.search.search import as_records, find
from queries.collection import Collection
from queries.embeddings import vector_index
from queries.embeddings.spaces import active_space, active_space_in
from queries.embeddings.vectors import aim, scan_on
from queries.errors import NotEmbedded, QueryError
from queries.filters import Filters
from queries.gate import Gate, Identity, writing
from queries.search import path
from queries.search import search as searching
from queries.search.legs import Legs, search_statement
from queries.search.nearest import BY_SIGNS, CANDIDATES, EXACT, Way, nearest_rows
from queries.search.neighbours import of_row
from queries.search.question import LONGEST, BadQuestion, Question, parse
from queries.search.ready import ready
from queries.search.search import MODES, SearchResult
from queries.search.words import any_word, scored_statement
from tests.world import (
    BigramEmbedder,
    Row,
    declare,
    embed_all,
    embedded_world,
    lowered,
    make_table,
    make_world,
    quietly,
    rows,
    run_sql,
    unit,
)

ALL = Filters()
SLEEP = Filters(equals=(("topic", ("sleep",)),))
INDEXED = Way(CANDIDATES, rows_first=False)
NEAREST_FIRST = Way(rows_first=False)
SQL = ("'; DROP TABLE notes; --", '" OR 1=1 --', "%s %(x)s :x $1", "\\'; SELECT 1", "E'\\x00'")


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


def ask(
    gate: Gate,
    collection: Collection,
    question: str,
    mode: str = "hybrid",
    limit: int = 10,
    filters: Filters = ALL,
) -> SearchResult:
    return find(gate, collection, question, StaticEmbedder(), filters, mode=mode, limit=limit)


def texts(result: SearchResult) -> list[str]:
    return list(result.hits["text"])


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_finds_what_is_asked_for(gate: Gate, collection: Collection, mode: str) -> None:
    assert "savings" in texts(ask(gate, collection, "my savings account", mode))[0]


def test_meaning_finds_rows_without_a_shared_word(gate: Gate, collection: Collection) -> None:
    hits = ask(gate, collection, "insomnia at night", "meaning", 3).hits
    assert set(hits["row_id"]) <= {row.id for row in rows() if row.topic == "sleep"}


def test_a_hit_says_its_rank_in_each_leg(gate: Gate, collection: Collection) -> None:
    first = ask(gate, collection, "savings account for the children").hits.iloc[0]
    assert (first["rank_meaning"], first["rank_words"]) == (1, 1)


def test_words_alone_have_no_distance(gate: Gate, collection: Collection) -> None:
    hits = ask(gate, collection, "coffee", "words").hits
    assert hits["distance"].isna().all()
    assert hits["rank_meaning"].isna().all()


def test_the_distance_is_the_cosine_distance_to_the_question(
    gate: Gate, collection: Collection
) -> None:
    first = ask(gate, collection, "The cake was dry", "meaning", 1).hits.iloc[0]
    question, said = StaticEmbedder().embed(["The cake was dry", first["text"]])
    assert first["distance"] == pytest.approx(1 - question @ said, abs=2e-3)


def share(question: str, lexemes: int) -> float:
    given = Collection(name="n", title="N", table="n", id="id", text=("t",))
    return Legs(given, None, parse(question), ALL, "hybrid", 10, 6, lexemes).words_share


def test_the_words_leg_weighs_more_the_more_words_there_are_to_find_by() -> None:
    shares = [share("is that what they said to me " * 2, lexemes) for lexemes in range(12)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.2, 0.4)


@pytest.mark.parametrize(
    ("question", "lexemes"),
    [
        ("kubernetes", 1),
        ("my savings", 1),
        ("river bank account", 3),
        ('why was the "savings account" empty', 3),
    ],
)
def test_words_that_are_meant_as_they_are_weigh_as_much_as_meaning(
    question: str, lexemes: int
) -> None:
    assert share(question, lexemes) == 0.5


def test_the_words_of_a_question_are_counted_without_stop_words(
    gate: Gate, collection: Collection
) -> None:
    with gate.reading() as connection:
        known = ready(connection, collection, "I was at the bank for my savings", None)
    assert known.lexemes == 2


def test_scores_fall_from_hit_to_hit(gate: Gate, collection: Collection) -> None:
    assert ask(gate, collection, "long run on Sunday").hits["score"].is_monotonic_decreasing


def test_a_quoted_phrase_must_occur(gate: Gate, collection: Collection) -> None:
    found = texts(ask(gate, collection, 'money "savings account"'))
    assert found == ["I opened a savings account for the children."]


def test_an_excluded_word_must_not_occur(gate: Gate, collection: Collection) -> None:
    found = texts(ask(gate, collection, "savings -account", limit=48))
    assert len(found) == 47
    assert not any("account" in said for said in found)


def test_an_excluded_phrase_must_not_occur(gate: Gate, collection: Collection) -> None:
    found = texts(ask(gate, collection, 'run -"half marathon"', limit=48))
    assert not any("half marathon" in said for said in found)


def test_a_phrase_of_common_words_only_does_not_hide_everything(
    gate: Gate, collection: Collection
) -> None:
    assert len(ask(gate, collection, 'sleep "to the"').hits) == 10


def test_a_quotation_mark_that_is_never_closed_is_none(gate: Gate, collection: Collection) -> None:
    assert len(ask(gate, collection, '"sleep better').hits) == 10


def test_a_question_of_common_words_finds_no_words_and_says_so(
    gate: Gate, collection: Collection
) -> None:
    result = ask(gate, collection, "to be or not to be", "words")
    assert result.hits.empty
    assert "Very common words are not looked for" in (result.notice or "")


@pytest.mark.parametrize("question", ["", "   ", '""', "-sleep", "\0", '"', '-"a b"'])
def test_a_question_without_anything_to_look_for_is_a_sentence(question: str) -> None:
    with pytest.raises(BadQuestion, match="nothing to search for"):
        parse(question)


def test_a_question_of_a_hundred_kilobytes_is_refused_with_its_length() -> None:
    with pytest.raises(BadQuestion, match="has 100,000 characters; up to 10,000"):
        parse("x" * 100_000)


def test_the_longest_question_is_answered(gate: Gate, collection: Collection) -> None:
    question = " ".join(f"word{n} sleep" for n in range(2_000))[:LONGEST]
    assert not ask(gate, collection, question).hits.empty


@pytest.mark.parametrize(
    "question", [*SQL, "😀😀", "sleep\0well", "\udcff sleep", "你好", "a" * 9_000]
)
@pytest.mark.parametrize("mode", MODES)
def test_whatever_is_typed_is_only_text(
    gate: Gate, collection: Collection, question: str, mode: str
) -> None:
    result = ask(gate, collection, question, mode)
    assert len(result.hits) <= 10


@pytest.mark.parametrize("value", SQL)
def test_whatever_is_filtered_by_is_only_a_value(
    gate: Gate, collection: Collection, value: str
) -> None:
    filters = Filters(equals=(("topic", (value,)),), owner=value)
    assert ask(gate, collection, "sleep", filters=filters).hits.empty


PIECES = (
    *("sleep", "run", "the", "and", "it's", "don't", "O'Brien", "e-mail", "C++", "a:b", "x&y", "!"),
    *("(", ")", "|", "&", "<->", "*", ":*", "\\", "\\\\", "'", "''", '"', '""', "-", "--", "-word"),
    *('-"', "http://a.b/c?d=e\\f", "me@example.org", "/usr/lib/x.so", "1e9", "-12.5", "½", "ß"),
    *(
        "\t",
        "\n",
        "\x02",
        "\x03",
        "\u2028",
        "😀",
        "مرحبا",
        "नमस्ते",
        "%",
        "%%",
        "%s",
        ":x",
        "$1",
        "\0",
    ),
)


def questions(count: int) -> Iterator[str]:
    chosen = random.Random(7)
    for _ in range(count):
        glue = chosen.choice((" ", "", " "))
        yield glue.join(chosen.choices(PIECES, k=chosen.randint(1, 8)))


def test_two_thousand_generated_questions_are_sound_or_refused(gate: Gate) -> None:
    made = embedded_world(gate, rows()[:6])
    # Built once with a parameter in the question's place: building is most of the time.
    asked = Question(bindparam("asked", type_=Text))  # type: ignore[arg-type]
    found = select(func.count()).select_from(scored_statement(made, asked, 6).subquery())
    statement = select(any_word(made, asked), found.scalar_subquery())
    answered = 0
    with gate.reading(60) as connection:
        for question in questions(2_000):
            with suppress(BadQuestion):
                connection.execute(statement, {"asked": parse(question).meaning})
                answered += 1
    assert answered > 1_500


@pytest.mark.parametrize("mode", MODES)
def test_two_hundred_generated_questions_are_answered_in_every_mode(
    gate: Gate, collection: Collection, mode: str
) -> None:
    vector = StaticEmbedder().embed(["anything"])[0]
    for question in questions(200 // len(MODES)):
        with suppress(BadQuestion):
            searching.search(gate, collection, question, vector, ALL, mode, 3)


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_word_is_never_an_error(gate: Gate, collection: Collection, mode: str) -> None:
    assert ask(gate, collection, "zzzqqq xyzzy", mode).mode == mode


def test_a_question_the_model_knows_nothing_of_has_its_own_sentence(gate: Gate) -> None:
    made = make_world(gate.engine)
    embed(gate, made, BigramEmbedder(), quietly)
    with pytest.raises(BadQuestion, match="bigrams-64 knows nothing in this question"):
        find(gate, made, "123", BigramEmbedder(), ALL, mode="meaning")


def test_a_question_the_model_knows_nothing_of_is_answered_by_words_and_says_so(gate: Gate) -> None:
    made = make_world(gate.engine, [Row("a", "Room 101", "x", "o"), Row("b", "Else", "x", "o")])
    embed(gate, made, BigramEmbedder(), quietly)
    result = find(gate, made, "101", BigramEmbedder(), ALL)
    assert (result.mode, texts(result)) == ("words", ["Room 101"])
    assert "by words only" in (result.notice or "")


@pytest.mark.parametrize(
    ("model", "told"), [("unknown", "is not known"), ("ada-9", "ada-9, which made its vectors")]
)
def test_vectors_of_a_model_that_is_not_here_leave_the_words_to_search_by(
    gate: Gate, collection: Collection, model: str, told: str
) -> None:
    result = find(gate, collection, "savings", asker(model), ALL)
    assert texts(result) == texts(ask(gate, collection, "savings", "words"))
    assert told in (result.notice or "")
    with pytest.raises(BadQuestion, match=f"{told}.*search by words"):
        find(gate, collection, "savings", asker(model), ALL, mode="meaning")


def test_an_unknown_mode_is_told_with_the_known_ones(gate: Gate, collection: Collection) -> None:
    with pytest.raises(QueryError, match="hybrid, meaning, words"):
        ask(gate, collection, "sleep", "magic")


def test_a_collection_that_is_not_embedded_says_what_to_run(gate: Gate) -> None:
    made = make_world(gate.engine)
    with pytest.raises(NotEmbedded, match=f"northlight embed {made.name}"):
        ask(gate, made, "sleep")


def test_words_that_are_not_indexed_are_told_as_such(gate: Gate) -> None:
    with pytest.raises(QueryError, match=r"words of .* are not indexed yet"):
        ask(gate, make_world(gate.engine), "sleep", "words")


def in_place(gate: Gate) -> Collection:
    name = make_table(gate.engine, rows(), column="vector(256)")
    vectors = StaticEmbedder().embed([row.text or "" for row in rows()])
    for row, vector in zip(rows(), vectors, strict=True):
        update = f"UPDATE {name} SET vector = CAST(:v AS vector) WHERE id = :id"
        run_sql(gate.engine, update, v=str(vector.tolist()), id=row.id)
    return declare(gate, name, embedding="vector", model="wordllama-256")


def test_a_column_in_place_is_searched_by_meaning_with_a_notice(gate: Gate) -> None:
    result = ask(gate, in_place(gate), "I cannot fall asleep")
    assert "Found by meaning only" in (result.notice or "")
    assert "sleep" in texts(result)[0]


def test_a_phrase_without_indexed_words_is_refused_rather_than_passed_over(gate: Gate) -> None:
    with pytest.raises(QueryError, match="not indexed yet"):
        ask(gate, in_place(gate), 'sleep "fall asleep"')


def test_an_empty_collection_has_no_hits(gate: Gate) -> None:
    made = embedded_world(gate, [])
    assert [len(ask(gate, made, "sleep", mode).hits) for mode in MODES] == [0, 0, 0]


@pytest.mark.parametrize("ids", ["uuid", "integer", "bigint", "text", "varchar(40)"])
@pytest.mark.parametrize("mode", MODES)
def test_ids_of_any_type_are_found_and_come_back_as_text(gate: Gate, ids: str, mode: str) -> None:
    there = rows(ids=ids)
    made = embedded_world(gate, there, ids=ids)
    first = ask(gate, made, "The cake was dry", mode, filters=Filters()).hits.iloc[0]
    assert first["row_id"] == next(row.id for row in there if "cake" in (row.text or ""))


@pytest.mark.parametrize("mode", ["hybrid", "meaning"])
@pytest.mark.parametrize("threshold", [0, 20_000])
def test_a_filtered_search_is_complete_with_and_without_the_index(
    gate: Gate, threshold: int, mode: str
) -> None:
    made = make_world(gate.engine, rows(pairs=28))
    with lowered(vector_index, "INDEX_FROM_ROWS", 1), through_the_index(threshold):
        embed_all(gate, made)
        for asked in (5, 36):
            hits = ask(gate, made, "The server crashed", mode, asked, SLEEP).hits
            assert len(hits) == asked


def test_a_row_that_only_has_a_title_is_found_by_it(gate: Gate) -> None:
    made = embedded_world(gate, heading="heading")
    run_sql(
        gate.engine,
        f"UPDATE {made.table} SET body = NULL, heading = 'Zanzibar' WHERE id = 'row-00000'",
    )
    embed_all(gate, made)
    assert list(ask(gate, made, "Zanzibar", "words").hits["row_id"]) == ["row-00000"]


def marked(gate: Gate, said: str, question: str) -> list[str]:
    made = embedded_world(gate, [Row("a", said, "x", "o"), Row("b", "Nothing else", "x", "o")])
    return list(ask(gate, made, question, limit=1).hits["words"].iloc[0])


def test_marked_words_are_spelled_as_in_the_text(gate: Gate) -> None:
    assert marked(gate, "Running. She RAN; runs!", "run") == ["Running", "runs"]


def test_html_in_the_text_is_neither_marked_nor_lost(gate: Gate) -> None:
    assert marked(gate, "<b>sleep</b> &amp; <script>alert('sleep')</script>", "sleep") == ["sleep"]


def test_mark_characters_in_the_text_are_not_marks(gate: Gate) -> None:
    assert marked(gate, "\x02fake\x03 sleep \x02", "sleep") == ["sleep"]


def test_the_passage_is_the_sentence_that_fits(gate: Gate) -> None:
    said = "We moved house. The cat cannot sleep at night. Taxes are due."
    made = embedded_world(gate, [Row("a", said, "x", "o")])
    assert ask(gate, made, "sleep").hits["passage"].iloc[0] == "The cat cannot sleep at night."


def test_hits_can_be_written_as_json(gate: Gate, collection: Collection) -> None:
    hits = ask(gate, collection, "sleep", limit=48).hits
    records = as_records(hits, ["row_id", "distance", "rank_words", "passage"])
    assert json.loads(json.dumps(records, allow_nan=False))[0]["rank_words"] == 1


LARGE = 30_000


@pytest.fixture(scope="module")
def large(gate: Gate) -> Collection:
    """Thirty thousand rows, made in the database, whose vectors have their index."""
    made = make_world(gate.engine, [])
    with writing(gate.engine) as connection:
        connection.execute(
            text(
                f"INSERT INTO {made.table} (id, body, topic, who) SELECT 'r' || n, "
                "'word' || n % 997 || ' other' || n % 89, "
                "CASE WHEN n % 300 = 0 THEN 'rare' ELSE 'common' END, "
                f"'o' || n % 7 FROM generate_series(1, {LARGE}) n"
            )
        )
        connection.exec_driver_sql(f"ANALYZE {made.table}")
    with lowered(cutoff, "SIGNED_FROM", 2):
        embed_all(gate, made)
    return made


def plan(gate: Gate, statement: str) -> str:
    with gate.reading(60) as connection:
        aim(connection, unit(np.random.default_rng(0).normal(size=256)))
        scan_on(connection)
        rows_ = connection.exec_driver_sql(f"EXPLAIN {statement}")
        return json.dumps([row[0] for row in rows_])


def spelled(gate: Gate, collection: Collection, way: Way, filters: Filters = ALL) -> str:
    space = active_space(gate, collection)
    legs = Legs(collection, space, parse("word500 other3"), filters, "hybrid", 10, LARGE)
    compiled = search_statement(legs, way).compile(
        gate.engine, compile_kwargs={"literal_binds": True}
    )
    return str(compiled).replace("%%", "%").replace("%", "%%")


def test_a_search_of_everything_uses_the_vector_index_and_the_words_index(
    gate: Gate, large: Collection
) -> None:
    used = plan(gate, spelled(gate, large, INDEXED))
    assert "_hnsw" in used
    assert "_words" in used


@pytest.mark.parametrize("way", [EXACT, NEAREST_FIRST])
def test_an_exact_search_does_not_use_the_vector_index(
    gate: Gate, large: Collection, way: Way
) -> None:
    assert "_hnsw" not in plan(gate, spelled(gate, large, way))


def test_an_exact_search_of_everything_looks_up_only_the_rows_that_are_nearest(
    gate: Gate, large: Collection
) -> None:
    with gate.reading(60) as connection:
        aim(connection, unit(np.random.default_rng(0).normal(size=256)))
        statement = nearest_rows(large, [], 10, NEAREST_FIRST)
        compiled = statement.compile(gate.engine, compile_kwargs={"literal_binds": True})
        told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}").scalar_one()
    looked_up = [
        step["Actual Rows"] * step["Actual Loops"]
        for step in steps(told[0]["Plan"])
        if step.get("Relation Name") == large.table.split(".")[1]
    ]
    assert sum(looked_up) <= 20


def test_only_rows_in_scope_are_weighed_by_their_words(gate: Gate, large: Collection) -> None:
    rare = Filters(equals=(("topic", ("rare",)),))
    statement = spelled(gate, large, EXACT, rare)
    with gate.reading(60) as connection:
        aim(connection, unit(np.random.default_rng(0).normal(size=256)))
        told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = told.scalar_one()[0]["Plan"]
    added_up = [
        step["Actual Rows"] * step["Actual Loops"]
        for step in steps(plan)
        if step["Node Type"] == "Aggregate"
    ]
    assert 0 < sum(added_up) <= 20  # "other3" is in 337 rows


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


@pytest.mark.parametrize("mode", ["hybrid", "meaning"])
def test_a_search_of_everything_is_complete_where_what_is_nearest_is_gone(
    gate: Gate, mode: str
) -> None:
    """The vectors of rows that were deleted stay until the next `embed`."""
    world = embedded_world(gate)
    run_sql(gate.engine, f"DELETE FROM {world.table} WHERE topic <> 'cooking'")
    found = ask(gate, world, "I lay awake and could not sleep", mode, 5).hits
    assert len(found) == 5
    assert set(found["row_id"]) <= {row.id for row in rows() if row.topic == "cooking"}


def first_way(
    gate: Gate,
    collection: Collection,
    role: str,
    filters: Filters,
    of_rows: int | None = None,
    signed: bool = False,
) -> Way:
    conditions, reader, of = filters.conditions(collection), Identity(role), of_rows or LARGE
    with gate.reading() as connection:
        space = replace(active_space_in(connection, collection), signed=signed)
        return path.ways(connection, collection, space, conditions, of, reader, filters)[0]


def test_the_path_is_chosen_by_who_asks_and_by_the_rows_in_scope(
    gate: Gate, large: Collection
) -> None:
    rare, common = (Filters(equals=(("topic", (value,)),)) for value in ("rare", "common"))
    assert first_way(gate, large, "coach", ALL) == NEAREST_FIRST
    assert first_way(gate, large, "coach", common) == EXACT
    assert first_way(gate, large, "analyst", rare) == EXACT
    assert first_way(gate, large, "analyst", common) == Way(CANDIDATES)  # nearly every row
    assert first_way(gate, large, "analyst", ALL) == INDEXED


def test_signs_that_tell_vectors_apart_are_compared_until_there_are_very_many(
    gate: Gate, large: Collection
) -> None:
    rare, common = (Filters(equals=(("topic", (value,)),)) for value in ("rare", "common"))
    told = {"gate": gate, "collection": large, "role": "operator", "signed": True}
    nearest_first = Way(BY_SIGNS, rows_first=False, signs=True)
    assert first_way(filters=rare, **told) == EXACT
    assert first_way(filters=common, **told) == Way(BY_SIGNS, signs=True)
    assert first_way(filters=ALL, **told) == nearest_first
    assert first_way(filters=ALL, of_rows=2_000_000, **told) == INDEXED


def test_a_small_share_of_many_rows_is_compared_as_far_as_that_is_quick(
    gate: Gate, large: Collection
) -> None:
    common = Filters(equals=(("topic", ("common",)),))
    assert first_way(gate, large, "analyst", common, 250_000) == Way(0)  # nearly an eighth
    assert first_way(gate, large, "analyst", common, 1_000_000) == EXACT  # 30,000 rows
    with lowered(path, "EXACT_AT_MOST", 20_000):
        assert first_way(gate, large, "analyst", common, 1_000_000) == Way(0)


def test_the_number_of_rows_in_scope_is_estimated_from_statistics(
    gate: Gate, large: Collection
) -> None:
    rare = Filters(equals=(("topic", ("rare",)),))
    with gate.reading() as connection:
        assert 30 < path.estimated(connection, large, rare.conditions(large)) < 300  # of 100


def test_rows_in_scope_are_estimated_once_for_a_reader_and_filters(
    gate: Gate, large: Collection
) -> None:
    rare, common = (Filters(equals=(("topic", (value,)),)) for value in ("rare", "common"))
    with counted(gate, "EXPLAIN") as asked:
        for role, filters in (("analyst", rare), ("analyst", rare), ("engineer", rare)):
            first_way(gate, large, role, filters)
        assert len(asked) == 2
        first_way(gate, large, "analyst", common)
        assert len(asked) == 3


@contextmanager
def counted(gate: Gate, word: str) -> Iterator[list[str]]:
    """The statements with that word that are executed within."""
    found: list[str] = []

    def count(*told: object) -> None:
        found.extend([str(told[2])] if word in str(told[2]) else [])

    event.listen(gate.engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        event.remove(gate.engine, "before_cursor_execute", count)


def test_a_search_of_everything_asks_the_database_twice(gate: Gate, large: Collection) -> None:
    """Each question to the server costs as much as a small search; the gate's own come on top."""
    ask(gate, large, "word5 other3")
    with counted(gate, "SELECT") as asked:
        ask(gate, large, "word5 other3")
    assert len(asked) == 2, asked


@contextmanager
def through_the_index(from_rows: int) -> Iterator[None]:
    """Small worlds searched as large ones are, from that many rows on."""
    rows = lowered(path, "INDEX_FROM_ROWS", from_rows), lowered(path, "EXACT_UP_TO", from_rows)
    with rows[0], rows[1], lowered(path, "EXACT_SHARE", 0):
        yield


@pytest.mark.parametrize("mode", MODES)
def test_a_rare_filter_over_the_index_is_complete(gate: Gate, large: Collection, mode: str) -> None:
    rare = Filters(equals=(("topic", ("rare",)),))
    with through_the_index(0):
        found = ask(gate, large, "word1 word2 other3", mode, 100, rare).hits
    assert len(found) == (100 if mode != "words" else len(found))


def test_neighbours_over_the_index_are_complete_under_a_rare_filter(
    gate: Gate, large: Collection
) -> None:
    rare = Filters(equals=(("topic", ("rare",)),))
    assert len(of_row(gate, large, "r300", rare, 99)) == 99


def test_the_index_recalls_nearly_all_of_the_true_neighbours(gate: Gate, large: Collection) -> None:
    vectors = StaticEmbedder().embed(["word5 other9", "word17 other31", "word640 other2"])
    shares = [recall(gate, large, vector) for vector in vectors]
    assert np.mean(shares) >= 0.9


def recall(gate: Gate, collection: Collection, vector: NDArray[np.float32]) -> float:
    found = []
    for way in (EXACT, INDEXED):
        statement = nearest_rows(collection, [], 10, way)
        with gate.reading(60) as connection:
            aim(connection, vector)
            scan_on(connection)
            found.append([round(row.distance, 4) for row in connection.execute(statement)])
    true, approximate = found
    return float(np.mean([distance <= true[-1] for distance in approximate]))
