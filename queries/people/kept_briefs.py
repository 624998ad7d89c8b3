"""A brief that a model wrote for a coach: kept for that coach alone, while the client is theirs.

The functions of migrations/0060_kept_briefs.sql, which ask the signed token, as for notes. What is
kept goes with the client's erasure, and each sentence with a row that it rests on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, Row, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Boolean, DateTime, TypeEngine

from queries.collection import Collection
from queries.gate import Gate

_MOMENT = DateTime(timezone=True)
PASSAGE: Mapping[str, TypeEngine[Any]] = {
    **{"model": Text(), "prompt_version": Integer(), "since": _MOMENT, "session": Boolean()},
    **{"later": _MOMENT, "latest": _MOMENT, "left_out": JSONB(), "written_at": _MOMENT},
    **{"place": Integer(), "section": Text(), "said": Text()},
    **{"collection": Text(), "row_id": Text(), "at": _MOMENT, "about": Text(), "quote": Text()},
}


def own_brief(gate: Gate, collection: Collection, owner: str) -> Sequence[Row[Any]]:
    """The coach's kept brief about a client, a row a passage in the order of sentences.

    Named as in PASSAGE. Empty without one, and for anybody else. Quotations are as they stood when
    it was written: whoever shows them compares them with the texts (jobs/coaching/kept_brief.py).
    """
    told = func.northlight_auth.own_brief(*_named(collection, owner))
    rows = told.table_valued(*(column(name, kind) for name, kind in PASSAGE.items()))
    return gate.rows(select(rows))


def keep_brief(gate: Gate, collection: Collection, owner: str, told: Mapping[str, Any]) -> int:
    """Keep a brief in place of the last; its number.

    `told` has the columns of northlight_auth.brief, and `sentences` (section, said, passages:
    collection, row_id, at, about, quote); moments as ISO 8601. Raises IdentityRefused for no client
    of theirs.
    """
    given = (*_named(collection, owner), cast(dict(told), JSONB))
    return int(gate.value(select(func.northlight_auth.keep_brief(*given))))


def drop_brief(gate: Gate, collection: Collection, owner: str) -> bool:
    """Drop the kept brief for good; whether there was one."""
    return bool(gate.value(select(func.northlight_auth.drop_brief(*_named(collection, owner)))))


def _named(collection: Collection, owner: str) -> tuple[Any, Any]:
    return cast(collection.name, Text), cast(owner, Text)
