"""The SQL of the views beside a collection's rows, for one reach.

`NAME__answers`, `NAME__sessions` … are the declared companions. Their conditions are those of the
collection, asked of the companion's own owner: `queries.access.reaches` is given the companion as
if it were the collection. `NAME__histories` packs them, a row a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from queries.access.reaches import WORKER, Reach, reaches
from queries.collection import Collection
from queries.collections import view_sql
from queries.collections.companion import SHAPES, Companion
from queries.collections.system_shapes import HIDDEN, OF_ROWS, TOLD
from queries.identifiers import literal, quoted

EPOCH = "date '1970-01-01'"
# What a history's numbers are, in their order, each with its bytes; MISSING stands for none.
ANSWER = {"at": 8, "day": 4, "exercise": 8, "seconds": 4, "confidence": 2, "sentiment": 2}
SESSION = {"at": 8, "day": 4, "kind": 2, "status": 2, "seconds": 4}
MISSING = -32768  # also of two bytes
SENTIMENT_UNITS = 1000
KINDS = ("exercise", "reflection", "goal_setting", "review", "avatar_chat")
STATUSES = ("started", "completed", "paused", "abandoned")
PARTS = tuple(f"__{name}" for name in (*SHAPES, "histories"))


def statements(collection: Collection, reach: Reach, number: int) -> Iterator[tuple[str, str]]:
    """The query of each view, by the ending of its name; nothing where nothing is declared."""
    for companion in collection.companions:
        yield f"__{companion.name}", companion_sql(collection, companion, reach.role, number)
    if collection.companion("answers"):
        yield "__histories", histories_sql(collection, reach, number)


def companion_sql(collection: Collection, companion: Companion, role: str, number: int) -> str:
    """A companion's rows in reach: `owner` and the roles of its shape."""
    beside, reach = _as_collection(collection, role, table=companion.table, owner=companion.owner)
    shown = [f"{view_sql.owner_shown(beside, reach)} AS owner"]
    columns = dict(companion.columns)
    for name, (kind, care) in SHAPES[companion.name].items():
        value = _value(columns[name], kind) if name in columns else f"NULL::{kind}"
        shown.append(f"{_cared(value, kind, care, reach)} AS {name}")
    if companion.name != "answers":
        rows = f"SELECT {', '.join(shown)} FROM {view_sql.scope(beside, reach)}"
        return _of_rows_in_reach(collection, companion, role, rows)
    return _with_findings(", ".join(shown), beside, reach, number)


def _of_rows_in_reach(collection: Collection, companion: Companion, role: str, rows: str) -> str:
    """Without what belongs to a row that this role's own view of the collection does not show."""
    ours = [name for name, _ in companion.columns if name in OF_ROWS]
    if not ours:
        return rows
    seen = f"SELECT r.row_id FROM {role}.{quoted(collection.name)} r"
    there = " AND ".join(f"b.{name} IN ({seen})" for name in ours)
    return f"SELECT b.* FROM ({rows}) b WHERE {there}"


def _with_findings(shown: str, beside: Collection, reach: Reach, number: int) -> str:
    """What was found in a text, where the table itself has nothing."""
    insights = "NULL::text[]" if reach.pseudonymous else "f.insights"
    known = "nullif(a.insights, '{}')"
    return (
        "SELECT a.owner, a.id, a.exercise, a.time, coalesce(a.mood, f.mood) AS mood, "
        "CASE WHEN a.mood IS NOT NULL THEN 'person' WHEN f.mood IS NOT NULL THEN f.method END "
        "AS mood_by, a.confidence, coalesce(a.sentiment, f.sentiment) AS sentiment, "
        "CASE WHEN a.sentiment IS NOT NULL THEN 'table' WHEN f.sentiment IS NOT NULL THEN f.method "
        f"END AS sentiment_by, a.seconds, coalesce({known}, {insights}) AS insights, "
        "a.audio, a.video, a.images "
        f"FROM (SELECT {shown} FROM {view_sql.scope(beside, reach)}) a "
        f"LEFT JOIN northlight.finding f ON f.collection_id = {number} AND f.row_id = a.id"
    )


