"""The map: rows keep their place, themes their identity, and a fit is all or nothing."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from analysis import fit as fitting
from analysis.projection import edges_of
from jobs.errors import JobError
from jobs.maps.export import export_map
from jobs.maps.map import MapReport, make_map
from queries.collection import Collection
from queries.errors import NoMap, NotEmbedded, StatementStopped
from queries.gate import Gate, alone
from queries.maps import runs
from queries.maps.runs import current_or_raise, export, points_of
from queries.themes import themes
from tests.world import (
    TOPICS,
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
)

ROOT = Path(__file__).resolve().parents[3]
EACH = 16  # rows a topic
MANY = rows(pairs=EACH - 8)
COLUMNS = ["id", "x", "y", "theme_id", "parent_theme_id", "membership"]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Fewer steps of the projection than people get: these tests are not about its beauty."""
    with lowered(fitting, "edges_of", partial(edges_of, epochs=60)):
        yield


@pytest.fixture(scope="module")
def stable(gate: Gate) -> Collection:
    """A mapped collection that no test changes."""
    return mapped(gate)


def fit(gate: Gate, collection: Collection, *, refit: bool = False) -> MapReport:
    return make_map(gate, collection, quietly, refit=refit)


def mapped(gate: Gate, there: list[Row] | None = None) -> Collection:
    collection = embedded_world(gate, MANY if there is None else there)
    fit(gate, collection)
    return collection


def places(gate: Gate, collection: Collection) -> pd.DataFrame:
    return export(gate, collection).set_index("id")


def arrive(gate: Gate, collection: Collection, *there: Row) -> None:
    for row in there:
        run_sql(
            gate.engine,
            f"INSERT INTO {collection.table} (id, body, topic, who, at) "
            "VALUES (:id, :text, :topic, :owner, now())",
            **vars(row),
        )
    embed_all(gate, collection)


def change(gate: Gate, collection: Collection, statement: str) -> None:
    run_sql(gate.engine, statement.format(table=collection.table))
    embed_all(gate, collection)


def events_of(gate: Gate, run: int) -> list[str]:
    found = run_sql(
        gate.engine, "SELECT kind FROM northlight.theme_event WHERE run_id = :run", run=run
    )
    return [str(kind) for (kind,) in found]


def test_a_first_map_has_every_embedded_row(gate: Gate, stable: Collection) -> None:
    assert len(places(gate, stable)) == len(MANY)


def test_themes_follow_what_the_rows_are_about(gate: Gate, stable: Collection) -> None:
    found = places(gate, stable)
    topic = {row.id: row.topic for row in MANY}
    sorted_rows = found.dropna(subset="theme_id")
    told = sorted_rows.index.map(topic)
    purity = pd.crosstab(sorted_rows["theme_id"], told).max(axis=1).sum() / len(sorted_rows)
    assert purity > 0.8


def test_at_most_a_tenth_is_unsorted(gate: Gate) -> None:
    report = fit(gate, embedded_world(gate, MANY))
    assert report.unsorted <= 0.1 * report.rows + 1


def test_a_second_time_nothing_happens(gate: Gate, stable: Collection) -> None:
    assert fit(gate, stable).did == "unchanged"


def test_a_refit_of_the_same_rows_is_not_made(gate: Gate, stable: Collection) -> None:
    assert fit(gate, stable, refit=True).did == "unchanged"


def test_rows_that_arrive_are_placed_and_no_other_row_moves(gate: Gate) -> None:
    collection = mapped(gate)
    before = places(gate, collection)
    arrive(gate, collection, Row("new", "I could not fall asleep and lay awake.", "sleep", "p"))
    report = fit(gate, collection)
    assert (report.did, report.placed, report.rows) == ("placed", 1, len(MANY) + 1)
    after = places(gate, collection)
    pd.testing.assert_frame_equal(after.drop("new"), before, check_exact=True)


def test_a_copy_of_a_row_is_placed_on_it(gate: Gate) -> None:
    collection = mapped(gate)
    arrive(gate, collection, Row("copy", MANY[50].text, "x", "p"))
    fit(gate, collection)
    after = places(gate, collection)
    assert np.allclose(after.loc["copy", ["x", "y"]], after.loc[MANY[50].id, ["x", "y"]], atol=1e-4)


