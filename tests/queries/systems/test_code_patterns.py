"""The same pattern in another repository: on real patterns of two, and in a world of five."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from clients.embedder import embedder_named
from jobs.embed import embed
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.errors import NoSuchRow
from queries.gate import WORKER, Gate, writing
from queries.systems.code_patterns import (
    NoRepositories,
    across,
    get_cross_repo_patterns,
    query_patterns,
)

FLOOR = 0.70
DECLARED = Collection(
    name="code", title="Patterns", table="public.code", id="id", text=("said",), heading="title",
    facet_columns=(("repository", "repository"),), group="nexus",
)  # fmt: skip
SMALL = (
    ("a/retry", "alpha", "lib.retryCall", "Call again with a growing pause when it fails"),
    ("b/retry", "beta", "retry_call", "Repeat a failed request after waiting ever longer"),
    ("b/parse", "beta", "parseDate", "Read a day and an hour from text"),
    ("c/date", "gamma", "date_parse", "Text to a moment in time"),
    ("c/cache", "gamma", "memory", "Keep what was computed"),
)


def kept(engine: Engine, rows: list[tuple[str, ...]]) -> tuple[Gate, Collection]:
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "DROP TABLE IF EXISTS public.code CASCADE; CREATE TABLE public.code "
            "(id text PRIMARY KEY, repository text, title text, said text)"
        )
        connection.execute(
            text("INSERT INTO public.code VALUES (:id, :repository, :title, :said)"),
            [dict(zip(("id", "repository", "title", "said"), row, strict=True)) for row in rows],
        )
    publish(engine, [DECLARED])
    gate = Gate(engine, WORKER)
    collection = collection_named(gate, "code")
    embed(gate, collection, embedder_named(None), lambda *_: None)
    return gate, collection


@pytest.fixture(scope="module")
def small(engine: Engine) -> tuple[Gate, Collection]:
    return kept(engine, list(SMALL))


def test_the_same_pattern_elsewhere_is_first_by_name_and_meaning(
    small: tuple[Gate, Collection],
) -> None:
    found = across(*small, "a/retry")
    best = found.iloc[0]
    assert best["row_id"] == "b/retry"
    assert (best["rank_meaning"], best["rank_name"]) == (1, 1)
    assert best["shared"] == ["call", "retry"]


def test_a_repository_is_never_compared_with_itself(small: tuple[Gate, Collection]) -> None:
    assert "beta" not in set(across(*small, "b/retry")["repository"])


def test_names_are_alike_whatever_the_order_and_spelling(small: tuple[Gate, Collection]) -> None:
    found = get_cross_repo_patterns(*small, 2)
    assert set(found["pattern"]) == {"call retry", "date parse"}
    assert found["repositories"].tolist()[0] == ["alpha", "beta"]
    assert get_cross_repo_patterns(*small, 2, "date")["pattern"].tolist() == ["date parse"]
    assert get_cross_repo_patterns(*small, 3).empty


def test_keywords_are_counted(small: tuple[Gate, Collection]) -> None:
    found = query_patterns(*small, ["text", "Day"], 2)
    assert found["row_id"].tolist() == ["b/parse"]
    assert found["matches"].iat[0] == ["day", "text"]


def test_a_row_that_is_not_there_is_said(small: tuple[Gate, Collection]) -> None:
    with pytest.raises(NoSuchRow):
        across(*small, "z/none")
    with pytest.raises(NoRepositories, match="facet `team`"):
        across(*small, "a/retry", facet="team")


@pytest.mark.shared_data
def test_the_same_pattern_of_two_repositories_is_found(engine: Engine, shared_data: Path) -> None:
    folder = shared_data / "code_patterns"
    with (folder / "patterns.csv").open(encoding="utf-8", newline="") as file:
        rows = [(r["id"], r["repo"], r["title"], r["text"]) for r in csv.DictReader(file)]
    with (folder / "cross_repo_same_pattern.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(r["id1"], r["id2"]) for r in csv.DictReader(file)]
    gate, collection = kept(engine, rows)
    right: dict[str, set[str]] = {}
    for one, other in pairs:
        right.setdefault(one, set()).add(other)
        right.setdefault(other, set()).add(one)
    reciprocal = [_reciprocal(across(gate, collection, one)["row_id"], right[one]) for one in right]
    assert sum(reciprocal) / len(reciprocal) >= FLOOR


def _reciprocal(found: list[str], right: set[str]) -> float:
    return next((1 / place for place, row in enumerate(found, 1) if row in right), 0.0)
