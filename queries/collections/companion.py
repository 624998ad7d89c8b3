"""Companions: the tables beside a collection that tell how people come along, told in roles.

A coaching system keeps sessions, exercises and profiles beside the responses. A declaration maps
each to roles, wherever the table lives and whichever columns it has; publishing it makes the views
`NAME__sessions`, `NAME__exercises` … for the same roles of people, under the same conditions as the
collection's own rows (queries/collections/companion_sql.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from queries.collections.system_shapes import HIDDEN, PLAIN, SYSTEM_NEEDED, SYSTEM_SHAPES, TOLD

# What a companion's view has beside `owner`: role -> SQL type and how it is shown where owners are
# pseudonyms: as it is, masked like any text, or not at all.
SHAPES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "answers": {
        "id": ("text", PLAIN),
        "exercise": ("text", PLAIN),
        "time": ("timestamptz", PLAIN),
        "mood": ("text", PLAIN),
        "confidence": ("double precision", PLAIN),
        "sentiment": ("double precision", PLAIN),
        "seconds": ("double precision", PLAIN),
        "insights": ("text[]", HIDDEN),
        "audio": ("text", HIDDEN),
        "video": ("text", HIDDEN),
        "images": ("text[]", HIDDEN),
    },
    "sessions": {
        "id": ("text", PLAIN),
        "kind": ("text", PLAIN),
        "start": ("timestamptz", PLAIN),
        "seconds": ("double precision", PLAIN),
        "status": ("text", PLAIN),
        "mood": ("text", PLAIN),
        "exercises": ("text[]", PLAIN),
        "notes": ("text", TOLD),
    },
    "exercises": {
        "id": ("text", PLAIN),
        "title": ("text", PLAIN),
        "category": ("text", PLAIN),
        "question": ("text", PLAIN),
        "minutes": ("double precision", PLAIN),
        "active": ("boolean", PLAIN),
        "place": ("double precision", PLAIN),
    },
    "profiles": {
        "first_name": ("text", HIDDEN),
        "last_name": ("text", HIDDEN),
        "zone": ("text", PLAIN),
        "focus": ("text", HIDDEN),
        "joined": ("timestamptz", PLAIN),
    },
    "media": {
        "id": ("text", PLAIN),
        "kind": ("text", PLAIN),
        "name": ("text", HIDDEN),
        "description": ("text", TOLD),
        "time": ("timestamptz", PLAIN),
    },
    **SYSTEM_SHAPES,
}
# Without these the view would say nothing.
NEEDED = {
    "answers": ("owner", "id", "time"),
    "sessions": ("owner", "id", "start"),
    "exercises": ("id", "title"),
    "profiles": ("owner",),
    "media": ("owner", "id"),
    **SYSTEM_NEEDED,
}


@dataclass(frozen=True)
class Companion:
    """One table beside a collection. `columns`: role -> column, or `column.key` of a JSON column.

    The role `owner` is whose a row is; a companion without it is everybody's material.
    """

    name: str
    table: str
    columns: tuple[tuple[str, str], ...]

    @property
    def owner(self) -> str | None:
        """The column that says whose a row is."""
        return dict(self.columns).get("owner")

    def sources(self) -> set[str]:
        """The columns of the table that it reads."""
        return {source.partition(".")[0] for _, source in self.columns}

    def within(self, there: set[str]) -> "Companion | None":
        """As far as a table with these columns goes; None where a needed role is missing."""
        kept = tuple(pair for pair in self.columns if pair[1].partition(".")[0] in there)
        complete = set(NEEDED[self.name]) <= {role for role, _ in kept}
        return Companion(self.name, self.table, kept) if complete else None

    def to_toml(self, quoted: Callable[[str], str]) -> list[str]:
        """The lines of a catalog file that declare it."""
        head = ["", f"[companion.{self.name}]", f"table = {quoted(self.table)}"]
        columns = [f"{role} = {quoted(source)}" for role, source in self.columns]
        return [*head, "", f"[companion.{self.name}.columns]", *columns]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Companion":
        """The inverse of dataclasses.asdict."""
        columns = tuple((role, source) for role, source in stored["columns"])
        return cls(stored["name"], stored["table"], columns)

    @classmethod
    def from_toml(cls, name: str, told: Mapping[str, Any]) -> "Companion":
        """What a catalog file declares. Raises KeyError and TypeError for what is none."""
        if name not in SHAPES:
            raise TypeError(f"[companion.{name}] is none of {', '.join(SHAPES)}")
        known = {"owner", *SHAPES[name]}
        columns = told["columns"]
        unknown = ", ".join(sorted(set(columns) - known))
        if unknown or not all(isinstance(source, str) for source in columns.values()):
            raise TypeError(f"[companion.{name}] has {unknown or 'a column that is no name'}")
        missing = ", ".join(role for role in NEEDED[name] if role not in columns)
        if missing:
            raise KeyError(f"{missing} in [companion.{name}.columns]")
        return cls(name, told["table"], tuple(columns.items()))