def test_removed_rows_leave_the_map_and_its_counts(gate: Gate) -> None:
    collection = mapped(gate)
    change(gate, collection, "DELETE FROM {table} WHERE topic = 'sleep'")
    report = fit(gate, collection)
    assert (report.did, report.rows) == ("placed", len(MANY) - EACH)
    points = points_of(gate, current_or_raise(gate, collection))
    assert len(points.row_ids) == len(MANY) - EACH


def test_removed_rows_are_no_representatives(gate: Gate) -> None:
    collection = mapped(gate)
    chosen = themes.themes(gate, collection)["representatives"].iloc[0][0]
    change(gate, collection, f"DELETE FROM {{table}} WHERE id = '{chosen}'")
    fit(gate, collection)
    left = themes.themes(gate, collection)["representatives"]
    assert not any(chosen in ids for ids in left)


def test_a_row_embedded_anew_is_placed_anew_and_no_other_row_moves(gate: Gate) -> None:
    collection = mapped(gate)
    before = places(gate, collection)
    moved = MANY[0].id
    change(gate, collection, f"UPDATE {{table}} SET body = 'Bread and soup' WHERE id = '{moved}'")
    report = fit(gate, collection)
    assert (report.did, report.placed) == ("placed", 1)
    after = places(gate, collection)
    assert not np.allclose(after.loc[moved, ["x", "y"]], before.loc[moved, ["x", "y"]])
    pd.testing.assert_frame_equal(after.drop(moved), before.drop(moved), check_exact=True)


def test_a_vector_that_changed_in_its_own_column_is_placed_anew(gate: Gate) -> None:
    name = make_table(gate.engine, rows(), column="vector(3)")
    axes = {topic: [1.0, 0.1 * n, 0.02 * n * n] for n, topic in enumerate(TOPICS)}
    for topic, axis in axes.items():
        update = f"UPDATE {name} SET vector = CAST(:v AS vector) WHERE topic = :topic"
        run_sql(gate.engine, update, v=str(axis), topic=topic)
    collection = declare(gate, name, embedding="vector")
    fit(gate, collection)
    run_sql(gate.engine, f"UPDATE {name} SET vector = '[0,0,9]' WHERE id = 'row-00000'")
    assert fit(gate, collection).placed == 1


def test_sizes_and_unsorted_add_up_to_all_rows_after_placing(gate: Gate) -> None:
    collection = mapped(gate)
    arrive(gate, collection, *(Row(f"n{n}", f"Sleep number {n}", "s", "p") for n in range(9)))
    fit(gate, collection)
    found, run = themes.themes(gate, collection), current_or_raise(gate, collection)
    fine = found[found["parent_id"].notna()]
    assert fine["size"].sum() + run.unsorted == run.rows == len(MANY) + 9


def test_the_size_of_a_theme_is_that_of_its_members(gate: Gate, stable: Collection) -> None:
    found = themes.themes(gate, stable).set_index("id")
    for theme, ids in themes.membership(gate, stable).items():
        assert found.loc[theme, "size"] == len(ids)


def test_a_broad_theme_counts_each_owner_once(gate: Gate, stable: Collection) -> None:
    found = themes.themes(gate, stable)
    assert found["owners"].between(1, 9).all()


def test_a_refit_keeps_ids_and_names_of_themes_that_did_not_change(gate: Gate) -> None:
    collection = mapped(gate)
    before = themes.themes(gate, collection).set_index("id")
    arrive(gate, collection, Row("new", "Another word about sleep.", "sleep", "p"))
    assert fit(gate, collection, refit=True).did == "fitted"
    after = themes.themes(gate, collection).set_index("id")
    shared = before.index.intersection(after.index)
    assert len(shared) >= 0.5 * len(before)
    assert (before.loc[shared, "name"] == after.loc[shared, "name"]).all()


