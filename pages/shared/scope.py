"""What a page is about: who reads, which collection, narrowed to what."""

from dataclasses import dataclass

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate


@dataclass(frozen=True)
class Scope:
    """Everything a cached query needs. `version` changes with embeddings and map."""

    collection: Collection
    filters: Filters
    gate: Gate
    version: str

    @property
    def sentence(self) -> str:
        """The filters in words."""
        return self.filters.sentence(self.collection)


def cache_key(scope: Scope) -> str:
    """Identity, collection, version and filters in plain words; never data, never the engine."""
    where = scope.gate.engine.url.render_as_string(hide_password=True)
    return repr((where, scope.gate.identity, scope.collection, scope.version, scope.filters))
