"""Layouts that the common pgvector guides create, as their libraries write them.

LangChain's PGVector keeps all its collections in one table, whose key was `uuid` before it became
`id`; its successor PGVectorStore makes a table a collection. LlamaIndex prefixes the table's name
with `data_`. Supabase's guides, and LangChain's store for it, use a table `documents`. vecs keeps
vectors without their text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from queries.collection import Lookup
from queries.collections.tables import LiveTable
from queries.identifiers import joined_name


@dataclass(frozen=True)
class Layout:
    """A guide's table. `columns` maps names to kinds, `any` being any; `ids` in order of trust."""

    guide: str
    table: str
    columns: Mapping[str, str]
    ids: tuple[str, ...]
    text: str
    prefix: str = ""

    def fits(self, live: LiveTable) -> bool:
        """Whether a table has this layout."""
        if not re.fullmatch(self.table, live.relation.name):
            return False
        there = {column.name: column.kind for column in live.columns}
        return any(name in there for name in self.ids) and all(
            there.get(name) == kind or (kind == "any" and name in there)
            for name, kind in self.columns.items()
        )

    def key(self, live: LiveTable) -> str:
        """The column that is the key in this version of the layout."""
        return next(name for name in self.ids if live.column(name))

    def name(self, live: LiveTable) -> str:
        """What to call the collection."""
        return live.relation.name.removeprefix(self.prefix)


LANGCHAIN = Layout(
    "LangChain PGVector",
    r"langchain_pg_embedding",
    {"collection_id": "any", "document": "text", "cmetadata": "json", "embedding": "any"},
    ids=("id", "uuid"),
    text="document",
)
LAYOUTS = (
    LANGCHAIN,
    Layout(
        "LangChain PGVectorStore",
        r".+",
        {"langchain_id": "any", "content": "text", "embedding": "any"},
        ids=("langchain_id",),
        text="content",
    ),
    Layout(
        "LlamaIndex",
        r"data_.+",
        {"text": "text", "metadata_": "json", "node_id": "text", "embedding": "any"},
        ids=("id",),
        text="text",
        prefix="data_",
    ),
    Layout(
        "Supabase",
        r".+",
        {"content": "text", "metadata": "json", "embedding": "any"},
        ids=("id",),
        text="content",
    ),
)


def layout_of(live: LiveTable) -> Layout | None:
    """The guide that makes tables like this, or None."""
    return next((layout for layout in LAYOUTS if layout.fits(live)), None)


def langchain_lookup(live: LiveTable) -> Lookup:
    """The names of LangChain's own collections, which stand in a table beside."""
    beside = joined_name(live.relation.schema, "langchain_pg_collection")
    return Lookup("collection", beside, on="collection_id", key="uuid", show="name")


def is_vecs(live: LiveTable) -> bool:
    """Whether the table is one of vecs': it holds no text, only ids, vectors and metadata."""
    return {"id", "vec", "metadata"} <= set(live.names) and live.relation.schema == "vecs"
