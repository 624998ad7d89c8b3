"""Rows for one table, as the demo's readers hand them on; and the ids that stay the same."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

# The namespace of all demo ids: the same key gives the same id on every machine.
NAMESPACE = UUID("6f2f4c1e-7a0c-5b0e-9d3a-2b8f1d5c7e90")

Columns = tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Rows of a table and the columns that tell them apart.

    `references` names columns that hold another table's key in words: column -> (table, its
    column with those words). The database's own key takes their place when they are stored.
    """

    table: str
    columns: Columns
    key: Columns
    rows: Sequence[tuple[Any, ...]]
    references: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def stable_id(kind: str, *parts: object) -> UUID:
    """The id of a demo row: always the same for the same kind and parts."""
    return uuid5(NAMESPACE, "/".join([kind, *map(str, parts)]))


def handle(name: str) -> str:
    """A short name that stands for a person or a group without saying who it is."""
    plain = " ".join(name.casefold().split()).encode()
    return "c-" + hashlib.blake2b(plain, key=NAMESPACE.bytes, digest_size=5).hexdigest()
