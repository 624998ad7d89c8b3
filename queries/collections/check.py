"""Does a declared collection fit the live table? Every finding says what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from queries.collection import Collection
from queries.collections.tables import why_no_time
from queries.embeddings.spaces import Space, embedded_count, spaces
from queries.errors import StatementStopped
from queries.gate import Gate, inspecting
from queries.identifiers import identifier
from queries.statement import Statement

COUNT_SECONDS = 60
EMPTY_SHARE = 0.2

_COLUMNS = text(
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
    "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
)


@dataclass(frozen=True)
class Finding:
    """What is the matter, and the cure. Levels: error (it does not work), warning, info."""

    level: str
    what: str
    cure: str


@dataclass(frozen=True)
class Counts:
    """A collection's rows: all, with an id, different ids, without text."""

    rows: int
    ids: int
    distinct: int
    empty: int


def structure(engine: Engine, collection: Collection) -> list[Finding]:
    """Table, columns, types and view: findings that stop everything else."""
    live = live_types(engine, collection)
    if not live:
        return [
            Finding(
                "error",
                f"The table {collection.table} is gone.",
                f"Restore it, or remove {collection.name}.toml from your catalog folder.",
            )
        ]
    found = list(_gone(collection, live)) + list(_changed(collection, live))
    if not found and not _has_view(engine, collection):
        found.append(
            Finding(
                "error",
                f"The view through which {collection.name} is read is gone.",
                _again(collection),
            )
        )
    return found


def live_types(engine: Engine, collection: Collection) -> dict[str, str]:
    """The table's columns and their types now; empty if it is gone."""
    with inspecting(engine) as connection:
        rows = connection.execute(_COLUMNS, {"name": identifier(collection.table)})
        return {row[0]: row[1] for row in rows}


def counts(gate: Gate, collection: Collection) -> Counts | None:
    """Rows and ids, counted; None if that takes too long."""
    view = collection.view
    statement: Statement = select(
        func.count().label("rows"),
        func.count(view.c.id).label("ids"),
        func.count(view.c.row_id.distinct()).label("distinct"),
        func.count().filter(view.c.text.is_(None)).label("empty"),
    ).select_from(view)
    try:
        row = gate.rows(statement, seconds=COUNT_SECONDS)[0]
    except StatementStopped:
        return None
    return Counts(**row._mapping)


def row_count(gate: Gate, collection: Collection) -> int | None:
    """How many rows the collection has; None if its table or view is gone or too slow to count."""
    statement = select(func.count()).select_from(collection.view)
    try:
        return int(gate.value(statement, seconds=COUNT_SECONDS))
    except (ProgrammingError, StatementStopped):
        return None


def times(engine: Engine, collection: Collection) -> Iterator[Finding]:
    """Whether every value of the time column is a moment."""
    if collection.time is None:
        return
    reason = why_no_time(engine, collection.table, collection.time)
    if reason:
        yield Finding(
            "error",
            f"{collection.time} holds what is no date, so nothing with a time can be shown: "
            f"{reason}",
            f"Mend that value, or name another column: {_connect(collection, '--time COLUMN')}.",
        )


def contents(collection: Collection, counted: Counts | None) -> Iterator[Finding]:
    """What the rows themselves tell: ids, text, and roles that are not declared."""
    if counted is None:
        yield Finding(
            "info",
            "The ids and empty texts were not counted: there are too many rows for a minute.",
            "Nothing to do, if the id is the table's primary key.",
        )
    elif not counted.rows:
        yield Finding("warning", "There are no rows.", "Load some, or check the `only` condition.")
    else:
        yield from _ids(collection, counted)
        yield from _texts(collection, counted)
    for role, missing in (("owner", "count people, only rows"), ("time", "show change over time")):
        if getattr(collection, role) is None:
            yield Finding(
                "info",
                f"No {role} is declared, so Northlight cannot {missing}.",
                f"If a column has it: {_connect(collection, '--' + role, 'COLUMN')}.",
            )


