"""Loading files: roles, types, the same file twice, and a server that goes away."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from jobs.connect.roles import Given
from jobs.errors import JobError
from jobs.files.json_lines import JsonLinesFile
from jobs.loading.copying import LoadRefused
from jobs.loading.load import LoadReport, load
from queries.catalog import collection_named, collections, declared_in, publish
from queries.errors import ImportRefused, ServerError
from queries.gate import Gate, inspecting


@pytest.fixture
def home(gate: Gate, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalog"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS loaded CASCADE")
        connection.exec_driver_sql("DELETE FROM northlight.collection")


def loaded(
    gate: Gate, home: Path, content: str, name: str = "a.csv", **options: object
) -> LoadReport:
    """Load a file of that content, making the collection `notes` unless told otherwise."""
    path = home.parent / name
    path.write_text(content, encoding="utf-8")
    return load(gate, path, "notes", catalog_folders=[home], **{"create": True, **options})  # type: ignore[arg-type]


def stored(gate: Gate, columns: str = "*", table: str = "loaded.notes") -> list[tuple[object, ...]]:
    with inspecting(gate.engine) as connection:
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY 1")
        return [tuple(row) for row in rows]


def types(gate: Gate, table: str = "notes") -> dict[str, str]:
    with inspecting(gate.engine) as connection:
        rows = connection.execute(
            text(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = 'loaded' AND table_name = :table"
            ),
            {"table": table},
        )
        return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(
    "first",
    ["0,the bread was good", "-1.5,x", "2024-03-31T10:00,x"],
)
def test_a_first_line_that_reads_like_a_row_is_told(gate: Gate, home: Path, first: str) -> None:
    report = loaded(gate, home, f"{first}\n1,the bread was stale and the tea was cold\n")
    assert any("taken for the names of the columns" in note for note in report.notes)


def test_names_of_columns_are_no_reason_to_ask(gate: Gate, home: Path) -> None:
    report = loaded(gate, home, "id,What was it like for you?\n1,the bread was good\n")
    assert report.notes == ()


def test_every_column_is_kept_with_the_type_its_values_have(gate: Gate, home: Path) -> None:
    loaded(
        gate,
        home,
        "id,text,stars,price,kept,zip,word,created_at\n"
        "1,a b,5,1.50,true,00501,x,2024-02-28\n2,c d,4,2,FALSE,12345,y,2024-02-29T10:00:00+02:00\n",
    )
    assert types(gate) == {
        "id": "text",
        "text": "text",
        "stars": "bigint",
        "price": "numeric",
        "kept": "boolean",
        "zip": "text",
        "word": "text",
        "created_at": "timestamp with time zone",
    }
    assert stored(gate, "id, zip, kept, created_at")[1] == (
        "2",
        "12345",
        False,
        datetime(2024, 2, 29, 8, tzinfo=UTC),
    )


def test_roles_are_told_from_names_and_contents(gate: Gate, home: Path) -> None:
    rows = "".join(
        f"k{n},A note about thing {n} and more,Thing {n},{n % 3},u{n % 5},2024-01-{n % 28 + 1:02}\n"
        for n in range(40)
    )
    report = loaded(gate, home, "Key,Remark,title,Topic,UserName,CreatedAt\n" + rows)
    assert report.collection.roles() == {
        "id": "Key",
        "text": "Remark",
        "title": "title",
        "embedding": None,
        "owner": "UserName",
        "time": "CreatedAt",
        "facets": ["Topic"],
    }
    assert all(choice.reason for choice in report.choices)


def test_a_loaded_collection_can_be_read_through_its_roles_at_once(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text,user\n1,first,ann\n2,second,bob\n")
    collection = collection_named(gate, "notes")
    rows = gate.rows(text("SELECT row_id, text, owner FROM notes ORDER BY row_id"))
    assert [tuple(row) for row in rows] == [("1", "first", "ann"), ("2", "second", "bob")]
    assert declared_in([home])[0].roles() == collection.roles()
    assert publish(gate.engine, declared_in([home])) == []


def test_text_without_blanks_is_told_by_its_name(gate: Gate, home: Path) -> None:
    report = loaded(
        gate,
        home,
        "id,title,content\n1,On sleep,昨夜はよく眠れませんでした\n2,On work,会議で発言できた\n",
    )
    assert report.collection.text == ("content",)


def test_the_same_file_twice_changes_nothing(gate: Gate, home: Path) -> None:
    content = "id,text,n,on\n1,a b,1.0,2024-01-01\n2,c d,,\n"
    loaded(gate, home, content)
    before = stored(gate, "xmin::text, *")
    again = loaded(gate, home, content, create=False)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 2)
    assert stored(gate, "xmin::text, *") == before


def definition(gate: Gate) -> list[object]:
    """The table's columns and constraints, with their names."""
    with inspecting(gate.engine) as connection:
        columns = connection.exec_driver_sql(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
            "WHERE attrelid = 'loaded.notes'::regclass AND attnum > 0 ORDER BY attnum"
        )
        constraints = connection.exec_driver_sql(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'loaded.notes'::regclass ORDER BY 1"
        )
        return [tuple(row) for row in (*columns, *constraints)]


