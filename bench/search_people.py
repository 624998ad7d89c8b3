"""People who search in `bench search`: their whole path is counted, proven, read and audited."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from bench.databases import Bench
from queries.collection import Collection
from queries.gate import Gate, Identity, writing
from tests.web_login import web_login

ROLES = ("engineer", "analyst")  # an analyst's texts are masked


@contextmanager
def people(bench: Bench, collection: Collection) -> Iterator[dict[str, Gate]]:
    """A gate for one person of each role, through the web login, who may read the collection."""
    with (
        tempfile.TemporaryDirectory() as home,
        web_login(bench.gate.engine, Path(home)) as web,
    ):
        yield {
            role: Gate(web.engine, _person(bench, role, collection), web.signer) for role in ROLES
        }


def _person(bench: Bench, role: str, collection: Collection) -> Identity:
    with writing(bench.gate.engine) as connection:
        told = {"role": role, "name": collection.name}
        connection.execute(text("UPDATE northlight_auth.allowance SET times = 10000000"))
        made = text(
            "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
            "VALUES ('bench', :role, :role, :role) RETURNING id::text"
        )
        told["id"] = connection.execute(made, told).scalar_one()
        granted = "INSERT INTO northlight_auth.grant_to (person_id, collection) VALUES (:id, :name)"
        connection.execute(text(granted), told)
        epoch = text("SELECT epoch FROM northlight_auth.person WHERE id = CAST(:id AS uuid)")
        return Identity(role, told["id"], connection.execute(epoch, told).scalar_one())
