"""Repositories in a world counted by hand; what is added, by whom, and who may not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from analysis.pattern_health import health
from queries.access.reader_calls import NotKept
from queries.catalog import collection_named, declared_in, publish
from queries.collection import Collection
from queries.errors import IdentityRefused
from queries.gate import WORKER, Gate, Identity, writing
from queries.systems import knowledge, known_issues, repositories
from queries.systems.documentation import check_documentation_standards
from tests.programme import CATALOG
from tests.web_login import web_login

WORLD = """
INSERT INTO nexus.repositories (name, problem_domain) VALUES
  ('alpha', 'Waits and tries again'), ('beta', NULL), ('gamma', 'Numbers');
INSERT INTO nexus.patterns (repo_id, name, description) VALUES
  (1, 'retry', 'Call again with a growing pause, at most five times'), (1, 'cache', 'Keep it'),
  (2, 'retry', 'Once more');
INSERT INTO nexus.dependencies (repo_id, dependency_name, dependency_version, dependency_type)
  VALUES (1, 'beta', '>=2', 'runtime'), (2, 'numpy', NULL, 'runtime'), (2, 'Alpha', NULL, 'dev'),
         (3, 'beta', NULL, 'runtime');
INSERT INTO nexus.test_frameworks (repo_id, framework_name, coverage_percentage)
  VALUES (1, 'pytest', 80), (1, 'unit', 60);
INSERT INTO nexus.runtime_issues
  (repo_id, issue_id, issue_type, severity, detected_at, root_cause, pattern_reference, status)
  VALUES (1, 'I-1', 'timeout', 'high', now() - interval '30 days', 'no pause', 'retry', 'open'),
         (1, 'I-2', 'timeout', 'critical', now() - interval '1 day', 'loop', 'retry', 'resolved'),
         (2, 'I-3', 'error', 'error', NULL, 'never seen', 'retry', 'known');
