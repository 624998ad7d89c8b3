"""Patterns that are alike, and keys by which an analysis is written again."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from tests.systems import ask, sow, vector

WORLD = """
INSERT INTO nexus.repositories (name) VALUES ('one'), ('two');
INSERT INTO nexus.patterns (repo_id, name, description, embedding) VALUES
    (1, 'a', 'd', :x), (2, 'b', 'd', :near), (2, 'c', 'd', :y), (1, 'none', 'd', NULL);
"""
VECTORS = {":x": vector(1), ":near": vector(0.8944, 0.4472), ":y": vector(0, 1)}
PAIRS = "SELECT pattern1_name, pattern2_name, similarity_score FROM nexus.pattern_similarity_view"


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    sow(engine, WORLD, VECTORS)


def test_a_pair_above_the_threshold_is_there_once(engine: Engine) -> None:
    found = ask(engine, PAIRS)
    assert [(row["pattern1_name"], row["pattern2_name"]) for row in found] == [("a", "b")]
    assert found[0]["similarity_score"] == pytest.approx(0.894, abs=1e-3)


def test_asking_for_one_pattern_searches_for_that_one_only(engine: Engine) -> None:
    plan = ask(engine, f"EXPLAIN (ANALYZE, FORMAT JSON) {PAIRS} WHERE pattern1_id = 1")
    assert lateral_searches(plan[0]["QUERY PLAN"][0]["Plan"]) == 1


def test_names_are_unique_within_a_repository(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="patterns_repo_id_name_key"):
        ask(engine, "INSERT INTO nexus.patterns (repo_id, name) VALUES (1, 'a') RETURNING id")


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("lessons_learned", "repo_id, title", "1, 't'"),
        ("technical_decisions", "repo_id, what", "1, 'w'"),
        ("reusable_components", "repo_id, name", "1, 'n'"),
        ("dependencies", "repo_id, dependency_name, dependency_type", "1, 'd', 'runtime'"),
        ("test_frameworks", "repo_id, framework_name", "1, 'f'"),
        ("security_patterns", "repo_id, pattern_name", "1, 'p'"),
        ("deployment_scripts", "repo_id, name", "1, 'n'"),
    ],
)
def test_what_an_analysis_writes_again_has_its_key(
    engine: Engine, table: str, columns: str, values: str
) -> None:
    again = (
        f"INSERT INTO nexus.{table} ({columns}) VALUES ({values}) "
        f"ON CONFLICT ({columns}) DO NOTHING RETURNING id"
    )
    assert [len(ask(engine, again)) for _ in range(2)] == [1, 0]


def lateral_searches(node: dict[str, Any]) -> int:
    """How often the inner search (the function below the nested loop) ran."""
    own = node["Actual Loops"] if node["Node Type"] == "Function Scan" else 0
    return own + sum(lateral_searches(child) for child in node.get("Plans", []))
