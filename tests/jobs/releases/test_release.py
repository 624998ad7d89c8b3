"""Weekly releases from the coaching tables, and what the product role sees of them."""

from datetime import date
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from analysis.release_rule import Rule
from clients.embedder import embedder_named
from jobs.embed import embed
from jobs.errors import JobError
from jobs.releases.release import ReleaseReport, make_release
from jobs.worker.kinds import KINDS, Work
from queries.access.signing import ensure_signing_key
from queries.gate import Gate, Identity, writing
from queries.releases.release_people import people_of_week, theme_names
from queries.releases.releases import NoSuchRelease, cells, releases
from tests.programme import WEEK, Answer, next_week, programme, responses, withdraw, write

CANARY = "zebrafinch"


def a_week(goals: int = 30, mindset: int = 25, vision: int = 4) -> list[Answer]:
    """People p0, p1, ...: so many in each category, every second one in a low mood."""
    kinds = ["goals"] * goals + ["mindset"] * mindset + ["vision"] * vision
    return [
        Answer(f"p{number}", kind, mood=-0.5 if number % 2 else 0.5)
        for number, kind in enumerate(kinds)
    ]


@pytest.fixture(scope="module")
def gate(engine: Engine) -> Gate:
    made = programme(engine)
    write(engine, a_week())
    write(engine, [Answer("quiet", said=f"the {CANARY} sang")])
    return made


@pytest.fixture(scope="module")
def first(gate: Gate) -> ReleaseReport:
    return make(gate)


def make(gate: Gate, week: date = WEEK, *, correct: bool = False) -> ReleaseReport:
    return make_release(gate, responses(gate), lambda *_: None, week=week, correct=correct)


def number(gate: Gate, release: int, **where: str) -> int | None:
    """The published people of a cell given by its values, or None when it is hidden."""
    frame = cells(gate, release)
    for cell in frame.astype(object).to_dict("records"):
        named = {cell["dim1"]: cell["value1"], cell["dim2"]: cell["value2"]}
        if {dim: value for dim, value in named.items() if isinstance(dim, str)} == where:
            return None if pd.isna(cell["people_rounded"]) else int(cell["people_rounded"])
    raise AssertionError(f"no cell {where}")


def test_numbers_are_rounded_and_small_ones_hidden(gate: Gate, first: ReleaseReport) -> None:
    assert first.did == "made"
    assert number(gate, first.id) == 60
    assert number(gate, first.id, category="vision") is None


def test_a_small_category_is_not_left_alone(gate: Gate, first: ReleaseReport) -> None:
    shown = [number(gate, first.id, category=kind) for kind in ("goals", "mindset", "vision")]
    assert shown in ([30, None, None], [None, 25, None])


def test_every_cell_shown_has_ten_people_and_three_coaches(
    gate: Gate, engine: Engine, first: ReleaseReport
) -> None:
    with writing(engine) as connection:
        people = people_of_week(connection, responses(gate), WEEK)
    assert number(gate, first.id) == 5 * round(len(people) / 5)
    assert people["coach"].nunique() == 4
    shown = cells(gate, first.id)["people_rounded"].dropna()
    assert len(shown) == first.shown
    assert (shown >= 10).all()


def test_a_week_is_released_once(gate: Gate, first: ReleaseReport) -> None:
    again = make(gate)
    assert (again.did, again.id) == ("there", first.id)
    assert len(releases(gate)) == 1


def test_a_release_stays_as_it_was_when_rows_arrive_later(
    gate: Gate, engine: Engine, first: ReleaseReport
) -> None:
    before = cells(gate, first.id)
    late = next_week(WEEK, 10)
    write(engine, [Answer(f"late{n}") for n in range(20)], late)
    assert make(gate).did == "there"
    pd.testing.assert_frame_equal(cells(gate, first.id), before)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE northlight.release_cell SET people_rounded = 10",
        "DELETE FROM northlight.release_cell",
        "TRUNCATE northlight.release_cell",
        "UPDATE northlight.release SET week = '2025-03-10'",
        "DELETE FROM northlight.release",
        "INSERT INTO northlight.release_cell (release_id, place, measure, decided_in) "
        "SELECT id, 9999, 'responses', id FROM northlight.release LIMIT 1",
    ],
)
def test_even_the_owner_cannot_change_a_release(
    engine: Engine, first: ReleaseReport, change: str
) -> None:
    assert first.did == "made"
    with pytest.raises(DBAPIError, match="frozen"), writing(engine) as connection:
        connection.execute(text(change))


