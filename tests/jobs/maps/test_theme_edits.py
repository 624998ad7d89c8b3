"""What people decide about themes: at once on the map, kept by every refit, undone when asked."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
import pytest

from analysis import fit as fitting
from jobs.maps.map import make_map
from jobs.maps.refits import accept, back
from jobs.maps.split_theme import split_theme
from queries.collection import Collection
from queries.errors import EditRefused, NoProposal, NoSuchTheme
from queries.filters import Filters
from queries.gate import Gate
from queries.maps.run_states import proposal
from queries.maps.runs import current_or_raise, export
from queries.themes import theme_edits as edits
from queries.themes import themes
from queries.themes.theme_undo import undo
from tests.world import Row, embed_all, embedded_world, lowered, quietly, rows, run_sql

MANY = rows(pairs=8)


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with lowered(fitting, "edges_of", partial(fitting.edges_of, epochs=40)):
        yield


@pytest.fixture(scope="module")
def world(gate: Gate) -> Collection:
    """A mapped collection; every test leaves it mapped."""
    collection = embedded_world(gate, MANY)
    make_map(gate, collection, quietly)
    return collection


def told(gate: Gate, collection: Collection) -> pd.DataFrame:
    return themes.themes(gate, collection).set_index("id")


def fine(gate: Gate, collection: Collection) -> list[int]:
    found = told(gate, collection)
    return [int(id) for id in found.index[found["parent_id"].notna()]]


def members(gate: Gate, collection: Collection) -> dict[int, set[str]]:
    return {id: set(ids) for id, ids in themes.membership(gate, collection).items()}


def refit(gate: Gate, collection: Collection) -> None:
    """With one more row, so that there is something to fit."""
    number = len(export(gate, collection))
    row = Row(f"more-{number}", f"The night was short and I slept for {number} minutes.", "s", "p")
    run_sql(
        gate.engine,
        f"INSERT INTO {collection.table} (id, body, topic, who, at) "
        "VALUES (:id, :text, :topic, :owner, now())",
        **vars(row),
    )
    embed_all(gate, collection)
    make_map(gate, collection, quietly, refit=True)


def test_a_name_outlives_refits_and_is_undone(gate: Gate, world: Collection) -> None:
    theme = fine(gate, world)[0]
    was = told(gate, world).loc[theme, "name"]
    edit = edits.rename(gate.engine, world, theme, "  Nights   awake ", "ana")
    refit(gate, world)
    now = told(gate, world).loc[theme]
    assert (now["name"], now["named_by"]) == ("Nights awake", "person")
    undo(gate.engine, world, edit, "ben")
    assert told(gate, world).loc[theme, "name"] == was
    history = themes.events(gate, world, theme)
    assert history["made_by"].tolist()[:2] == ["ben", "engine"]
    assert "ana" in history["made_by"].tolist()


def test_two_themes_never_get_the_same_name(gate: Gate, world: Collection) -> None:
    one, other = fine(gate, world)[:2]
    taken = told(gate, world).loc[other, "name"]
    with pytest.raises(EditRefused, match="Another theme"):
        edits.rename(gate.engine, world, one, taken.upper(), "ana")
    with pytest.raises(EditRefused, match="1 to"):
        edits.rename(gate.engine, world, one, "  ", "ana")


def test_a_merge_holds_through_refits_and_is_undone(gate: Gate, world: Collection) -> None:
    gone, target = fine(gate, world)[1:3]
    before = members(gate, world)
    edit = edits.merge(gate.engine, world, gone, target, "ana")
    assert members(gate, world)[target] == before[gone] | before[target]
    assert told(gate, world).loc[target, "size"] == len(before[gone] | before[target])
    refit(gate, world)
    after = members(gate, world)
    assert gone not in after
    kept = (before[gone] | before[target]) & set().union(*after.values())
    assert len(kept & after[target]) > 0.9 * len(kept)
    undo(gate.engine, world, edit, "ana")
    again = members(gate, world)
    assert len(again[gone] & before[gone]) > 0.8 * len(before[gone])
    assert told(gate, world).loc[gone, "size"] == len(again[gone])


def test_an_undone_merge_leaves_the_map_as_it_was(gate: Gate, world: Collection) -> None:
    gone, target = fine(gate, world)[:2]
    before, stood = told(gate, world), members(gate, world)
    edit = edits.merge(gate.engine, world, gone, target, "ana")
    undo(gate.engine, world, edit, "ana")
    assert members(gate, world) == stood
    same = ["name", "parent_id", "size", "owners", "x", "y", "terms", "representatives"]
    pd.testing.assert_frame_equal(told(gate, world)[same], before[same])
    with pytest.raises(EditRefused, match="undone before"):
        undo(gate.engine, world, edit, "ana")


def test_a_split_holds_through_refits_and_is_undone(gate: Gate, world: Collection) -> None:
    theme = fine(gate, world)[0]
    before = members(gate, world)[theme]
    edit, new = split_theme(gate, world, theme, "ana")
    parts = members(gate, world)
    assert parts[theme] | parts[new] == before
    assert told(gate, world).loc[new, "size"] == len(parts[new]) > 0
    refit(gate, world)
    assert {theme, new} <= set(fine(gate, world))
    undo(gate.engine, world, edit, "ana")
    assert new not in members(gate, world)
    assert parts[new] & members(gate, world)[theme]


def test_a_pinned_theme_stays_when_its_rows_are_drowned(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)
    make_map(gate, collection, quietly)
    theme = fine(gate, collection)[-1]
    mine = members(gate, collection)[theme]
    edits.pin(gate.engine, collection, theme, "ana")
    copies = [
        Row(f"copy-{number}", MANY[number % len(MANY)].text, "x", "p") for number in range(300)
    ]
    for row in copies:
        run_sql(
            gate.engine,
            f"INSERT INTO {collection.table} (id, body, who) VALUES (:id, :text, :owner)",
            **{"id": row.id, "text": row.text, "owner": row.owner},
        )
    embed_all(gate, collection)
    make_map(gate, collection, quietly, refit=True)
    assert theme in fine(gate, collection)
    assert members(gate, collection)[theme] & mine


def test_a_definition_outlives_refits_and_is_undone(gate: Gate, world: Collection) -> None:
    theme = fine(gate, world)[0]
    first = edits.define(gate.engine, world, theme, " What nights  are like. ", "ana")
    later = edits.define(gate.engine, world, theme, "Nights.", "ben")
    refit(gate, world)
    assert told(gate, world).loc[theme, "definition"] == "Nights."
    with pytest.raises(EditRefused, match="defined anew"):
        undo(gate.engine, world, first, "ana")
    undo(gate.engine, world, later, "ana")
    assert told(gate, world).loc[theme, "definition"] == "What nights are like."
    undo(gate.engine, world, first, "ana")
    assert told(gate, world)["definition"].isna().all()
    with pytest.raises(EditRefused, match="at most 600"):
        edits.define(gate.engine, world, theme, "x" * 601, "ana")


def test_borderline_rows_name_the_other_theme(gate: Gate, world: Collection) -> None:
    mine = members(gate, world)
    names = told(gate, world)["name"]
    found = [(theme, themes.borderline(gate, world, theme, Filters())) for theme in mine]
    assert any(len(rows) for _, rows in found)
    for theme, torn in found:
        assert set(torn["row_id"]) <= mine[theme]
        assert (torn["second_id"] != theme).all()
        assert (torn["second_membership"] >= 0.5 * torn["membership"] - 1e-6).all()
        assert torn["second_name"].tolist() == [names[other] for other in torn["second_id"]]


def test_undoing_a_merge_brings_back_who_was_torn_between_the_two(
    gate: Gate, world: Collection
) -> None:
    def torn() -> set[tuple[int, str, int]]:
        found = ((one, themes.borderline(gate, world, one, Filters())) for one in fine(gate, world))
        return {
            (one, row.row_id, row.second_id) for one, rows in found for row in rows.itertuples()
        }

    before = torn()
    one, other = next((one, other) for one, _, other in sorted(before))
    edit = edits.merge(gate.engine, world, one, other, "ana")
    assert all({one, other} != {mine, second} for mine, _, second in torn())
    undo(gate.engine, world, edit, "ana")
    assert torn() == before


def test_themes_kept_apart_cannot_be_merged(gate: Gate, world: Collection) -> None:
    one, other = fine(gate, world)[:2]
    edit = edits.keep_apart(gate.engine, world, one, other, "ana")
    with pytest.raises(EditRefused, match=f"undo edit {edit}"):
        edits.merge(gate.engine, world, other, one, "ben")
    refit(gate, world)
    assert {one, other} <= set(fine(gate, world))
    undo(gate.engine, world, edit, "ana")


def test_what_is_not_there_is_a_sentence(gate: Gate, world: Collection) -> None:
    with pytest.raises(NoSuchTheme, match="no theme 999999"):
        edits.rename(gate.engine, world, 999999, "x", "ana")
    with pytest.raises(EditRefused, match="no edit"):
        undo(gate.engine, world, 999999, "ana")
    theme = fine(gate, world)[0]
    with pytest.raises(EditRefused, match="one already"):
        edits.merge(gate.engine, world, theme, theme, "ana")


def test_a_proposal_changes_nothing_until_it_is_accepted(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)
    make_map(gate, collection, quietly)
    stood = export(gate, collection)
    run_sql(gate.engine, f"DELETE FROM {collection.table} WHERE topic = 'money'")
    embed_all(gate, collection)
    report = make_map(gate, collection, quietly, propose=True)
    assert report.did == "proposed"
    assert report.proposal is not None
    assert 0 <= report.proposal["moved"] < 1
    assert "retired" in report.proposal["events"]
    shown = stood[stood["id"].isin(export(gate, collection)["id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(export(gate, collection), shown)
    assert accept(gate, collection) == report.run == current_or_raise(gate, collection).id
    assert proposal(gate, collection) is None


def test_one_step_back_and_forward_again(gate: Gate) -> None:
    collection = embedded_world(gate, MANY)
    first = make_map(gate, collection, quietly).run
    with pytest.raises(NoProposal, match="no earlier map"):
        back(gate, collection)
    before = export(gate, collection)
    refit(gate, collection)
    second = current_or_raise(gate, collection).id
    assert back(gate, collection) == first
    shown = export(gate, collection)
    pd.testing.assert_frame_equal(shown, before)
    assert accept(gate, collection) == second
    with pytest.raises(NoProposal, match="waits to be accepted"):
        accept(gate, collection)