def histories_sql(collection: Collection, reach: Reach, number: int) -> str:
    """`owner, zone, today, answers, sessions, kept_at`: numbers packed as ANSWER and SESSION say.

    For a narrow reach, and for the worker who keeps them, packed now; for a wide one as kept.
    """
    told = f"h.owner, h.zone, (now() AT TIME ZONE h.zone)::date - {EPOCH} AS today"
    if reach.narrow or reach.role == WORKER:
        live = _packed(collection, reach.role)
        return f"SELECT {told}, h.answers, h.sessions, now() AS kept_at FROM ({live}) h"
    ours = f"t.collection_id = {number}"
    kept, wide = _as_collection(
        collection, reach.role, table="northlight.history", owner="owner", only=ours
    )
    owner = view_sql.owner_shown(kept, wide)
    rows = f"SELECT {owner} AS owner, t.zone, t.answers, t.sessions, t.kept_at "
    rows += f"FROM {view_sql.scope(kept, wide)}"
    return f"SELECT {told}, h.answers, h.sessions, h.kept_at FROM ({rows}) h"


def _packed(collection: Collection, role: str) -> str:
    """Through the role's own views, so that nothing is reached that they do not show."""

    def view(name: str) -> str:
        return f"{role}.{quoted(f'{collection.name}__{name}')}"

    zones = "SELECT NULL::text AS owner, NULL::text AS zone WHERE false"
    if collection.companion("profiles"):
        zones = (
            "SELECT p.owner, northlight.known_zone(min(p.zone)) AS zone "
            f"FROM {view('profiles')} p GROUP BY p.owner"
        )
    sessions = "SELECT NULL::text AS owner, NULL::text AS zone, NULL::bytea AS packed WHERE false"
    if collection.companion("sessions"):
        sessions = _grouped(view("sessions"), "start", _SESSION, SESSION)
    answers = _grouped(view("answers"), "time", _ANSWER, ANSWER)
    return (
        f"WITH home AS MATERIALIZED ({zones}), answered AS ({answers}), "
        f"met AS ({sessions}) SELECT owner, coalesce(answered.zone, met.zone) AS zone, "
        "answered.packed AS answers, met.packed AS sessions "
        "FROM answered FULL JOIN met USING (owner)"
    )


def _grouped(view: str, time: str, numbers: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    zone = "coalesce(h.zone, 'UTC')"
    told = " || ".join(
        f"int{sizes[name]}send(({number.format(time=f'v.{time}', zone=zone)})::int{sizes[name]})"
        for name, number in numbers.items()
    )
    return (
        f"SELECT v.owner, min({zone}) AS zone, string_agg({told}, ''::bytea ORDER BY v.{time}) "
        f"AS packed FROM {view} v LEFT JOIN home h ON h.owner = v.owner "
        f"WHERE v.owner IS NOT NULL AND isfinite(v.{time}) GROUP BY v.owner"
    )


def _place_in(names: tuple[str, ...], value: str) -> str:
    return f"coalesce(array_position(ARRAY[{', '.join(map(literal, names))}], {value}), 0)"


_MOMENT = {
    "at": "extract(epoch FROM {time})::bigint",
    "day": "({time} AT TIME ZONE {zone})::date - " + EPOCH,
}
_ANSWER = _MOMENT | {
    "exercise": "hashtextextended(v.exercise, 0)",
    "seconds": f"coalesce(v.seconds::integer, {MISSING})",
    "confidence": f"coalesce(v.confidence::integer, {MISSING})",
    "sentiment": f"coalesce(round(v.sentiment * {SENTIMENT_UNITS})::integer, {MISSING})",
}
_SESSION = _MOMENT | {
    "kind": _place_in(KINDS, "v.kind"),
    "status": _place_in(STATUSES, "v.status"),
    "seconds": f"coalesce(v.seconds::integer, {MISSING})",
}


def _as_collection(
    collection: Collection, role: str, **told: str | None
) -> tuple[Collection, Reach]:
    """The companion as a collection of the same name and system, and what the role reaches."""
    plain: dict[str, object] = {"only": None, "lookups": (), "companions": (), **told}
    beside = replace(collection, **plain)  # type: ignore[arg-type]
    return beside, next(reach for reach in reaches(beside) if reach.role == role)


def _value(source: str, kind: str) -> str:
    name, _, key = source.partition(".")
    column = f"t.{quoted(name)}"
    return f"({column} ->> {literal(key)})::{kind}" if key else f"{column}::{kind}"


def _cared(value: str, kind: str, care: str, reach: Reach) -> str:
    if care == TOLD:
        return view_sql.told(value, reach)
    return f"NULL::{kind}" if care == HIDDEN and reach.pseudonymous else value
