"""Files that cannot be loaded: each is refused in words that help, and leaves nothing behind."""

import codecs
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from jobs.connect.roles import Given
from jobs.errors import JobError
from jobs.files.record import FileError, Refused
from jobs.loading.copying import LoadRefused
from jobs.loading.load import load
from queries.errors import QueryError
from queries.gate import Gate, inspecting

MIB = 1024 * 1024


def parquet(table: pa.Table) -> bytes:
    """The table as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "id,text\n1,hello\n")
    return out.getvalue()


@dataclass
class Hostile:
    """A file, and what its refusal must say."""

    name: str
    content: bytes | Callable[[], bytes]
    says: tuple[str, ...]
    given: Given = field(default_factory=Given)

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.content() if callable(self.content) else self.content)
        return path


LONG_NAME = "n" * 64

FILES = {
    # Not a table at all
    "empty file": Hostile("a.csv", b"", ("is empty",)),
    "blank file": Hostile("a.csv", b"\n \n\n", ("is empty",)),
    "only a byte order mark": Hostile("a.csv", codecs.BOM_UTF8, ("is empty",)),
    "a PDF": Hostile("a.csv", b"%PDF-1.7\n...", ("a PDF", "Export")),
    "a zip": Hostile("a.csv", zipped, ("zip archive", "Unpack")),
    "an Excel file": Hostile("a.xlsx", zipped, ("Office", "CSV UTF-8")),
    "an old Excel file": Hostile("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("old Office",)),
    "gzip": Hostile("a.csv.gz", b"\x1f\x8b\x08\x00", ("gzip", "gunzip")),
    "a pickle": Hostile("a.pkl", pickle.dumps({"id": 1}), ("pickle", "run code")),
    "SQLite": Hostile("a.csv", b"SQLite format 3\x00", ("SQLite",)),
    "a picture": Hostile("a.csv", b"\x89PNG\r\n\x1a\n", ("an image",)),
    "HTML": Hostile("a.csv", b"<!DOCTYPE html>\n<p>Sign in", ("HTML", "signed out")),
    "XML": Hostile("a.csv", b"<?xml version='1.0'?><a/>", ("XML",)),
    "Arrow": Hostile("a.parquet", b"ARROW1\x00\x00", ("Arrow", "Parquet")),
    "a binary file": Hostile("a.csv", b"\x01\x00\x02binary\x00\n1", ("binary", "NUL")),
    "a PostgreSQL dump": Hostile("a.csv", b"PGDMP\x01\x0e", ("dump", "connect")),
    "one JSON list": Hostile("a.json", b'[{"id": 1}]', ("one JSON list", "jq -c")),
    "CSV named Parquet": Hostile("a.parquet", b"id,text\n1,a\n", ("not a Parquet file", "PAR1")),
    "a cut Parquet file": Hostile("a.parquet", b"PAR1\x15\x04junk", ("damaged", "Write it again")),
    # Encodings
    "UTF-16 with its mark": Hostile("a.csv", "id,text\n1,é\n".encode("utf-16"), ("UTF-16",)),
    "UTF-16 without its mark": Hostile(
        "a.csv", ("id,text\n" + "1,hello\n" * 9).encode("utf-16-le"), ("UTF-16LE", "iconv")
    ),
    "big-endian UTF-16": Hostile(
        "a.csv", ("id,text\n" + "1,hello\n" * 9).encode("utf-16-be"), ("UTF-16BE",)
    ),
    "UTF-32": Hostile("a.csv", "id,text\n1,é\n".encode("utf-32"), ("UTF-32", "iconv")),
    "Windows-1252": Hostile(
        "a.csv", "id,text\n1,hello\n2,café – “no”\n".encode("cp1252"),
        ("not UTF-8", "line 3", "WINDOWS-1252", "café", "iconv"),
    ),
    "Windows-1252 JSON lines": Hostile(
        "a.jsonl", '{"id": 1, "text": "café"}\n'.encode("cp1252"), ("WINDOWS-1252", "line 1")
    ),
    "cut inside a character": Hostile("a.csv", "id,text\n1,é".encode()[:-1], ("cut off",)),
    # Headers
    "header only": Hostile("a.csv", b"id,text\n", ("header and no rows",)),
    "header names twice": Hostile("a.csv", b"id,text,text\n1,a,b\n", ("text more than once",)),
    "header without a name": Hostile("a.csv", b"id,,text\n1,a,b\n", ("no name for column 2",)),
    "header of blanks": Hostile("a.csv", b"id,  ,text\n1,a,b\n", ("no name for column 2",)),
    "trailing comma": Hostile("a.csv", b"id,text,\n1,a,\n", ("no name for column 3",)),
    "name of 64 bytes": Hostile("a.csv", f"id,{LONG_NAME}\n1,a\n".encode(), ("64 bytes",)),
    "line break in a name": Hostile("a.csv", b'id,"te\nxt"\n1,a\n', ("control characters",)),
    "a system column": Hostile("a.csv", b"id,text,ctid\n1,a,b\n", ("ctid", "Rename")),
    "too many columns": Hostile(
        "a.csv", (",".join(f"c{n}" for n in range(1200)) + "\n").encode(), ("1,200 columns",)
    ),
    "unclosed quote in the header": Hostile("a.csv", b'id,"text\n1,a\n', ("header", "quotes")),
    "keys that are data": Hostile(
        "a.jsonl", "".join(f'{{"k{n}": 1}}\n' for n in range(1500)).encode(), ("keys are data",)
    ),
    # Roles
    "missing column named": Hostile(
        "a.csv", b"id,text\n1,a\n", ("'body'", "id, text"), Given(text=("body",))
    ),
    "missing facet named": Hostile(
        "a.csv", b"id,text\n1,a\n", ("no column 'x'", "id, text"), Given(facets=("x",))
    ),
    "no text at all": Hostile("a.csv", b"id,score\n1,2\n2,3\n", ("No column holds text", "--text")),
    "dates that could be either": Hostile(
        "a.csv", b"id,text,on\n1,a b,03/04/2024\n", ("day or the month", "2026-03-31"),
        Given(time="on"),
    ),
    # Rows
    "too few fields": Hostile("a.csv", b"id,text,x\n1,a,b\n2,c\n", ("line 3: has 2 fields",)),
    "too many fields": Hostile("a.csv", b"id,text\n1,a\n2,b,c\n", ("line 3: has 3 fields",)),
    "ragged after a long field": Hostile(
        "a.csv", b'id,text\n1,"a\nb\nc"\n2\n', ("line 5: has 1 field,",)
    ),
    "quote never closed": Hostile(
        "a.csv", b'id,text\n1,a\n2,"open\n3,b\n4,c\n', ("line 3: a quote", "never closed", "3 to 5")
    ),
    "text after a quote": Hostile("a.csv", b'id,text\n1,"a"b\n', ("line 2: a closing quote",)),
    "duplicate ids": Hostile(
        "a.csv", b"id,text\n1,a\n2,b\n1,c\n", ("line 4: has the id '1', as line 2 has",)
    ),
    "duplicate ids far apart": Hostile(
        "a.csv", b"id,text\n" + b"".join(b"%d,x y\n" % (n % 50) for n in range(60)),
        ("10 of 60 rows", "line 52", "line 2 has"),
    ),
    "no id": Hostile("a.csv", b"id,text\n1,a\n,b\n", ("line 3: has no id",)),
    "NUL byte": Hostile("a.csv", b"id,text\n1,a\n2,b\x00c\n", ("line 3: text", "NUL byte")),
    "field of 10 MB": Hostile(
        "a.csv", b"id,text\n1,a\n2," + b"x" * 10 * MIB + b"\n3,c\n",
        ("line 3: text holds 10.0 MiB",),
    ),
    "field of 10 MB in lines": Hostile(
        "a.csv", b'id,text\n1,"' + b"x y z\n" * (10 * MIB // 6) + b'"\n2,b\n',
        ("line 2", "10.0 MiB"),
    ),
    "field over 1 MiB in bytes": Hostile(
        "a.csv", "id,text\n1,{}\n".format("é" * (MIB // 2 + 9)).encode(), ("line 2", "1.0 MiB")
    ),
    "a bad date": Hostile(
        "a.csv", b"id,text,created_at\n1,a,2024-02-28\n2,b,2024-02-30\n",
        ("line 3: created_at is '2024-02-30', not a date",),
    ),
    "a date that is none": Hostile(
        "a.csv", b"id,text,when\n1,a b,soon\n", ("line 2: when is 'soon'",), Given(time="when")
    ),
    "NaN among numbers": Hostile(
        "a.csv", b"id,text,score\n1,a,1.5\n2,b,NaN\n", ("line 3: score is NaN, not a number",)
    ),
    "Infinity among numbers": Hostile(
        "a.csv", b"id,text,score\n1,a,1.5\n2,b,-Infinity\n", ("line 3: score is -Infinity",)
    ),
    # JSON lines
    "not JSON": Hostile("a.jsonl", b'{"id": 1, "text": "a"}\n{oops\n', ("line 2: is not JSON",)),
    "a list on a line": Hostile("a.jsonl", b'{"id": 1, "text": "a"}\n[1]\n', ("line 2: is a",)),
    "no objects": Hostile("a.jsonl", b"1\n2\n", ("no line that is a JSON object",)),
    "an object over several lines": Hostile(
        "a.json", b'{\n  "id": 1,\n  "text": "a b"\n}\n', ("over several lines", "jq -c . a.json")
    ),
    "rows inside of one object": Hostile(
        "a.json", b'{"data": [{"id": 1, "text": "a b"}, {"id": 2, "text": "c d"}]}',
        ("rows inside 'data'", """jq -c '.["data"][]' a.json"""),
    ),
    "a key twice": Hostile("a.jsonl", b'{"id": 1, "text": "a", "id": 2}\n' * 1, ("'id' twice",)),
    "lone surrogate": Hostile(
        "a.jsonl", b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b\\ud800"}\n',
        ("line 2: text holds half of a character", "ud800"),
    ),
    "NUL escape": Hostile(
        "a.jsonl", b'{"id": 1, "text": "a\\u0000"}\n{"id": 2, "text": "b"}\n', ("line 1", "NUL")
    ),
    "NaN in JSON": Hostile(
        "a.jsonl", b'{"id": 1, "text": "a", "n": NaN}\n{"id": 2, "text": "b", "n": 1}\n',
        ("line 1: holds NaN", "null"),
    ),
    "bottomless JSON": Hostile(
        "a.jsonl", b'{"id": 1, "text": "a"}\n{"id": ' + b"[" * 100_000 + b"\n", ("line 2: ",)
    ),
    "duplicate ids in JSON": Hostile(
        "a.jsonl", b'{"id": "x", "text": "a"}\n\n{"id": "x", "text": "b"}\n',
        ("line 3", "line 1 has"),
    ),
    "ten megabytes in JSON": Hostile(
        "a.jsonl", json.dumps({"id": 1, "text": "x" * 10 * MIB}).encode(), ("line 1", "10.0 MiB")
    ),
    # Parquet
    "duplicate ids in Parquet": Hostile(
        "a.parquet", parquet(pa.table({"id": [1, 2, 1], "text": ["a", "b", "c"]})),
        ("row 3: has the id '1', as row 1 has",),
    ),
    "NaN in Parquet": Hostile(
        "a.parquet",
        parquet(pa.table({"id": [1, 2], "text": ["a", "b"], "n": [1.0, float("nan")]})),
        ("row 2: n is nan",),
    ),
    "ten megabytes in Parquet": Hostile(
        "a.parquet", parquet(pa.table({"id": [1, 2], "text": ["a", "x" * 10 * MIB]})),
        ("row 2: text holds 10.0 MiB",),
    ),
    "bytes in Parquet": Hostile(
        "a.parquet", parquet(pa.table({"id": [1], "text": ["a"], "raw": [b"\xff\xfe"]})),
        ("row 1: raw holds bytes",),
    ),
    "no rows in Parquet": Hostile(
        "a.parquet",
        parquet(pa.table({"id": pa.array([], pa.int64()), "text": pa.array([], pa.string())})),
        ("no rows",),
    ),
}  # fmt: skip


def test_the_table_of_hostile_files_is_long_enough() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("case", FILES.values(), ids=FILES.keys())
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(
    gate: Gate, tmp_path: Path, case: Hostile
) -> None:
    path = case.write(tmp_path)
    with pytest.raises((JobError, QueryError)) as refused:
        load(gate, path, "hostile", catalog_folders=[tmp_path / "c"], create=True, given=case.given)
    for words in case.says:
        assert words in str(refused.value)
    assert_nothing_left(gate, tmp_path)


def assert_nothing_left(gate: Gate, home: Path) -> None:
    with inspecting(gate.engine) as connection:
        tables = connection.execute(
            text("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('loaded')")
        ).all()
        declared = connection.execute(text("SELECT name FROM northlight.collection")).all()
    assert (tables, declared) == ([], [])
    assert not list(home.glob("c/*.toml"))


ROWS = sorted(
    name
    for name, case in FILES.items()
    if "1252" not in name and any(s.startswith(("line", "row")) for s in case.says)
)


@pytest.mark.parametrize("name", ROWS)
def test_skipping_bad_rows_names_the_same_rows(gate: Gate, tmp_path: Path, name: str) -> None:
    case = FILES[name]
    path = case.write(tmp_path)
    strictly = refused_rows(gate, path, case, tmp_path, skip_bad=False)
    assert refused_rows(gate, path, case, tmp_path, skip_bad=True) == strictly


def refused_rows(
    gate: Gate, path: Path, case: Hostile, home: Path, *, skip_bad: bool
) -> tuple[Refused, ...] | None:
    """The rows that a load refuses; None where it is the file. Undoes a load that went through."""
    options = {"catalog_folders": [home / "c"], "create": True, "given": case.given}
    try:
        report = load(gate, path, "skipping", skip_bad=skip_bad, **options)  # type: ignore[arg-type]
    except LoadRefused as error:
        return error.refused
    except FileError:
        return None
    assert report.inserted > 0
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE loaded.skipping CASCADE")
        connection.exec_driver_sql("DELETE FROM northlight.collection")
    (home / "c" / "skipping.toml").unlink()
    return report.refused


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
def test_what_is_no_file_is_refused(gate: Gate, tmp_path: Path, kind: str) -> None:
    import os

    path = tmp_path / "thing.csv"
    if kind == "folder":
        path.mkdir()
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(JobError, match=r"no file|is a folder|not a regular file"):
        load(gate, path, "thing", catalog_folders=[tmp_path / "c"], create=True)


def test_a_stray_byte_refuses_only_its_row_when_skipping(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text\n1,good\n2,caf\xe9\n3,better\n")
    report = load(gate, path, "stray", catalog_folders=[tmp_path / "c"], create=True, skip_bad=True)
    assert [(row.line, row.reason) for row in report.refused] == [
        (3, "text is not UTF-8 (byte 0xE9); convert the file")
    ]
    assert report.inserted == 2
