"""What every command needs: the database, the operator's gate, the home and the catalog folders.

One of two places that read the environment (the other is `pages/shared/database.py`).
"""

import json
import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from queries.collection import Collection
    from queries.gate import Gate

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BUILT_IN_CATALOG = CHECKOUT / "catalog"


class Context:
    """Made once a command; nothing is opened before it is asked for."""

    @cached_property
    def home(self) -> Path:
        """Where what is not in the database is kept: data directory, logs, your catalog."""
        return Path(os.environ.get("NORTHLIGHT_HOME") or CHECKOUT / ".northlight").absolute()

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one: no DATABASE_URL is set."""
        return not os.environ.get("DATABASE_URL")

    @cached_property
    def url(self) -> str:
        """The database's URL; starts the embedded server when it is the one to use."""
        if not self.embedded:
            return os.environ["DATABASE_URL"]
        from clients.postgres import server

        return server.ensure_running(self.home)

    @cached_property
    def bare_engine(self) -> "Engine":
        """An engine on whatever schema is there."""
        from queries.engine import make_engine

        return make_engine(self.url)

    @cached_property
    def engine(self) -> "Engine":
        """An engine on a migrated database whose catalogue knows every catalog file."""
        from queries import catalog
        from queries.server import migrate

        engine = self.bare_engine
        for name in migrate.migrate(engine):
            self.say(f"Migrated: {name}")
        catalog.publish(engine, self.declared(migrate.in_place_systems(engine)), self.say)
        return engine

    def declared(self, in_place: set[str]) -> "list[Collection]":
        """What the catalog files declare.

        The built-in files speak of the tables that our migrations make. A system that was there
        before is declared by `collections connect --known`, which looks at what it really has.
        """
        from queries import catalog

        built_in, yours = self.catalog_folders
        mine = catalog.declared_in([yours], self.say)
        names = {collection.name for collection in mine}
        ours = [
            collection
            for collection in catalog.declared_in([built_in], self.say)
            if collection.group not in in_place and collection.name not in names
        ]
        return [*ours, *mine]

    @cached_property
    def gate(self) -> "Gate":
        """The operator's gate: whoever runs the command line runs Northlight."""
        from queries.gate import WORKER, Gate

        return Gate(self.engine, WORKER)

    def gate_as(self, user: str | None) -> "Gate":
        """The gate of a person (subject, e-mail or id), or of the worker for None.

        Raises QueryError for somebody unknown or deactivated.
        """
        if user is None:
            return self.gate
        from queries.access.people import identity_of
        from queries.access.signing import ensure_signing_key
        from queries.gate import Gate

        signer = ensure_signing_key(self.engine, self.home)
        return Gate(self.engine, identity_of(self.engine, user), signer)

    @property
    def catalog_folders(self) -> list[Path]:
        """Built-in declarations first, yours last: yours win."""
        return [BUILT_IN_CATALOG, self.home / "catalog"]

    def say(self, text: str) -> None:
        """A note or progress, on stderr: stdout belongs to the result."""
        click.echo(text, err=True)

    def print_json(self, value: Any) -> None:
        """The result as one JSON document on stdout."""
        json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
        sys.stdout.write("\n")


# A question may begin with a word to leave out, an id with a minus: neither is an option.
DASHES = {"ignore_unknown_options": True}
pass_context = click.make_pass_decorator(Context)
as_json = click.option("--json", "json_wanted", is_flag=True, help="One JSON document on stdout.")