@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_table_is_the_same_filled_straight_or_by_merging(
    gate: Gate, home: Path, skip_bad: bool
) -> None:
    good = "id,text,stars,on\n1,a b,5,2024-01-01\n2,c d,,2024-01-02\n"
    loaded(gate, home, good, skip_bad=skip_bad)
    straight = definition(gate), stored(gate)
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA loaded CASCADE")
        connection.exec_driver_sql("DELETE FROM northlight.collection")
    (home / "notes.toml").unlink()
    report = loaded(gate, home, good + "2,again,,\n", skip_bad=True)
    assert [row.line for row in report.refused] == [4]
    assert (definition(gate), stored(gate)) == straight
    assert ("notes_pkey", "PRIMARY KEY (id)") in straight[0]


def test_an_id_that_is_twice_is_refused_though_written_otherwise(gate: Gate, home: Path) -> None:
    lines = '{"id": 1, "text": "a b"}\n{"id": "1", "text": "c d"}\n'
    with pytest.raises(LoadRefused, match=r"line 2: has the id '1', as line 1 has"):
        loaded(gate, home, lines, "a.jsonl")
    assert types(gate) == {}


def test_rows_skipped_on_the_way_into_a_new_table_are_named(gate: Gate, home: Path) -> None:
    report = loaded(gate, home, "id,text\n1,a b\n2,c,d\n3,e f\n", skip_bad=True)
    assert [(row.line, "has 3 fields" in row.reason) for row in report.refused] == [(3, True)]
    assert (report.inserted, report.rows) == (2, 3)
    assert stored(gate, "id, text") == [("1", "a b"), ("3", "e f")]
    assert collection_named(gate, "notes").table == "loaded.notes"


