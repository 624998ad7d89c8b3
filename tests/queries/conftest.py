"""One seeded world for every module here."""

import pytest
from sqlalchemy import Engine

from queries.catalog import collection_named
from queries.collection import Collection
from queries.gate import Gate
from tests.seeded import sow


@pytest.fixture(scope="module")
def world(engine: Engine) -> Gate:
    """The operator at a database with the seeded notes."""
    return sow(engine)


@pytest.fixture(scope="module")
def notes(world: Gate) -> Collection:
    """The complete collection: 90 notes and an empty one."""
    return collection_named(world, "notes")


@pytest.fixture(scope="module")
def bare(world: Gate) -> Collection:
    """Twelve lines with nothing declared but id and text; never embedded."""
    return collection_named(world, "bare")
