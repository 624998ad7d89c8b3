"""The language of a text is told by its function words, and its word forms find one another."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.embedder import embedder_named
from jobs.connect.connect import connect
from jobs.connect.roles import Given
from jobs.embed import embed
from jobs.errors import JobError
from jobs.loading.language import language_of
from jobs.loading.load import load
from jobs.search.search import find
from queries.catalog import collection_named
from queries.filters import Filters
from queries.gate import Gate

GERMAN = [
    "Der Bus kam heute nicht, und ich musste zu Fuß in das Büro gehen.",
    "Die Hunde der Nachbarn haben in der Nacht gebellt, aber wir haben geschlafen.",
    "Am Abend war ich sehr müde, doch mit dem Tag war ich zufrieden.",
]
WRITTEN = {
    "german": " ".join(GERMAN),
    "french": "Je ne sais pas pourquoi le bus n'est pas venu, mais j'ai marché sous la pluie.",
    "spanish": "No sé por qué el autobús no vino, pero caminé hasta la oficina bajo la lluvia.",
    "russian": "Я не знаю, почему автобус не пришёл сегодня, но я шёл до работы под дождём.",
    "english": "I do not know why the bus did not come, but I walked there in the rain.",
}


@pytest.fixture
def home(gate: Gate, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalog"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS loaded CASCADE")
        connection.exec_driver_sql("DROP TABLE IF EXISTS public.notizen CASCADE")
        connection.exec_driver_sql("DELETE FROM northlight.collection")


@pytest.mark.parametrize("language", WRITTEN)
def test_the_language_is_told_by_its_grammar(gate: Gate, language: str) -> None:
    assert language_of(gate, [WRITTEN[language]] * 2, Given()).columns == (language,)


@pytest.mark.parametrize(
    "written",
    ["", "der die das", "def retry(fn): return fn() if fn else None " * 9, "不知道为什么" * 30],
)
def test_what_does_not_tell_is_taken_for_english(gate: Gate, written: str) -> None:
    choice = language_of(gate, [written], Given())
    assert choice.columns == ("english",)
    assert choice.reason == "its words do not tell another"


def test_a_loaded_file_is_searched_in_its_language(gate: Gate, home: Path) -> None:
    path = home.parent / "notizen.csv"
    path.write_text("id;notiz\n" + "".join(f"{n};{t}\n" for n, t in enumerate(GERMAN)), "utf-8")
    report = load(gate, path, "notizen", catalog_folders=[home], create=True)
    assert report.collection.language == "german"
    assert any(choice.role == "language" for choice in report.choices)
    collection = collection_named(gate, "notizen")
    embedder = embedder_named(None)
    embed(gate, collection, embedder, lambda *_: None)
    for asked in ("Hund", "Nächte"):  # the text has Hunde, Nacht
        hits = find(gate, collection, asked, embedder, Filters(), mode="words").hits
        assert hits["row_id"].tolist() == ["1"]


def test_rows_without_text_do_not_count(gate: Gate, home: Path) -> None:
    path = home.parent / "notizen.jsonl"
    texts = [*GERMAN, *[None] * 150]
    path.write_text("".join(json.dumps({"id": n, "notiz": t}) + "\n" for n, t in enumerate(texts)))
    given = Given(text=("notiz",))
    report = load(gate, path, "notizen", catalog_folders=[home], create=True, given=given)
    assert report.collection.language == "german"


def test_a_connected_table_keeps_the_language_that_was_declared(gate: Gate, home: Path) -> None:
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE public.notizen (id int PRIMARY KEY, notiz text)")
        for number, written in enumerate(GERMAN):
            connection.exec_driver_sql(
                "INSERT INTO public.notizen VALUES (%(n)s, %(t)s)", {"n": number, "t": written}
            )
    assert connect(gate, "notizen", catalog_folders=[home]).collection.language == "german"
    given = Given(language="simple")
    made = connect(gate, "notizen", catalog_folders=[home], given=given).collection
    assert made.language == "simple"
    again = connect(gate, "notizen", catalog_folders=[home])
    assert again.collection.language == "simple"
    reasons = {choice.role: choice.reason for choice in again.choices}
    assert reasons["language"] == "as declared before"


def test_a_language_that_the_server_does_not_have_is_refused(gate: Gate, home: Path) -> None:
    path = home.parent / "a.csv"
    path.write_text("id,text\n1,a few words\n", "utf-8")
    with pytest.raises(JobError, match=r"'klingon'.*german"):
        load(gate, path, "a", catalog_folders=[home], create=True, given=Given(language="klingon"))
    assert not (home / "a.toml").exists()
