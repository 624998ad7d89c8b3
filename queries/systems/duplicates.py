"""Content that is the same or nearly so: by title, by address, by meaning; with what was decided.

By title: trigrams in common from 0.90 (as pg_trgm makes them, without needing the extension). By
URL: one address, whatever its scheme, `www.`, last slash and fragment. By embedding: cosine
similarity from 0.95. Pairs kept beside the content keep what somebody decided about them.
"""

import pandas as pd
from sqlalchemy import Connection, Executable, Text, cast, func, select, text
from sqlalchemy.types import Float

from queries.access.reader_calls import NotKept, called
from queries.collection import Collection
from queries.collections.beside import has
from queries.embeddings.spaces import spaces
from queries.gate import Gate, Read
from queries.identifiers import quoted

TITLE_FLOOR, MEANING_FLOOR = 0.90, 0.95
MOST_TITLES, MOST_MEANINGS = 4_000, 300
RESOLUTIONS = ("duplicate", "not a duplicate", "merged")
COLUMNS = ("first", "second", "first_title", "second_title", "kind", "score", "resolution")
OURS = "community.content"


def duplicates(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Pairs, those that nobody decided about first, the surest first.

    Columns: COLUMNS; `kind` is title, url, embedding or combined, `score` from 0 to 1,
    `resolution` missing while open. By meaning the newest 300 rows are compared with all.
    """
    with gate.recorded(Read("duplicates", collection.name), 30) as told:
        parts = [_of_meaning(told.connection, gate, collection)]
        for statement in _statements(collection):
            result = told.connection.execute(statement)
            parts.append(pd.DataFrame(result.fetchall(), columns=list(result.keys())))
        titles = told.connection.execute(_titles(collection)).all()
        found = pd.concat([part for part in parts if len(part)] or [parts[0]], ignore_index=True)
        told.rows = len(found)
    return _merged(found, {row.row_id: row.title for row in titles})


def resolve_duplicate(
    gate: Gate, collection: Collection, first: str, second: str, kind: str, score: float, how: str
) -> None:
    """Keep what somebody decided about a pair. Raises NotKept, and IdentityRefused for readers
    who are neither engineers nor operators."""
    if collection.table != OURS:
        raise NotKept(f"{collection.title} was there before Northlight: nothing is written.")
    if how not in RESOLUTIONS:
        raise NotKept(f"{how!r} is none of {', '.join(RESOLUTIONS)}.")
    words = (cast(word, Text) for word in (*sorted((first, second)), kind, how))
    called(gate, select(func.northlight_auth.resolve_duplicate(*words, cast(score, Float))))


def _of_meaning(connection: Connection, gate: Gate, collection: Collection) -> pd.DataFrame:
    """One query a row: vectors never leave the database, distances to one row do."""
    columns = ["first", "second", "kind", "score", "resolution"]
    rows, distances = quoted(collection.name), quoted(f"{collection.name}__distances")
    found: list[tuple[str, str, str, float, None]] = []
    if not any(space.active for space in spaces(gate, collection)):
        return pd.DataFrame(found, columns=columns)
    newest = f"SELECT r.row_id FROM {rows} r ORDER BY r.time DESC NULLS LAST, r.row_id LIMIT :most"
    aim = text("SELECT set_config('northlight.like', :row, true)")
    near = text(
        f"SELECT d.row_id, d.distance FROM {distances} d JOIN {rows} r ON r.row_id = d.row_id "
        "WHERE d.distance <= :far AND d.row_id <> :row"
    )
    for (row,) in connection.execute(text(newest), {"most": MOST_MEANINGS}).all():
        connection.execute(aim, {"row": row})
        for other, distance in connection.execute(near, {"row": row, "far": 1 - MEANING_FLOOR}):
            first, second = sorted((row, other))
            found.append((first, second, "embedding", 1 - distance, None))
    return pd.DataFrame(found, columns=columns)


def _merged(found: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """A pair once a kind; what was decided about it counts for every kind."""
    seen = found[found["first"].isin(titles) & found["second"].isin(titles)]
    pairs = seen.groupby(["first", "second", "kind"], as_index=False).agg(
        score=("score", "max"), resolution=("resolution", "first")
    )
    decided = pairs.groupby(["first", "second"])["resolution"].transform("first")
    pairs = pairs.assign(
        resolution=decided,
        first_title=pairs["first"].map(titles),
        second_title=pairs["second"].map(titles),
        open=decided.isna(),
    )
    order = ["open", "score", "first", "second", "kind"]
    pairs = pairs.sort_values(order, ascending=[False, False, True, True, True])
    return pairs[list(COLUMNS)].reset_index(drop=True)


def _titles(collection: Collection) -> Executable:
    return text(f"SELECT r.row_id, r.title FROM {quoted(collection.name)} r")


def _statements(collection: Collection) -> list[Executable]:
    told: list[Executable] = [
        text(_ALIKE.format(rows=quoted(collection.name))).bindparams(
            floor=TITLE_FLOOR, most=MOST_TITLES
        )
    ]
    if has(collection, "urls"):
        told.append(text(_URLS.format(urls=quoted(f"{collection.name}__urls"))))
    if has(collection, "duplicates"):
        told.append(text(_KEPT.format(kept=quoted(f"{collection.name}__duplicates"))))
    return told


_ALIKE = """
    WITH titled AS (SELECT r.row_id, '  ' || btrim(regexp_replace(
        lower(r.title), '[^[:alnum:]]+', ' ', 'g')) || ' ' AS title FROM {rows} r
                    WHERE r.title IS NOT NULL ORDER BY r.time DESC NULLS LAST LIMIT :most),
    gram AS (SELECT DISTINCT t.row_id, substr(t.title, n, 3) AS gram
             FROM titled t, generate_series(1, length(t.title) - 2) n),
    trigram AS MATERIALIZED (
        SELECT g.row_id, g.gram, count(*) OVER (PARTITION BY g.row_id)::float AS many FROM gram g)
    SELECT a.row_id AS first, b.row_id AS second, 'title' AS kind,
           count(*) / (a.many + b.many - count(*)) AS score, NULL::text AS resolution
    FROM trigram a JOIN trigram b ON b.gram = a.gram AND b.row_id > a.row_id
         AND b.many * :floor <= a.many AND a.many * :floor <= b.many
    GROUP BY a.row_id, b.row_id, a.many, b.many
    HAVING count(*) / (a.many + b.many - count(*)) >= :floor"""
_URLS = r"""
    WITH plain AS (SELECT u.of_row, regexp_replace(regexp_replace(
        lower(u.url), '^https?\://(www\.)?', ''), '/*(#.*)?$', '') AS url FROM {urls} u)
    SELECT DISTINCT a.of_row AS first, b.of_row AS second, 'url' AS kind, 1.0::float AS score,
           NULL::text AS resolution
    FROM plain a JOIN plain b ON b.url = a.url AND b.of_row > a.of_row"""
_KEPT = """
    SELECT least(d.of_row, d.of_other_row) AS first, greatest(d.of_row, d.of_other_row) AS second,
           d.kind, d.score::float AS score, d.resolution FROM {kept} d"""
