"""Rows themselves: by id, or the newest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import ColumnElement, Text, any_, cast, false, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import UserDefinedType

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.sendable import sendable
from queries.statement import Statement

INTEGERS = {"smallint": 2, "integer": 4, "bigint": 8}  # with their bytes


def by_ids(gate: Gate, collection: Collection, ids: Sequence[str]) -> pd.DataFrame:
    """The rows with these ids, in the order asked for; ids the reader cannot see are left out.

    Columns: `row_id`, `text`, `title`, `owner`, `time`, then the facets.
    """
    read = Read("open", collection.name, f"{len(ids)} rows by id")
    found = gate.frame(by_ids_statement(collection, ids), read=read)
    order = {sendable(row_id): position for position, row_id in enumerate(ids)}
    return found.sort_values("row_id", key=lambda found: found.map(order), ignore_index=True)


def newest(gate: Gate, collection: Collection, filters: Filters, limit: int) -> pd.DataFrame:
    """The newest rows, newest first; without a time column simply some rows, by id.

    Columns: `row_id`, `text`, `title`, `owner`, `time`, then the facets.
    """
    read = Read("newest", collection.name, filters.sentence(collection))
    return gate.frame(newest_statement(collection, filters, limit), read=read)


def by_ids_statement(collection: Collection, ids: Sequence[str]) -> Statement:
    """Compares the key in its own type, so that the table's primary key is used."""
    return select(*shown(collection)).where(has_id(collection, ids))


def newest_statement(collection: Collection, filters: Filters, limit: int) -> Statement:
    """Ties are broken by id, so the order never changes between two readings."""
    view = collection.view
    by = [view.c.time.desc().nulls_last()] if collection.time else []
    rows = select(*shown(collection)).where(*filters.conditions(collection))
    return rows.order_by(*by, view.c.id).limit(limit)


def shown(collection: Collection) -> list[ColumnElement[Any]]:
    """The columns of a row that a reader is shown: everything but key and embedding."""
    view = collection.view
    names = ("row_id", "text", "title", "owner", "time", *collection.facets)
    return [view.c[name] for name in names]


def has_id(collection: Collection, ids: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row is one of these; ids that cannot be keys of the table match nothing."""
    view, id_type = collection.view, collection.id_type
    ids = [sendable(id) for id in ids]
    if id_type == "uuid" or id_type in INTEGERS:
        fitting = [id for id in ids if _fits(id, id_type)]
        return view.c.id == any_(cast(literal(fitting, ARRAY(Text)), _ArrayOf(id_type)))
    if id_type == "text" or id_type.startswith("character varying"):
        return view.c.id.in_(ids)
    return view.c.row_id.in_(ids) if ids else false()


class _ArrayOf(UserDefinedType[Any]):
    """An array of one of the key types, to cast bound text to."""

    cache_ok = True

    def __init__(self, of: str) -> None:
        self.of = of

    def get_col_spec(self, **_: Any) -> str:
        return f"{self.of}[]"


def _fits(id: str, id_type: str) -> bool:
    try:
        if id_type == "uuid":
            return bool(UUID(id))
        int(id).to_bytes(INTEGERS[id_type], signed=True)
    except (ValueError, OverflowError):
        return False
    return True