"""


@pytest.fixture(scope="module")
def collection(engine: Engine) -> Collection:
    with writing(engine) as connection:
        connection.exec_driver_sql(WORLD)
        connection.exec_driver_sql(
            "INSERT INTO northlight_auth.person (issuer, subject, name, role) VALUES "
            "('tests', 'sofia', 'Sofia', 'engineer'), ('tests', 'mina', 'Mina', 'analyst')"
        )
    publish(engine, [one for one in declared_in([CATALOG]) if one.name == "patterns"])
    return collection_named(Gate(engine, WORKER), "patterns")


@pytest.fixture(scope="module")
def web(
    engine: Engine, collection: Collection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Gate]]:
    """Sofia's gate and Mina's, through the web login."""
    assert collection.companions
    with web_login(engine, tmp_path_factory.mktemp("home")) as login, writing(engine) as connection:
        people = connection.execute(
            text("SELECT subject, role, id::text, epoch FROM northlight_auth.person")
        ).all()
        yield {
            row.subject: Gate(login.engine, Identity(row.role, row[2], row.epoch), login.signer)
            for row in people
        }


def test_the_list_counts_each_table_by_itself(gate: Gate, collection: Collection) -> None:
    found = repositories.get_repository_list(gate, collection).set_index("repository")
    assert found["patterns"].to_dict() == {"alpha": 2, "beta": 1, "gamma": 0}
    assert found.loc["alpha", "issues"] == 1
    assert found.loc["alpha", "coverage"] == 80
    assert found.loc["beta", "dependencies"] == 2


def test_dependents_are_found_through_others_once_and_circles_end(
    gate: Gate, collection: Collection
) -> None:
    found = repositories.depends_on(gate, collection, "numpy")
    told = [(row.repository, row.steps, list(row.through)) for row in found.itertuples()]
    assert told == [("beta", 1, []), ("alpha", 2, ["beta"]), ("gamma", 2, ["beta"])]


def test_issues_are_the_severest_first_and_found_by_a_word(
    gate: Gate, collection: Collection
) -> None:
    found = known_issues.query_known_issues(gate, collection)
    assert found["id"].tolist() == ["I-2", "I-1", "I-3"]
    assert known_issues.query_known_issues(gate, collection, "PAUSE")["id"].tolist() == ["I-1"]
    of_beta = known_issues.query_known_issues(gate, collection, repository="beta")
    assert of_beta["id"].tolist() == ["I-3"]


def test_health_is_computed_from_the_issues_of_the_pattern(
    gate: Gate, collection: Collection
) -> None:
    found = known_issues.get_pattern_health(gate, collection, "retry")
    assert found["id"].tolist() == ["I-2", "I-1"]
    got = health(found["severity"], found["days"], found["status"] == "resolved")
    by_hand = (1 - 0.5 * 0.5 ** (1 / 30) / 4) * (1 - 0.3 * 0.5)
    assert got == pytest.approx(by_hand, abs=1e-3)
    assert known_issues.get_pattern_health(gate, collection, "retry", days=7)["id"].tolist() == [
        "I-2"
    ]


def test_documentation_is_checked_by_what_is_there(gate: Gate, collection: Collection) -> None:
    found = check_documentation_standards(gate, collection, "alpha").set_index("check")
    assert found.loc["patterns are described", "found"] == "1 of 2"
    assert not found.loc["patterns are described", "passed"]
    assert found.loc["what it is for is said", "passed"]
    assert found.loc["tests are named", "passed"]


def test_an_engineer_adds_and_changes_and_it_is_remembered(
    web: dict[str, Gate], collection: Collection
) -> None:
    sofia = web["sofia"]
    given = (sofia, collection, "alpha", "Pause longer")
    assert knowledge.add_lesson_learned(*given, "Doubling is enough")
    assert not knowledge.add_lesson_learned(*given, "Doubling with noise", impact="high")
    assert knowledge.update_dependency_info(sofia, collection, "delta", "alpha", version=">=1")
    assert knowledge.add_deployment_info(sofia, collection, "alpha", "prod", ["make ship"])
    assert knowledge.add_runtime_issue(
        sofia, collection, "alpha", "I-9", "crash", "low", status="open"
    )
    info = repositories.get_deployment_info(sofia, collection, "alpha")
    assert info["commands"].iat[0] == ["make ship"]
    history = knowledge.changes(sofia, collection)
    assert history["action"].tolist() == [
        *("issue added", "deployment added", "dependency added", "lesson changed", "lesson added"),
    ]
    assert set(history["person"]) == {"Sofia"}
    before, after = (history["detail"].iat[3][side] for side in ("before", "after"))
    assert (before["description"], after["description"]) == (
        "Doubling is enough",
        "Doubling with noise",
    )
    assert "delta" in set(repositories.get_repository_list(sofia, collection)["repository"])


def test_others_add_nothing(gate: Gate, web: dict[str, Gate], collection: Collection) -> None:
    with pytest.raises(IdentityRefused):
        knowledge.add_lesson_learned(gate, collection, "alpha", "By the worker", "no")
    with pytest.raises(IdentityRefused):
        knowledge.add_lesson_learned(web["mina"], collection, "alpha", "By an analyst", "no")
    titles = repositories.of_repository(gate, collection, "lessons", "alpha")["title"]
    assert not titles.str.startswith("By").any()


def test_what_cannot_be_kept_says_why(web: dict[str, Gate], collection: Collection) -> None:
    with pytest.raises(NotKept, match="needs its title"):
        knowledge.add_lesson_learned(web["sofia"], collection, "alpha", " ", "no")
    with pytest.raises(NotKept, match="no such field"):
        knowledge.add_runtime_issue(
            web["sofia"], collection, "alpha", "I-1", "crash", "low", repo_id="3"
        )


def test_history_is_never_rewritten(engine: Engine, collection: Collection) -> None:
    assert collection.name == "patterns"
    with pytest.raises(DBAPIError, match="never rewritten"), writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM nexus.changes")


def test_a_pattern_that_says_something_else_has_drifted(
    engine: Engine, gate: Gate, collection: Collection
) -> None:
    for vector, said in ((1, "Read"), (2, "Write")):
        near = "[" + ",".join("1" if n == vector else "0" for n in range(256)) + "]"
        with writing(engine) as connection:
            connection.execute(
                text("UPDATE nexus.patterns SET description = :said WHERE name = 'cache'"),
                {"said": said},
            )
            connection.execute(
                text("UPDATE nexus.patterns SET embedding = CAST(:v AS vector) WHERE name='cache'"),
                {"v": near},
            )
    drift = repositories.get_repository_list(gate, collection).set_index("repository")["drift"]
    assert drift["alpha"] == pytest.approx(1.0)
    assert drift.drop("alpha").isna().all()