def test_changed_rows_are_updated_and_new_ones_added(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text,tag\n1,a b,x\n2,c d,y\n")
    again = loaded(gate, home, "id,text,tag\n2,c d,z\n3,e f,x\n", create=False)
    assert (again.inserted, again.updated, again.unchanged) == (1, 1, 0)
    assert stored(gate, "id, text, tag") == [
        ("1", "a b", "x"),
        ("2", "c d", "z"),
        ("3", "e f", "x"),
    ]


def test_columns_that_come_and_go_are_named(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text,tag\n1,a b,x\n")
    again = loaded(gate, home, "id,text,mood\n1,new,glad\n", create=False)
    assert [note.split(": ")[1] for note in again.notes] == ["mood.", "tag."]
    assert stored(gate) == [("1", "new", "x")]


def test_a_file_without_ids_gets_row_numbers_and_says_so(gate: Gate, home: Path) -> None:
    report = loaded(gate, home, "text\nfirst note\n\nsecond note\n")
    assert stored(gate) == [("1", "first note"), ("2", "second note")]
    assert any("row's number" in note for note in report.notes)
    again = loaded(gate, home, "text\nfirst note\nsecond note\nthird\n", create=False)
    assert (again.inserted, again.unchanged) == (1, 2)


def test_a_first_column_that_names_its_rows_is_their_id(gate: Gate, home: Path) -> None:
    lines = [f"lib{n},what it is good for {n}" for n in range(90)]
    loaded(gate, home, "\n".join(["package,about", *lines[:60]]))
    assert stored(gate)[0] == ("lib0", "what it is good for 0")
    rest = loaded(gate, home, "\n".join(["package,about", *lines[50:]]), create=False)
    assert (rest.inserted, rest.unchanged) == (30, 10)


@pytest.mark.parametrize("first", ["author", "body"])
def test_a_first_column_of_people_or_texts_names_no_rows(
    gate: Gate, home: Path, first: str
) -> None:
    lines = [f"lib{n},what it is good for {n}" for n in range(60)]
    report = loaded(gate, home, "\n".join([f"{first},about", *lines]))
    assert any("row's number" in note for note in report.notes)


def test_another_file_does_not_replace_numbered_rows(gate: Gate, home: Path) -> None:
    loaded(gate, home, "text\nfirst note\nsecond note\nthird note\n")
    with pytest.raises(JobError, match="looks like another file"):
        loaded(gate, home, "text\nother\nthings\nhere\n", create=False)
    assert stored(gate)[0] == ("1", "first note")


def test_a_refused_row_leaves_the_collection_as_it_was(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text,n\n1,a b,1\n")
    with pytest.raises(LoadRefused, match="line 3: n is 'many', not a whole number"):
        loaded(gate, home, "id,text,n\n1,changed,2\n2,new,many\n", create=False)
    assert stored(gate) == [("1", "a b", 1)]


def test_good_rows_are_loaded_when_bad_ones_are_skipped(gate: Gate, home: Path) -> None:
    report = loaded(
        gate,
        home,
        'id,text\n1,"two\nlines"\n2\n3,three\n3,again\n,none\n4,"four\n\n"\n5,x,y\n',
        skip_bad=True,
    )
    assert [(row.line, row.reason.split(",")[0].split(";")[0]) for row in report.refused] == [
        (4, "has 1 field"),
        (6, "has the id '3'"),
        (7, "has no id"),
        (11, "has 3 fields"),
    ]
    assert stored(gate) == [("1", "two\nlines"), ("3", "three"), ("4", "four\n\n")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_and_line_ending(gate: Gate, home: Path, delimiter: str, ending: str) -> None:
    path = home.parent / "a.csv"
    lines = [delimiter.join(("id", "text", "tag")), delimiter.join(("1", "a b", "x")), ""]
    path.write_bytes(("\ufeff" + ending.join(lines)).encode())
    load(gate, path, "notes", catalog_folders=[home], create=True)
    assert stored(gate) == [("1", "a b", "x")]


def test_the_empty_rows_of_a_spreadsheet_are_passed_over(gate: Gate, home: Path) -> None:
    report = loaded(gate, home, "id,text,tag\n1,a b,x\n,,\n2,c d,\n,,\n,,\n")
    assert (report.inserted, report.refused) == (2, ())


def test_json_lines_keep_lists_and_nested_values(gate: Gate, home: Path) -> None:
    rows = [
        {"id": 7, "text": "a b", "tags": ["x", "y"], "more": {"a": [1]}, "n": 1.5},
        {"id": 8, "text": "c d", "tags": ["x"], "late": True, "n": 2},
    ]
    report = loaded(gate, home, "\n".join(map(json.dumps, rows)), "a.jsonl")
    assert report.collection.facets == ("tags",)
    assert stored(gate, "id, tags, more, late, n") == [
        ("7", ["x", "y"], '{"a": [1]}', None, 1.5),
        ("8", ["x"], None, True, 2.0),
    ]
    assert collection_named(gate, "notes").is_list("tags")


def test_parquet_keeps_its_types(gate: Gate, home: Path) -> None:
    path = home.parent / "a.parquet"
    moment = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
    table = pa.table(
        {
            "id": [1, 2],
            "text": pa.array(["a b", None]).dictionary_encode(),
            "at": pa.array([moment, None], pa.timestamp("ns", "UTC")),
            "n": pa.array([1, None], pa.int16()),
            "share": [0.5, 0.25],
            "tags": [["x"], ["y", "z"]],
            "ok": [True, None],
        }
    )
    pq.write_table(table, path)
    report = load(gate, path, "notes", catalog_folders=[home], create=True)
    assert report.unit == "row"
    assert report.collection.time == "at"
    assert stored(gate, "id, text, at, n, share, tags, ok") == [
        ("1", "a b", moment, 1, 0.5, ["x"], True),
        ("2", None, None, None, 0.25, ["y", "z"], None),
    ]


ODD = [
    "a:b",
    "100%",
    'say "hi"',
    "select",
    "Ünïcode",
    "x" * 63,
    "semi;colon",
    "text",
    "row_id",
    "{}",
]


def test_odd_column_names_are_kept_as_they_are(gate: Gate, home: Path) -> None:
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ["id", *ODD])
    rows = "\n".join(f"{n}," + ",".join(f"v {n % 2} w" for _ in ODD) for n in range(6))
    report = loaded(gate, home, f"{header}\n{rows}\n")
    assert list(types(gate)) == ["id", *ODD]
    assert len(gate.frame(text("SELECT * FROM notes"))) == 6
    again = loaded(gate, home, f"{header}\n{rows}\n", create=False)
    assert again.unchanged == 6
    assert declared_in([home])[0].facet_columns == report.collection.facet_columns


def test_roles_that_are_given_are_taken(gate: Gate, home: Path) -> None:
    report = loaded(
        gate,
        home,
        "id,code,text,body,on\n1,x1,t,the body,05/13/2024\n2,x2,t,another body,06/01/2024\n",
        given=Given(id="code", text=("body", "text"), time="on", facets=("id",)),
    )
    roles = report.collection.roles()
    assert roles["id"] == "code"
    assert roles["text"] == ["body", "text"]
    assert roles["facets"] == ["id_facet"]
    assert stored(gate, 'code, "on"')[1] == ("x2", datetime(2024, 6, 1, tzinfo=UTC))


def test_unclear_dates_are_kept_as_text_and_said(gate: Gate, home: Path) -> None:
    report = loaded(gate, home, "id,text,date\n1,a b,03/04/2024\n2,c d,05/06/2024\n")
    assert report.collection.time is None
    assert any("day or the month" in note for note in report.notes)


def test_a_name_that_is_taken_is_refused(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text\n1,a b\n")
    with pytest.raises(JobError, match="Leave out --create"):
        loaded(gate, home, "id,text\n1,a b\n")


def test_a_name_taken_by_a_catalog_file_is_refused(gate: Gate, home: Path) -> None:
    home.mkdir()
    (home / "notes.toml").write_text('table = "other.place"\n[columns]\nid = "id"\ntext = "t"\n')
    with pytest.raises(JobError, match="taken by a catalog file"):
        loaded(gate, home, "id,text\n1,a b\n")


def test_a_table_without_a_collection_is_not_overwritten(gate: Gate, home: Path) -> None:
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA loaded; CREATE TABLE loaded.notes (id int)")
    with pytest.raises(JobError, match=r"collections connect loaded\.notes"):
        loaded(gate, home, "id,text\n1,a b\n")


@pytest.mark.parametrize("name", ["Notes", "1st", "a-b", "", "x" * 49, "select;drop"])
def test_a_name_that_cannot_be_one_is_refused(gate: Gate, home: Path, name: str) -> None:
    path = home.parent / "a.csv"
    path.write_text("id,text\n1,a b\n")
    with pytest.raises(ImportRefused.__base__, match="cannot name a collection"):  # type: ignore[arg-type]
        load(gate, path, name, catalog_folders=[home], create=True)


def test_an_unknown_collection_is_refused_with_the_cure(gate: Gate, home: Path) -> None:
    with pytest.raises(JobError, match="Add --create"):
        loaded(gate, home, "id,text\n1,a b\n", create=False)


def test_somebody_elses_table_is_not_loaded_into(gate: Gate, home: Path) -> None:
    from jobs.connect.connect import connect

    with gate.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE public.notes (id int PRIMARY KEY, text text)")
    try:
        connect(gate, "public.notes", catalog_folders=[home])
        with pytest.raises(ImportRefused, match="not Northlight's to change"):
            loaded(gate, home, "id,text\n1,a b\n", create=False)
    finally:
        with gate.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE public.notes CASCADE")


def test_roles_of_a_declared_collection_are_not_changed_by_a_load(gate: Gate, home: Path) -> None:
    loaded(gate, home, "id,text,body\n1,a b,c\n")
    with pytest.raises(JobError, match="--text is for --create"):
        loaded(gate, home, "id,text,body\n1,a b,c\n", create=False, given=Given(text=("body",)))


@pytest.mark.parametrize("copied", ["COPY %notes% FROM STDIN%", "COPY pg_temp.staged%"])
def test_a_server_that_goes_away_leaves_nothing_half_done(
    gate: Gate, home: Path, copied: str
) -> None:
    path = home.parent / "big.csv"
    path.write_text("id,text\n" + "".join(f"{n},a note {n}\n" for n in range(200_000)))
    if "staged" in copied:  # a new table is filled straight unless an id may occur twice
        path.write_text(path.read_text() + "0,again\n")

    def cut(rows: int) -> None:
        """In the middle of the copy, from another connection."""
        if rows == 100_000:
            with gate.engine.begin() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND query LIKE :copied"
                    ),
                    {"copied": copied},
                )

    with pytest.raises(ServerError, match="went away in the middle"):
        load(gate, path, "notes", catalog_folders=[home], create=True, progress=cut)
    assert collections(gate) == []
    assert not list(home.glob("*"))
    assert types(gate) == {}


def test_a_catalog_folder_that_cannot_be_written_leaves_nothing(gate: Gate, home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(JobError, match="cannot be written"):
        loaded(gate, home, "id,text\n1,a b\n")
    assert types(gate) == {}
    assert collections(gate) == []


def test_a_hundred_thousand_short_texts_take_seconds(gate: Gate, home: Path) -> None:
    path = home.parent / "many.csv"
    path.write_text(
        "id,text,label\n"
        + "".join(f"{n},a short text of some words {n},l{n % 9}\n" for n in range(100_000))
    )
    began = time.process_time()  # not the wall clock: other tests may share the machine
    report = load(gate, path, "notes", catalog_folders=[home], create=True)
    assert report.inserted == 100_000
    assert time.process_time() - began < 8


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "rows", "roles"),
    [
        (
            "clinc150/intents.csv",
            18_200,
            {"owner": None, "time": None, "facets": ["label", "domain", "split"]},
        ),
        ("commits/commits.csv", 7_122, {"owner": "user", "time": "timestamp"}),
        ("code_patterns/patterns.csv", 197, {"title": "title", "time": "timestamp"}),
        ("goemotions/comments.csv", 12_000, {"owner": None, "time": None}),
    ],
)
def test_real_files_load_without_being_told_anything(
    gate: Gate, home: Path, shared_data: Path, file: str, rows: int, roles: dict[str, object]
) -> None:
    report = load(gate, shared_data / file, "notes", catalog_folders=[home], create=True)
    assert report.inserted == rows
    found = report.collection.roles()
    assert (found["id"], found["text"]) == ("id", "text")
    assert {role: found[role] for role in roles} == roles


def test_a_line_that_is_refused_makes_no_column(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text('{"id": 1, "text": "a"}\n{"id": 2, "x": 1, "x": 2}\n', encoding="utf-8")
    assert list(JsonLinesFile(path).columns) == ["id", "text"]
