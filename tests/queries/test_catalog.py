"""Published views: roles as columns, whatever the explored table calls them."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from queries.catalog import collection_named, collections, declared_in, publish
from queries.collection import Collection, Lookup, published_name
from queries.collections.catalog_file import to_toml
from queries.errors import DeclarationError, UnknownCollection
from queries.filters import Filters
from queries.gate import Gate
from queries.identifiers import joined_name
from queries.rows.rows import newest
from tests import world
from tests.world import make_table, make_world, run_sql

STRANGE = ['Mixed"Case', "50% of.all", "order", "naïve ключ", "a'b", "a:b", "%(x)s", "back\\slash"]


def definition(engine: Engine, name: str) -> list[tuple[object, ...]]:
    return run_sql(
        engine,
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "c.relkind, pg_get_indexdef(i.indexrelid), c.xmin, a.xmin FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_index i ON i.indrelid = c.oid "
        "WHERE c.oid = to_regclass(:name) ORDER BY a.attnum",
        name=name,
    )


def test_a_view_has_the_roles_as_columns(gate: Gate) -> None:
    found = newest(gate, make_world(gate.engine), Filters(), 1)
    assert list(found) == ["row_id", "text", "title", "owner", "time", "topic"]


@pytest.mark.parametrize("name", STRANGE)
def test_any_column_name_can_play_any_role(gate: Gate, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    table = f"odd_{abs(hash(name)):x}"
    with gate.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"CREATE TABLE public.{table} ({quoted} text PRIMARY KEY)")
        cursor.execute(f"INSERT INTO public.{table} VALUES ('x')")
    collection = world.declare(
        gate,
        table,
        id=name,
        text=(name,),
        heading=name,
        owner=name,
        time=None,
        facet_columns=((published_name(name), name),),
    )
    found = newest(gate, collection, Filters(equals=((name, ("x",)),), owner="x"), 5)
    assert found[["row_id", "text", "title", "owner", name]].iloc[0].tolist() == ["x"] * 5


@pytest.mark.parametrize("name", STRANGE)
def test_any_table_name_can_be_declared(gate: Gate, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with gate.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"CREATE TABLE public.{quoted} (id int PRIMARY KEY, body text)")
    declared = Collection(
        f"t{abs(hash(name)):x}", "T", joined_name("public", name), "id", ("body",)
    )
    assert publish(gate.engine, [declared]) == [declared.name]


def test_publishing_twice_does_nothing_the_second_time(gate: Gate) -> None:
    collection = make_world(gate.engine)
    assert publish(gate.engine, [collection]) == []


def test_a_changed_declaration_remakes_the_view(gate: Gate) -> None:
    collection = make_world(gate.engine)
    changed = replace(collection, heading="topic")
    assert publish(gate.engine, [changed]) == [collection.name]
    assert newest(gate, changed, Filters(), 1)["title"].notna().all()


def test_a_view_that_is_gone_is_made_again(gate: Gate) -> None:
    collection = make_world(gate.engine)
    run_sql(gate.engine, f"DROP VIEW {collection.view_name()}")
    publish(gate.engine, [collection])
    assert len(newest(gate, collection, Filters(), 5)) == 5


def test_the_declared_table_is_not_altered(gate: Gate) -> None:
    name = make_table(gate.engine, world.rows())
    before = definition(gate.engine, f"public.{name}")
    world.embed_all(gate, world.declare(gate, name))
    assert definition(gate.engine, f"public.{name}") == before


def test_a_missing_column_is_told_with_the_table_and_a_cure(gate: Gate) -> None:
    collection = make_world(gate.engine)
    with pytest.raises(DeclarationError, match=r"has no column gone\. Correct its catalog file"):
        publish(gate.engine, [replace(collection, time="gone")])


def test_one_declaration_that_does_not_fit_leaves_the_others_published(gate: Gate) -> None:
    bad = replace(make_world(gate.engine), owner="gone")
    good = replace(make_world(gate.engine), title="Changed")
    told: list[str] = []
    assert publish(gate.engine, [bad, good], told.append) == [good.name]
    assert len(told) == 1


def test_each_declaration_is_published_for_itself_so_that_locks_do_not_run_out(gate: Gate) -> None:
    good = replace(make_world(gate.engine), title="Changed")
    bad = replace(make_world(gate.engine), owner="gone")
    with pytest.raises(DeclarationError):
        publish(gate.engine, [good, bad])
    assert publish(gate.engine, [good]) == []


def test_a_table_that_is_not_there_is_left_out(gate: Gate) -> None:
    declared = Collection("nothing", "Nothing", "public.no_such_table", "id", ("body",))
    assert publish(gate.engine, [declared]) == []


def test_a_condition_that_is_no_sql_is_a_sentence(gate: Gate) -> None:
    collection = replace(make_world(gate.engine), only="topic = = 'sleep'")
    with pytest.raises(DeclarationError, match="Check `only` and the lookups"):
        publish(gate.engine, [collection])


def test_only_narrows_what_anybody_sees(gate: Gate) -> None:
    collection = make_world(gate.engine, only="topic LIKE 'sl%'")
    assert set(newest(gate, collection, Filters(), 100)["topic"]) == {"sleep"}


def test_several_text_columns_stand_one_below_the_other(gate: Gate) -> None:
    collection = make_world(gate.engine, text=("topic", "body"))
    assert newest(gate, collection, Filters(), 1)["text"][0].startswith("work\n\n")


def test_a_row_whose_text_columns_are_all_empty_has_no_text(gate: Gate) -> None:
    there = [world.Row("a", "", "", "x"), world.Row("b", None, "", "x")]
    collection = make_world(gate.engine, there, text=("topic", "body"))
    assert newest(gate, collection, Filters(), 5)["text"].isna().all()


def test_a_lookup_shows_the_readable_value(gate: Gate) -> None:
    run_sql(gate.engine, "CREATE TABLE public.said (code text, label text)")
    run_sql(gate.engine, "INSERT INTO public.said VALUES ('sleep', 'Sleep and rest')")
    lookup = Lookup("subject", "public.said", "topic", "code", "label")
    collection = make_world(gate.engine, lookups=(lookup,))
    found = newest(gate, collection, Filters(equals=(("subject", ("Sleep and rest",)),)), 100)
    assert len(found) == 8


@pytest.mark.parametrize("name", ["time", "theme", "distance", "score"])
def test_a_facet_named_like_a_role_or_a_result_keeps_its_values(gate: Gate, name: str) -> None:
    made = make_table(gate.engine, world.rows())
    run_sql(gate.engine, f"ALTER TABLE public.{made} RENAME topic TO {name}")
    collection = world.declare(gate, made, facet_columns=((published_name(name), name),))
    assert newest(gate, collection, Filters(), 1)[f"{name}_facet"][0] == "work"


def test_an_unknown_collection_is_told_with_the_known_ones(gate: Gate) -> None:
    known = make_world(gate.engine).name
    with pytest.raises(UnknownCollection, match=f"no collection 'nope'. Declared: .*{known}"):
        collection_named(gate, "nope")


def test_collections_come_back_as_they_were_published(gate: Gate) -> None:
    collection = make_world(gate.engine)
    assert collection in collections(gate)


def test_the_later_folder_wins(tmp_path: Path) -> None:
    declared = Collection("notes", "Ours", "public.notes", "id", ("body",))
    for folder, title in (("built_in", "Ours"), ("yours", "Yours")):
        (tmp_path / folder).mkdir()
        text = to_toml(replace(declared, title=title))
        (tmp_path / folder / "notes.toml").write_text(text, encoding="utf-8")
    found = declared_in([tmp_path / "built_in", tmp_path / "yours", tmp_path / "absent"])
    assert [collection.title for collection in found] == ["Yours"]


def test_one_unreadable_file_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("table =", encoding="utf-8")
    good = Collection("good", "Good", "public.notes", "id", ("body",))
    (tmp_path / "good.toml").write_text(to_toml(good), encoding="utf-8")
    told: list[str] = []
    assert [found.name for found in declared_in([tmp_path], told.append)] == ["good"]
    assert len(told) == 1


def test_the_reader_gets_every_column_through_the_view_only(gate: Gate) -> None:
    collection = make_world(gate.engine)
    assert gate.value(select(collection.view.c.row_id).limit(1)) is not None
    allowed = run_sql(
        gate.engine,
        "SELECT has_table_privilege('northlight_worker', :name, 'SELECT')",
        name=collection.table,
    )
    assert allowed == [(False,)]


def test_views_made_by_an_older_northlight_are_made_anew(gate: Gate) -> None:
    made = make_world(gate.engine)
    assert publish(gate.engine, [made]) == []
    view = f'northlight_worker."{made.name}"'
    run_sql(gate.engine, f"COMMENT ON VIEW {view} IS 'made by other words'")
    assert publish(gate.engine, [made]) == [made.name]
    assert publish(gate.engine, [made]) == []