def test_a_correction_is_a_new_release_and_says_nothing_of_the_few_who_changed(
    gate: Gate, engine: Engine
) -> None:
    week = next_week(WEEK, 20)
    write(engine, a_week(), week)
    before = make(gate, week)
    write(engine, [Answer("forgotten", "vision")], week)
    after = make(gate, week, correct=True)
    assert (after.did, after.revision) == ("made", 2)
    same = ["dim1", "value1", "dim2", "value2", "people_rounded", "rows_rounded"]
    pd.testing.assert_frame_equal(cells(gate, before.id)[same], cells(gate, after.id)[same])


def test_a_newcomer_does_not_show_in_the_next_week_but_ten_do(gate: Gate, engine: Engine) -> None:
    weeks = [next_week(WEEK, number) for number in (30, 31, 32)]
    for week, more in zip(weeks, (0, 1, 12), strict=True):
        new = [Answer(f"new{n}", "mindset") for n in range(more)]
        write(engine, a_week() + new, week)
    numbers = [cells(gate, make(gate, week).id)["people_rounded"] for week in weeks]
    pd.testing.assert_series_equal(numbers[0], numbers[1])
    assert numbers[2][0] == numbers[0][0] + 10


def test_who_withdrew_consent_is_not_counted(gate: Gate, engine: Engine) -> None:
    week = next_week(WEEK, 40)
    write(engine, [Answer(f"w{n}") for n in range(24)], week)
    for person in range(12):
        withdraw(engine, f"w{person}")
    withdraw(engine, "w23", "research")
    with writing(engine) as connection:
        owners = set(people_of_week(connection, responses(gate), week)["owner"])
    assert owners == {f"w{n}" for n in range(12, 24)}


def test_a_person_counts_once_under_what_they_did_most(gate: Gate, engine: Engine) -> None:
    week = next_week(WEEK, 5)
    write(engine, [Answer("both", "vision", mood=-1, rows=3, session=None)], week)
    write(engine, [Answer("both", "goals", mood=1, rows=2, session="review")], week)
    with writing(engine) as connection:
        (row,) = people_of_week(connection, responses(gate), week).to_dict("records")
    assert (row["rows"], row["category"], row["session"]) == (5, "vision", "review")
    assert row["completion"]
    assert row["mood"] == pytest.approx(-0.2)


def test_the_edges_of_a_week_are_midnight_in_utc(gate: Gate, engine: Engine) -> None:
    week = next_week(WEEK, 7)
    write(engine, [Answer("at_midnight", rows=1)], week)
    write(engine, [Answer("a_week_later", rows=1)], next_week(week))
    with writing(engine) as connection:
        owners = people_of_week(connection, responses(gate), week)["owner"]
    assert owners.tolist() == ["at_midnight"]


def test_a_week_without_anybody_is_a_release_without_numbers(gate: Gate) -> None:
    assert make(gate, next_week(WEEK, -5)).shown == 0


@pytest.mark.parametrize(
    ("week", "said"), [(date(2025, 3, 4), "no Monday"), (date(2099, 1, 5), "not over")]
)
def test_only_a_closed_week_from_monday_can_be_released(gate: Gate, week: date, said: str) -> None:
    with pytest.raises(JobError, match=said):
        make(gate, week)


def test_the_database_refuses_a_week_that_is_not_over(engine: Engine) -> None:
    added = text(
        "INSERT INTO northlight.release (collection, week, rule, dimensions) "
        "VALUES ('responses', '2099-01-05', '{}', '[]')"
    )
    with pytest.raises(DBAPIError, match="is not over"), writing(engine) as connection:
        connection.execute(added)


def test_nothing_a_person_wrote_is_in_a_release(engine: Engine, first: ReleaseReport) -> None:
    assert first.did == "made"
    with writing(engine) as connection:
        stored = connection.execute(
            text(
                "SELECT string_agg(r::text, ' ') || (SELECT string_agg(c::text, ' ') "
                "FROM northlight.release_cell c) FROM northlight.release r"
            )
        ).scalar_one()
    assert CANARY not in stored
    assert "quiet" not in stored
    assert "kept at it" not in stored