def test_a_name_that_a_person_gave_outlives_a_refit(gate: Gate) -> None:
    collection = mapped(gate)
    theme = int(themes.themes(gate, collection)["id"].iloc[-1])
    named = "UPDATE northlight.theme SET name = 'Ours', named_by = 'person' WHERE id = :id"
    run_sql(gate.engine, named, id=theme)
    arrive(gate, collection, Row("new", "Another word about sleep.", "sleep", "p"))
    fit(gate, collection, refit=True)
    kept = run_sql(gate.engine, "SELECT name FROM northlight.theme WHERE id = :id", id=theme)
    assert kept == [("Ours",)]


def test_names_are_unlike_after_a_refit_too(gate: Gate) -> None:
    collection = mapped(gate)
    change(gate, collection, "UPDATE {table} SET body = 'Also ' || body WHERE topic < 'm'")
    fit(gate, collection, refit=True)
    assert themes.themes(gate, collection)["name"].str.casefold().is_unique


def test_a_refit_stays_on_the_frame_that_people_know(gate: Gate) -> None:
    collection = mapped(gate)
    before = places(gate, collection)
    arrive(gate, collection, Row("new", "Another word about sleep.", "sleep", "p"))
    fit(gate, collection, refit=True)
    after = places(gate, collection).loc[before.index]
    gap = np.linalg.norm(after[["x", "y"]].to_numpy() - before[["x", "y"]].to_numpy(), axis=1)
    width = np.linalg.norm(np.ptp(before[["x", "y"]].to_numpy(), axis=0))
    assert np.median(gap) < 0.25 * width


def test_a_theme_whose_rows_are_gone_is_retired_with_an_event(gate: Gate) -> None:
    collection = mapped(gate)
    change(gate, collection, "DELETE FROM {table} WHERE topic IN ('sleep', 'money', 'running')")
    report = fit(gate, collection, refit=True)
    retired = run_sql(
        gate.engine,
        "SELECT t.id FROM northlight.theme t JOIN northlight.collection c "
        "ON c.id = t.collection_id WHERE c.name = :name AND t.retired_at IS NOT NULL",
        name=collection.name,
    )
    assert "retired" in events_of(gate, report.run)
    assert retired


def test_a_theme_of_new_rows_is_born_with_an_event(gate: Gate) -> None:
    collection = mapped(gate)
    said = "The telescope showed the rings of Saturn and a comet number {}."
    arrive(gate, collection, *(Row(f"n{n}", said.format(n), "s", "p") for n in range(60)))
    report = fit(gate, collection, refit=True)
    assert "born" in events_of(gate, report.run)


def test_the_same_rows_under_new_ids_keep_their_themes(gate: Gate) -> None:
    collection = mapped(gate)
    before = set(themes.themes(gate, collection)["id"])
    change(gate, collection, "UPDATE {table} SET id = 'again-' || id")
    fit(gate, collection)
    after = set(themes.themes(gate, collection)["id"])
    assert len(before & after) > 0.5 * len(before)


def test_another_model_makes_another_map(gate: Gate) -> None:
    from jobs.embed import embed

    collection = mapped(gate)
    embed(gate, collection, BigramEmbedder(), quietly, switch=True)
    assert fit(gate, collection).did == "fitted"


