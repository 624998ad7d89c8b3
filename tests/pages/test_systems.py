"""Patterns, Community and Twin on the systems' own tables and on tables found in place."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs.connect.known import connect_known
from pages.shared.identity import VIEW_AS
from queries.catalog import declared_in, publish
from queries.gate import WORKER, Gate, writing
from tests.jobs.known_systems import COMMUNITY, NEXUS, TWIN
from tests.pages.conftest import ROOT, Open, told
from tests.queries.systems.test_community import WORLD as HUB
from tests.queries.systems.test_knowledge import WORLD as TEAM


@pytest.fixture(scope="module")
def systems(seeded: str, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Northlight's own tables, and beside them those of others."""
    assert seeded
    publish(engine, declared_in([ROOT / "catalog"]))
    with writing(engine) as connection:
        for world in (HUB, TEAM, COMMUNITY, NEXUS, TWIN):
            connection.exec_driver_sql(world)
        connection.exec_driver_sql("ANALYZE")
    own = tmp_path_factory.mktemp("own") / "catalog"
    connect_known(Gate(engine, WORKER), catalog_folders=[Path(ROOT / "catalog"), own])


def opened(open_page: Open, who: str, page: str, **parameters: str) -> str:
    app = open_page(f"pages/{page}.py")
    app.sidebar.selectbox(VIEW_AS).select(who).run()
    for key, value in parameters.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.error, app.error[0].value
    return told(app) + "\n".join(table.value.to_string() for table in app.dataframe)


@pytest.mark.usefixtures("systems")
@pytest.mark.parametrize("system", ["patterns", "dev_patterns"])
@pytest.mark.parametrize(
    "view", ["Find", "Repositories", "Shared", "Dependencies", "Issues", "Lessons and decisions"]
)
def test_every_view_of_patterns_opens_wherever_the_tables_are(
    open_page: Open, system: str, view: str
) -> None:
    shown = opened(open_page, "engineer", "patterns", system=system, view=view, on="numpy")
    assert shown


@pytest.mark.usefixtures("systems")
@pytest.mark.parametrize(("system", "name"), [("patterns", "alpha"), ("dev_patterns", "alpha")])
def test_a_repository_has_its_page_wherever_it_is(open_page: Open, system: str, name: str) -> None:
    shown = opened(open_page, "engineer", "repository", system=system, repository=name)
    assert "No pattern was found" not in shown
    assert "checks passed" in shown


@pytest.mark.usefixtures("systems")
@pytest.mark.parametrize("system", ["content", "hub_content"])
@pytest.mark.parametrize("view", ["Content", "Contributors", "Engagement", "Duplicates"])
def test_every_view_of_community_opens_and_shows_nothing_deleted(
    open_page: Open, system: str, view: str
) -> None:
    shown = opened(open_page, "engineer", "community", system=system, view=view)
    assert "zebrafinch" not in shown
    assert "Mine alone" not in shown


@pytest.mark.usefixtures("systems")
@pytest.mark.parametrize(
    "system", ["twin_documents", "upstash_twin_documents", "documented_twin_documents"]
)
@pytest.mark.parametrize("view", ["Documents", "Conversations", "Cache and limits"])
def test_every_view_of_twin_opens_wherever_the_tables_are(
    open_page: Open, system: str, view: str
) -> None:
    assert "chunk" in opened(open_page, "analyst", "twin", system=system, view=view)


@pytest.mark.usefixtures("systems")
@pytest.mark.parametrize(
    ("page", "system", "view", "key"),
    [
        ("patterns", "patterns", "Shared", "shared-name"),
        ("community", "content", "Duplicates", "duplicates-name"),
    ],
)
def test_a_row_is_also_chosen_by_its_name(
    open_page: Open, page: str, system: str, view: str, key: str
) -> None:
    app = open_page(f"pages/{page}.py")
    app.sidebar.selectbox(VIEW_AS).select("engineer").run()
    app.query_params["view"], app.query_params["system"] = view, system
    app.run()
    before = told(app)
    app.selectbox(key).select_index(0).run()
    assert not app.exception
    assert len(told(app)) > len(before)