def coverage(gate: Gate, collection: Collection, counted: Counts | None) -> Iterator[Finding]:
    """Whether the rows with text are embedded."""
    known = spaces(gate, collection)
    if not known or not known[0].active:
        column = f" and {collection.embedding} holds no vectors" if collection.embedding else ""
        yield Finding(
            "warning",
            f"The collection is not embedded{column}: no search by meaning, no map.",
            f"Run `./northlight embed {collection.name}`.",
        )
        return
    embedded = embedded_count(gate, collection)
    wanted = counted.rows - counted.empty if counted else embedded
    if embedded < wanted:
        yield Finding(
            "warning",
            f"{wanted - embedded:,} of {wanted:,} rows with text have no embedding; searches by "
            "meaning and maps leave them out.",
            _fill(collection, known[0]),
        )


def _fill(collection: Collection, space: Space) -> str:
    if space.only_read(collection):
        return (
            f"Fill {collection.embedding} where it is filled now, or run `./northlight embed "
            f"{collection.name} --switch` for embeddings beside the table."
        )
    return f"Run `./northlight embed {collection.name}`."


def _gone(collection: Collection, live: Mapping[str, str]) -> Iterator[Finding]:
    declared = {
        "id": (collection.id,),
        "text": collection.text,
        "title": (collection.heading,),
        "owner": (collection.owner,),
        "time": (collection.time,),
        "embedding": (collection.embedding,),
        "facet": tuple(source for _, source in collection.facet_columns),
    }
    for role, columns in declared.items():
        for name in columns:
            if name is not None and name not in live:
                yield Finding(
                    "error",
                    f"The {role} column {name} is gone from {collection.table}.",
                    _again(collection),
                )


def _changed(collection: Collection, live: Mapping[str, str]) -> Iterator[Finding]:
    declared = {collection.id: collection.id_type}
    types = dict(collection.facet_types)
    declared |= {s: types[name] for name, s in collection.facet_columns if name in types}
    for name, was in declared.items():
        if name in live and live[name] != was:
            yield Finding(
                "error",
                f"{name} was {was} when it was declared and is {live[name]} now.",
                _again(collection),
            )
    kind = live.get(collection.embedding or "", "").partition("(")[0]
    if kind and kind not in ("vector", "halfvec"):
        yield Finding(
            "error",
            f"The embedding column {collection.embedding} is {kind} now, not vector or halfvec.",
            _again(collection),
        )


def _has_view(engine: Engine, collection: Collection) -> bool:
    with inspecting(engine) as connection:
        found = connection.execute(
            text("SELECT to_regclass(:name) IS NOT NULL"), {"name": collection.view_name()}
        )
        return bool(found.scalar())


def _ids(collection: Collection, counted: Counts) -> Iterator[Finding]:
    cure = f"Name a unique column: {_connect(collection, '--id COLUMN')}."
    if counted.ids < counted.rows:
        yield Finding(
            "error", f"{counted.rows - counted.ids:,} rows have no {collection.id}, the id.", cure
        )
    if counted.distinct < counted.ids:
        yield Finding(
            "error",
            f"{counted.ids - counted.distinct:,} rows have an {collection.id} that another row "
            "has, too: neighbours and themes would confuse them.",
            cure,
        )


def _texts(collection: Collection, counted: Counts) -> Iterator[Finding]:
    share = counted.empty / counted.rows
    if share == 1.0:
        yield Finding(
            "error",
            f"Not one row has text in {', '.join(collection.text)}.",
            f"Name another column: {_connect(collection, '--text COLUMN')}.",
        )
    elif share >= EMPTY_SHARE:
        yield Finding(
            "warning",
            f"{share:.0%} of the rows ({counted.empty:,}) have no text in "
            f"{', '.join(collection.text)}; they are counted but never found.",
            f"Add a second column with --text, or leave them out with `only` in "
            f"{collection.name}.toml.",
        )


def _connect(collection: Collection, *options: str) -> str:
    words = ("./northlight collections connect", collection.table, "--name", collection.name)
    return f"`{' '.join((*words, *options))}`"


def _again(collection: Collection) -> str:
    return f"Declare it again: {_connect(collection)}."
