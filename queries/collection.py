"""The Collection: a table somebody already has, told in roles.

A catalog file maps roles (id, text, title, embedding, owner, time, facets) to the table's columns.
`queries.catalog` publishes the declaration as a view whose columns *are* the roles, so no statement
and no screen ever names a column of the explored table.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Double, TableClause, column, table

from queries.collections.companion import Companion
from queries.errors import DeclarationError

# Columns of every published view, and what queries put beside them in a result. A facet of the same
# name is published as `<name>_facet`.
ROLE_COLUMNS = ("id", "row_id", "text", "title", "owner", "time", "embedding")
RESULT_COLUMNS = ("x", "y", "theme", "theme_id", "membership", "distance", "similarity", "score")
THEME_COLUMNS = (
    *("id", "run_id", "parent_id", "name", "named_by", "definition", "pinned", "created_at"),
    *("terms", "size", "owners", "representatives", "stability", "separation", "rival_id"),
    *("x", "y", "state"),
)
NAME_RULE = "a name starts with a letter and has only small letters, digits and _ (48 at most)"


@dataclass(frozen=True)
class Lookup:
    """A facet whose readable value stands in another table, reached by one key."""

    name: str
    table: str
    on: str
    key: str
    show: str


@dataclass(frozen=True)
class Collection:
    """A declared table. Hashable and made of plain values: it can be cached, compared, printed.

    `text` may be several columns, shown one below the other. `facets` are the published names;
    `facet_columns` says which column each comes from. `only` is an SQL condition of the
    operator's that rows must meet. `fill` allows `embed` to write the embedding column.
    """

    name: str
    title: str
    table: str
    id: str
    text: tuple[str, ...]
    heading: str | None = None
    embedding: str | None = None
    owner: str | None = None
    time: str | None = None
    facet_columns: tuple[tuple[str, str], ...] = ()
    lookups: tuple[Lookup, ...] = ()
    companions: tuple[Companion, ...] = ()
    only: str | None = None
    model: str | None = None
    fill: bool = False
    language: str = "english"
    group: str = "yours"
    described: str = ""
    personal: bool = False  # somebody's private text: masked and pseudonymous for analysts
    # Filled when published, from the live table.
    id_type: str = "text"
    facet_types: tuple[tuple[str, str], ...] = field(default=())

    @cached_property
    def view(self) -> TableClause:
        """The rows. Built once, like those below: two equal table() objects cross-join."""
        names = ("id", "row_id", "text", "title", "owner", "time", "embedding", *self.facets)
        return table(self.name, *(column(name) for name in names))

    @cached_property
    def distances(self) -> TableClause:
        """Cosine distance of each embedded row to the query vector of the transaction."""
        return table(f"{self.name}__distances", column("row_id"), column("distance", Double))

    @cached_property
    def signs(self) -> TableClause:
        """In how many signs each embedded row's vector differs from the query vector, and in how
        many the nearest do."""
        how = (column("unlike", Double), column("near", Double))
        return table(f"{self.name}__signs", column("row_id"), *how)

    @cached_property
    def refusals(self) -> TableClause:
        """Rows that could not be embedded, with the reason."""
        return table(f"{self.name}__refusals", column("row_id"), column("refused"))

    @cached_property
    def words(self) -> TableClause:
        """The words of each row."""
        return table(f"{self.name}__words", column("row_id"), column("words"))

    @cached_property
    def lexemes(self) -> TableClause:
        """In how many rows a lexeme occurs."""
        return table(f"{self.name}__lexemes", column("lexeme"), column("rows"))

    @cached_property
    def points(self) -> TableClause:
        """Rows on the current map."""
        of = "run_id row_id x y theme_id membership placed second_id second_membership"
        return table(f"{self.name}__points", *(column(name) for name in of.split()))

    @cached_property
    def themes(self) -> TableClause:
        """Themes of the current run."""
        return table(f"{self.name}__themes", *(column(name) for name in THEME_COLUMNS))

    @cached_property
    def events(self) -> TableClause:
        """What happened to the themes."""
        names = ("id", "theme_id", "run_id", "kind", "detail", "made_by", "created_at")
        return table(f"{self.name}__events", *(column(name) for name in names))

    def view_name(self, schema: str = "northlight_worker") -> str:
        """The published view with its schema, for statements outside the gate."""
        return f'{schema}."{self.name}"'

    @cached_property
    def facets(self) -> tuple[str, ...]:
        """The facets' published names, in the order of the declaration, looked-up ones first."""
        looked_up = tuple(lookup.name for lookup in self.lookups)
        return looked_up + tuple(name for name, _ in self.facet_columns)

    def companion(self, name: str) -> Companion | None:
        """The companion of that name, if the declaration has it."""
        return next((one for one in self.companions if one.name == name), None)

    def facet(self, name: str) -> ColumnElement[Any]:
        """The view's column of a facet. Raises DeclarationError for one not declared."""
        if name not in self.facets:
            known = ", ".join(self.facets) or "none"
            raise DeclarationError(f"{self.name} has no facet {name!r}. Its facets: {known}.")
        return self.view.c[name]

    def is_list(self, facet: str) -> bool:
        """Whether a facet holds several values a row (an array column)."""
        return dict(self.facet_types).get(facet, "").endswith("[]")

    def roles(self) -> dict[str, Any]:
        """Which column plays which role, as `collections list --json` prints it."""
        return {
            "id": self.id,
            "text": self.text[0] if len(self.text) == 1 else list(self.text),
            "title": self.heading,
            "embedding": self.embedding,
            "owner": self.owner,
            "time": self.time,
            "facets": list(self.facets),
        }

    def with_types(self, id_type: str, facet_types: Mapping[str, str]) -> "Collection":
        """The collection with what the live table says about its columns."""
        return replace(self, id_type=id_type, facet_types=tuple(sorted(facet_types.items())))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as stored in northlight.collection."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Collection":
        """The inverse of to_json."""
        values = dict(stored)
        values["text"] = tuple(values["text"])
        values["lookups"] = tuple(Lookup(**lookup) for lookup in values["lookups"])
        values["companions"] = tuple(map(Companion.from_json, values.get("companions", ())))
        for pairs in ("facet_columns", "facet_types"):
            values[pairs] = tuple((name, value) for name, value in values[pairs])
        return cls(**values)


def checked_name(name: str) -> str:
    """The name, if a collection may have it. Raises DeclarationError otherwise."""
    fits = name.replace("_", "a").isalnum() and name.isascii() and name == name.lower()
    if not (fits and name[:1].isalpha() and len(name) <= 48):
        raise DeclarationError(f"{name!r} cannot name a collection: {NAME_RULE}.")
    return name


def published_name(facet: str) -> str:
    """The name of a facet's column in the view: no facet may hide a role or a result."""
    return f"{facet}_facet" if facet in (*ROLE_COLUMNS, *RESULT_COLUMNS) else facet