@pytest.mark.parametrize("count", [3, 4, 5, 7, 10, 20])
def test_a_few_rows_make_a_map_too(gate: Gate, count: int) -> None:
    report = fit(gate, embedded_world(gate, MANY[:: len(MANY) // count][:count]))
    assert (report.did, report.rows) == ("fitted", count)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_rows_are_told_with_the_number(gate: Gate, count: int) -> None:
    collection = embedded_world(gate, MANY[:count])
    with pytest.raises(JobError, match=f"has {count} embedded rows; a map needs at least 3"):
        fit(gate, collection)


def test_a_column_that_is_only_read_and_empty_leads_to_embeddings_beside_it(gate: Gate) -> None:
    name = make_table(gate.engine, MANY[:5], column="vector(3)")
    run_sql(gate.engine, f"UPDATE {name} SET vector = '[1,2,3]' WHERE id = '{MANY[0].id}'")
    collection = declare(gate, name, embedding="vector")
    with pytest.raises(JobError, match=f"embed {name} --switch"):
        fit(gate, collection)


@pytest.mark.parametrize("left", [0, 2])
def test_rows_that_are_gone_leave_a_map_that_too_few_are_left_for(gate: Gate, left: int) -> None:
    collection = mapped(gate)
    kept = [row.id for row in MANY[:left]]
    told = ", ".join(f"'{row_id}'" for row_id in ("nobody", *kept))
    change(gate, collection, f"DELETE FROM {{table}} WHERE id NOT IN ({told})")
    with pytest.raises(JobError, match=f"has {left} embedded rows"):
        fit(gate, collection)
    assert sorted(places(gate, collection).index) == sorted(kept)


def test_rows_that_are_all_alike_are_one_theme(gate: Gate) -> None:
    alike = [Row(f"r{n:03}", "The very same sentence.", "x", "o") for n in range(60)]
    collection = embedded_world(gate, alike)
    assert fit(gate, collection).rows == 60
    found = themes.themes(gate, collection)
    assert (found["name"].tolist(), found["size"].tolist()) == (["Sentence"], [60])
    assert themes.membership(gate, collection)[int(found["id"].iat[0])]


def test_copies_among_the_rows_are_no_trouble(gate: Gate) -> None:
    copies = [Row(f"c{n:03}", MANY[n % 5].text, "x", "o") for n in range(100)]
    assert fit(gate, embedded_world(gate, [*MANY[:40], *copies])).rows == 140


def test_one_owner_of_everything_is_counted_once(gate: Gate) -> None:
    one = [Row(row.id, row.text, row.topic, "only me") for row in MANY]
    assert (themes.themes(gate, mapped(gate, one))["owners"] == 1).all()


def test_a_collection_without_owners_has_no_owner_counts(gate: Gate) -> None:
    collection = make_world(gate.engine, MANY, owner=None)
    embed_all(gate, collection)
    fit(gate, collection)
    assert themes.themes(gate, collection)["owners"].isna().all()


def test_a_row_without_text_is_not_on_the_map(gate: Gate) -> None:
    collection = mapped(gate, [*MANY, Row("empty", "", "x", "o")])
    assert "empty" not in places(gate, collection).index


def test_a_collection_that_is_not_embedded_says_what_to_run(gate: Gate) -> None:
    with pytest.raises(NotEmbedded):
        fit(gate, make_world(gate.engine))


def test_an_export_has_exactly_the_promised_columns(
    gate: Gate, stable: Collection, tmp_path: Path
) -> None:
    export_map(gate, stable, tmp_path / "map.parquet")
    table = parquet.read_table(tmp_path / "map.parquet")
    assert table.column_names == COLUMNS
    assert table.num_rows == len(MANY)


def test_an_export_names_themes_by_whole_numbers(
    gate: Gate, stable: Collection, tmp_path: Path
) -> None:
    export_map(gate, stable, tmp_path / "map.parquet")
    schema = parquet.read_schema(tmp_path / "map.parquet")
    assert (
        str(schema.field("theme_id").type) == str(schema.field("parent_theme_id").type) == "int64"
    )


def test_an_export_that_cannot_be_written_is_a_sentence(
    gate: Gate, stable: Collection, tmp_path: Path
) -> None:
    with pytest.raises(JobError, match="cannot be written: No such file"):
        export_map(gate, stable, tmp_path / "absent" / "map.parquet")


def test_an_export_before_a_map_says_what_to_run(gate: Gate, tmp_path: Path) -> None:
    with pytest.raises(NoMap):
        export_map(gate, embedded_world(gate), tmp_path / "map.parquet")


def test_two_fits_at_once_make_one_run(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)
    done: list[str] = []
    running = [
        threading.Thread(target=lambda: done.append(fit(gate, collection).did)) for _ in range(2)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert sorted(done) == ["fitted", "unchanged"]


def test_a_fit_that_waited_long_enough_says_why_it_stops(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.gate.WRITE_LOCK_SECONDS", 0.1)
    collection = embedded_world(gate)
    with alone(gate.engine, "map", collection.name), pytest.raises(StatementStopped):
        fit(gate, collection)


KILLED = """
import os, signal, sys
from jobs.maps.map import make_map
from queries.maps import store_run
from queries.catalog import collection_named
from queries.engine import make_engine
from queries.gate import {identity}, Gate
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
store_run.make_current = die
gate = Gate(make_engine(sys.argv[1]), {identity})
make_map(gate, collection_named(gate, sys.argv[2]), lambda step, share: None, refit=True)
"""


def test_killed_in_the_middle_the_old_run_stays(gate: Gate, database_url: str) -> None:
    collection = mapped(gate)
    before, stood = current_or_raise(gate, collection), places(gate, collection)
    arrive(gate, collection, Row("new", "Another word about sleep.", "sleep", "p"))
    code = KILLED.format(identity=gate.identity.role.upper())
    command = [sys.executable, "-P", "-c", code, database_url, collection.name]
    killed = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert current_or_raise(gate, collection).id == before.id
    pd.testing.assert_frame_equal(places(gate, collection), stood, check_exact=True)


def test_a_fit_that_is_cancelled_stores_nothing(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)

    def cancel(_step: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_map(gate, collection, cancel)
    assert runs.current(gate, collection) is None


def test_progress_never_goes_back_and_ends_at_the_whole(gate: Gate) -> None:
    shares: list[float] = []
    make_map(gate, embedded_world(gate, MANY), lambda _step, share: shares.append(share))
    assert shares[-1] == 1.0
    assert max(shares) <= 1


def test_the_same_rows_make_the_same_map(gate: Gate, stable: Collection) -> None:
    one, other = places(gate, stable), places(gate, mapped(gate))
    assert np.array_equal(one[["x", "y"]], other[["x", "y"]])


def test_a_fit_of_a_sample_goes_on_from_what_a_dead_worker_finished(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "LARGEST", 60)
    monkeypatch.setattr(fitting, "PLACED_AT_ONCE", 10)
    collection, undisturbed = embedded_world(gate, MANY), mapped(gate)

    def die(step: str, share: float) -> None:
        if step == "placing" and share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_map(gate, collection, die)
    assert runs.current(gate, collection) is None
    steps: list[str] = []
    make_map(gate, collection, lambda step, _share: steps.append(step))
    assert "themes" not in steps
    one, other = places(gate, collection), places(gate, undisturbed)
    pd.testing.assert_frame_equal(one[["x", "y"]], other[["x", "y"]], check_exact=True)
    assert run_sql(gate.engine, "SELECT count(*) FROM northlight.fit_stage") == [(0,)]


def test_the_dial_decides_how_many_may_stay_unsorted(gate: Gate) -> None:
    collection = mapped(gate)
    assert current_or_raise(gate, collection).unsorted > 0
    report = make_map(gate, collection, quietly, unsorted_at_most=0.0)
    assert (report.did, report.unsorted) == ("fitted", 0)
    assert make_map(gate, collection, quietly, unsorted_at_most=0.0).did == "unchanged"


def test_a_refit_keeps_the_dial_of_the_map_before_it(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)
    make_map(gate, collection, quietly, unsorted_at_most=0.0)
    arrive(gate, collection, Row("new", "Another word about sleep.", "sleep", "p"))
    assert fit(gate, collection, refit=True).unsorted == 0


def test_a_dial_beyond_everything_is_refused(gate: Gate, stable: Collection) -> None:
    with pytest.raises(JobError, match="from 0 to 100%"):
        make_map(gate, stable, quietly, unsorted_at_most=1.5)


def test_a_row_taken_off_and_back_again_is_on_the_map_after_a_refit(gate: Gate) -> None:
    collection = mapped(gate)
    change(gate, collection, "UPDATE {table} SET body = NULL WHERE id = 'row-00000'")
    fit(gate, collection)
    said = MANY[0].text
    run_sql(
        gate.engine, f"UPDATE {collection.table} SET body = :said WHERE id = 'row-00000'", said=said
    )
    embed_all(gate, collection)
    assert fit(gate, collection, refit=True).rows == len(MANY)
