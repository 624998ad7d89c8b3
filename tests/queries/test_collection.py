"""The Collection and its catalog file: whatever is declared comes back as it was."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.collection import (
    RESULT_COLUMNS,
    ROLE_COLUMNS,
    Collection,
    Lookup,
    checked_name,
    published_name,
)
from queries.collections.catalog_file import from_toml, to_toml
from queries.errors import DeclarationError
from queries.identifiers import joined_name, split_name

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
LOOKUPS = st.builds(
    Lookup,
    name=ANY_TEXT.map(published_name),
    table=ANY_TEXT,
    on=ANY_TEXT,
    key=ANY_TEXT,
    show=ANY_TEXT,
)
COLLECTIONS = st.builds(
    Collection,
    name=NAMES,
    title=ANY_TEXT,
    table=ANY_TEXT,
    id=ANY_TEXT,
    text=st.lists(ANY_TEXT, min_size=1, max_size=3).map(tuple),
    heading=st.none() | ANY_TEXT,
    embedding=st.none() | ANY_TEXT,
    owner=st.none() | ANY_TEXT,
    time=st.none() | ANY_TEXT,
    facet_columns=st.lists(ANY_TEXT, max_size=3).map(
        lambda names: tuple((published_name(name), name) for name in names)
    ),
    lookups=st.lists(LOOKUPS, max_size=2, unique_by=lambda lookup: lookup.name).map(tuple),
    only=st.none() | ANY_TEXT,
    model=st.none() | ANY_TEXT,
    fill=st.booleans(),
    language=ANY_TEXT,
    group=ANY_TEXT,
    described=st.just("") | ANY_TEXT,
)


def read_back(folder: Path, collection: Collection) -> Collection:
    path = folder / f"{collection.name}.toml"
    path.write_text(to_toml(collection), encoding="utf-8")
    return from_toml(path)


@given(COLLECTIONS)
@settings(max_examples=100, deadline=None)
def test_a_catalog_file_says_all_of_a_declaration(
    tmp_path_factory: pytest.TempPathFactory, collection: Collection
) -> None:
    folder = tmp_path_factory.getbasetemp()
    wanted = collection if collection.embedding or collection.model else with_no_column(collection)
    assert read_back(folder, wanted) == wanted


def with_no_column(collection: Collection) -> Collection:
    return replace(collection, fill=False)  # nothing there to fill


@given(COLLECTIONS)
def test_a_stored_declaration_comes_back_as_it_was(collection: Collection) -> None:
    stored = json.loads(json.dumps(collection.to_json()))
    assert Collection.from_json(stored) == collection


@given(st.lists(ANY_TEXT.filter(lambda part: "\0" not in part), min_size=1, max_size=3))
def test_a_qualified_name_splits_into_what_it_was_joined_from(parts: list[str]) -> None:
    assert split_name(joined_name(*parts)) == tuple(parts)


@pytest.mark.parametrize("name", [*ROLE_COLUMNS, *RESULT_COLUMNS])
def test_a_facet_named_like_a_role_or_a_result_is_published_under_another_name(name: str) -> None:
    assert published_name(name) == f"{name}_facet"


@pytest.mark.parametrize("name", ["", "1st", "Upper", "ünder", "a-b", "a" * 49, "_x", 'a"b', "a b"])
def test_a_name_that_would_need_quoting_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError, match="cannot name a collection"):
        checked_name(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("table =", "is not a TOML file"),
        ("", "'columns'"),
        ("[columns]\nid = 'a'\ntext = 'b'", "'table'"),
        ("table = 't'\n[columns]\ntext = 'b'", "'id'"),
        ("table = 't'\n[columns]\nid = 5\ntext = 'b'", "`id` = 5"),
        ("table = 't'\n[columns]\nid = 'a'\ntext = []", "`text`"),
        ("table = 't'\n[columns]\nid = 'a'\ntext = 'b'\nfacets = 'c'", "`facets`"),
        ("table = 't'\n[columns]\nid = 'a'\ntext = 'b'\n[lookup.x]\non = 'c'", "missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_fault(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "notes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"notes\.toml") as caught:
        from_toml(tmp_path / "notes.toml")
    assert said in str(caught.value)


def test_a_file_in_another_encoding_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "notes.toml").write_bytes("title = 'Gr\xfc\xdfe'".encode("latin-1"))
    with pytest.raises(DeclarationError, match="is not a TOML file"):
        from_toml(tmp_path / "notes.toml")


def test_a_file_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="cannot be read: No such file"):
        from_toml(tmp_path / "notes.toml")


def test_the_view_is_one_object_so_that_it_never_joins_itself() -> None:
    collection = Collection("notes", "Notes", "notes", "id", ("body",))
    assert collection.view is collection.view


def test_an_unknown_facet_is_told_with_the_known_ones() -> None:
    collection = Collection(
        "notes", "Notes", "notes", "id", ("body",), facet_columns=(("mood", "mood"),)
    )
    with pytest.raises(DeclarationError, match=r"no facet 'colour'\. Its facets: mood"):
        collection.facet("colour")