def test_a_theme_is_named_only_with_words_of_many_people(gate: Gate, engine: Engine) -> None:
    collection = responses(gate)
    embed(gate, collection, embedder_named(collection.model), lambda *_: None)
    with writing(engine) as connection:
        for statement in THEMES:
            connection.execute(text(statement))
        names = dict(theme_names(connection, collection, 10))
    by_text = {name.split(" ", 1)[0]: name for name in names.values()}
    assert "kept" in by_text
    assert not any(CANARY in name or "nobody" in name for name in names.values())
    assert sum(name.startswith("theme ") for name in names.values()) == 2


@pytest.fixture
def product(engine: Engine, tmp_path: Path) -> Gate:
    """Somebody of the product team at the gate."""
    signer = ensure_signing_key(engine, tmp_path)
    with writing(engine) as connection:
        person = connection.execute(
            text(
                "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
                "VALUES ('tests-product', gen_random_uuid()::text, 'Pia', 'product') "
                "RETURNING id::text, epoch"
            )
        ).one()
    return Gate(engine, Identity("product", person.id, person.epoch), signer)


def test_the_product_role_reads_what_the_worker_reads(
    gate: Gate, product: Gate, first: ReleaseReport
) -> None:
    pd.testing.assert_frame_equal(cells(product, first.id), cells(gate, first.id))
    assert set(releases(product)["id"]) == set(releases(gate)["id"])


def test_without_a_token_the_views_are_empty(engine: Engine, first: ReleaseReport) -> None:
    assert first.did == "made"
    with writing(engine) as connection:
        connection.execute(text("SET LOCAL ROLE northlight_product"))
        for view in ("released", "released_cell"):
            rows = connection.execute(text(f"SELECT count(*) FROM northlight_product.{view}"))
            assert rows.scalar_one() == 0


@pytest.mark.parametrize(
    "what",
    [
        "northlight.release",
        "northlight.release_cell",
        "northlight.released",
        "northlight.released_cell",
        "northlight_auth.release_basis",
        "playbook.exercise_responses",
        "northlight.theme",
        "northlight_worker.responses",
    ],
)
def test_the_product_role_can_read_nothing_else(product: Gate, what: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        product.rows(text(f"SELECT * FROM {what}"))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_who_was_counted_is_for_the_owner_alone(gate: Gate) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        gate.rows(text("SELECT * FROM northlight_auth.release_basis"))


def test_a_release_that_is_not_there_is_named(gate: Gate) -> None:
    with pytest.raises(NoSuchRelease, match="release list"):
        cells(gate, 10**6)


def test_the_worker_can_be_asked_for_a_release(gate: Gate) -> None:
    work = Work(gate, responses(gate), {"week": str(next_week(WEEK, -9))}, lambda *_: None)
    assert "0 of" in KINDS["release"](work)


def test_a_higher_k_hides_more(gate: Gate, engine: Engine) -> None:
    week = next_week(WEEK, 15)
    write(engine, [Answer(f"k{n}") for n in range(25)], week)
    made = make_release(gate, responses(gate), lambda *_: None, week=week, rule=Rule(people=30))
    assert made.shown == 0


THEMES = (
    "INSERT INTO northlight.run (collection_id, space_id, fingerprint, parameters, rows, unsorted, "
    "quality, current) SELECT s.collection_id, s.id, 'by hand', '{}', 1, 0, '{}', true "
    "FROM northlight.space s JOIN northlight.collection c ON c.id = s.collection_id "
    "WHERE s.active AND c.name = 'responses'",
    "INSERT INTO northlight.theme (collection_id, name, named_by) SELECT c.id, t.name, t.named_by "
    f"FROM northlight.collection c, (VALUES ('kept', 'terms'), ('kept, {CANARY}', 'terms'), "
    "('nobody said this', 'person')) AS t (name, named_by) WHERE c.name = 'responses'",
    "INSERT INTO northlight.theme_in_run (run_id, theme_id, size, owners, terms, representatives, "
    "x, y, centroid) SELECT r.id, t.id, 1, 1, '{}', '{}', 0, 0, '[1,0]' "
    "FROM northlight.run r JOIN northlight.theme t USING (collection_id) WHERE r.current",
)
