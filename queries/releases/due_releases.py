"""Which weeks are over and not released yet: what a worker asks for by itself."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.gate import writing
from queries.people.person_tables import declared
from queries.releases.release_people import NotReleasable, require_releasable

# Rows of a week may arrive, and be embedded and mapped, some hours after it is over.
GRACE = "6 hours"
# A week that could not be released is tried again after so long.
PATIENCE = "1 day"


def due(engine: Engine, now: str = "now()") -> Iterator[tuple[str, date]]:
    """The oldest week due of each collection that can be released from and has a map.

    From the first release on every week, otherwise the last that is over. `now` is SQL.
    """
    with writing(engine) as connection:
        found = connection.execute(text(_DUE.format(now=now))).all()
        weeks = {row.name: row.week for row in found}
        for collection in declared(connection):
            if collection.name in weeks and _releasable(connection, collection):
                yield collection.name, weeks[collection.name]


def _releasable(connection: Connection, collection: Collection) -> bool:
    try:
        require_releasable(connection, collection)
    except NotReleasable:
        return False
    return True


_DUE = f"""
WITH over AS (SELECT date_trunc('week', ({{now}} - interval '{GRACE}') AT TIME ZONE 'UTC')::date - 7
              AS week)
SELECT c.name, min(w.week)::date AS week
FROM northlight.collection c CROSS JOIN over
CROSS JOIN LATERAL generate_series(coalesce((SELECT max(r.week) + 7 FROM northlight.release r
    WHERE r.collection = c.name), over.week), over.week, interval '7 days') AS w (week)
WHERE EXISTS (SELECT FROM northlight.run r WHERE r.collection_id = c.id AND r.current)
  AND NOT EXISTS (SELECT FROM northlight.job j WHERE j.kind = 'release' AND j.collection = c.name
      AND j.arguments ->> 'week' = w.week::date::text
      AND coalesce(j.finished_at, 'infinity') > {{now}} - interval '{PATIENCE}')
GROUP BY c.name ORDER BY c.name"""
