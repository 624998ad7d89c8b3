"""A made-up collection of any size with a map and themes, for the figures of the screens.

Only the sizes and the shape matter to these figures: texts are a few sentences over and over, and
points stand in 60 clouds of different density.
"""

from sqlalchemy import Engine, text

from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, outside_transaction, writing

CLOUDS = 60
FAMILIES = 12
PEOPLE = 2_000
NAME = "crowd"


def make_crowd(engine: Engine, rows: int, group: str = "yours") -> Collection:
    """A collection of so many rows, all on its map."""
    with writing(engine) as connection:
        for statement in (_TABLE, "SELECT setseed(0.5)", _ROWS):
            connection.execute(text(statement), {"rows": rows, "people": PEOPLE})
        connection.exec_driver_sql("ANALYZE public.crowd")
    declared = Collection(
        name=NAME,
        title="A crowd",
        table="public.crowd",
        id="id",
        text=("body",),
        owner="person",
        time="written",
        facet_columns=(("mood", "mood"),),
        group=group,
        personal=False,
    )
    publish(engine, [declared])
    _map(engine, rows)
    return collection_named(Gate(engine, WORKER), NAME)


def _map(engine: Engine, rows: int) -> None:
    with writing(engine) as connection:
        run = connection.execute(text(_RUN), {"rows": rows}).scalar_one()
        given = {"run": run, "clouds": CLOUDS, "families": FAMILIES, "rows": rows}
        for statement in (_THEMES, _IN_RUN, _POINTS, _SIZES):
            connection.execute(text(statement), given)
        # Any change of a run has its frame kept, as the last step of a fit does.
        connection.execute(text("UPDATE northlight.run SET rows = rows WHERE id = :run"), given)
    with outside_transaction(engine) as connection:  # as a fit ends
        connection.exec_driver_sql("VACUUM (ANALYZE) northlight.point")
        connection.exec_driver_sql("ANALYZE northlight.theme_in_run")


_TABLE = (
    "CREATE TABLE public.crowd (id bigint PRIMARY KEY, body text, person text, "
    "written timestamptz, mood text)"
)
_ROWS = """
INSERT INTO public.crowd SELECT n,
  'Note ' || n || ': ' || (ARRAY['I lay awake until three again and thought of the talk.',
    'The rent is due and the account is nearly empty this month.',
    'A long run along the river cleared my head before breakfast.',
    'Speaking up in the weekly meeting went better than I feared.'])[1 + n % 4],
  'person-' || (n * bigint '7919') % :people,
  timestamptz '2024-01-01 00:00+00' + n % 730 * interval '1 day',
  (ARRAY['calm', 'tired', 'proud', 'tense'])[1 + (n / 7) % 4]
FROM generate_series(1, :rows) n"""
_RUN = """
WITH space AS (INSERT INTO northlight.space
  (collection_id, model, dimensions, storage, half, active)
  SELECT id, 'made up', 256, 'own', true, true FROM northlight.collection WHERE name = 'crowd'
  RETURNING id, collection_id)
INSERT INTO northlight.run
  (collection_id, space_id, fingerprint, parameters, rows, unsorted, quality, current)
SELECT collection_id, id, 'made up', '{}', :rows, 0, '{}', true FROM space RETURNING id"""
_THEMES = """
INSERT INTO northlight.theme (collection_id, name, named_by)
SELECT r.collection_id, CASE WHEN n <= :families THEN 'family ' || n
  ELSE 'theme ' || (n - :families) END, 'terms'
FROM northlight.run r, generate_series(1, CAST(:families AS integer) + :clouds) n WHERE r.id = :run
ORDER BY n"""
_PLACED = """
cloud AS (SELECT n, 8 * sqrt((n + 0.5) / :clouds) * cos(2.4 * n) AS x,
    8 * sqrt((n + 0.5) / :clouds) * sin(2.4 * n) AS y, 0.2 + 0.08 * (n % 9) AS wide
  FROM generate_series(0, CAST(:clouds AS integer) - 1) n),
numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM northlight.theme
  WHERE collection_id = (SELECT collection_id FROM northlight.run WHERE id = :run))"""
_IN_RUN = f"""
WITH {_PLACED}
INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, owners, terms,
  representatives, stability, separation, x, y, centroid)
SELECT :run, t.id, CASE WHEN t.n > :families THEN (SELECT id FROM numbered u
    WHERE u.n = 1 + (t.n - :families - 1) % :families) END,
  0, 100, ARRAY['night', 'rent', 'river'], '{{}}', 0.9, 0.4,
  coalesce(c.x, 0), coalesce(c.y, 0), '[1,0]'
FROM numbered t LEFT JOIN cloud c ON c.n = t.n - :families - 1"""
_POINTS = f"""
WITH {_PLACED}
INSERT INTO northlight.point (run_id, row_id, x, y, theme_id, membership, placed)
SELECT :run, r.id::text, c.x + c.wide * random_normal(), c.y + c.wide * random_normal(), t.id,
  random(), false
FROM public.crowd r JOIN cloud c ON c.n = floor(:clouds * power((r.id * 37 % 1009) / 1009.0, 1.6))
JOIN numbered t ON t.n = c.n + 1 + :families"""
_SIZES = """
WITH told AS (SELECT f.theme_id, count(p.row_id) AS size, avg(p.x) AS x, avg(p.y) AS y
  FROM northlight.theme_in_run f JOIN northlight.theme_in_run below
    ON below.run_id = f.run_id AND f.theme_id IN (below.theme_id, below.parent_id)
  JOIN northlight.point p ON p.run_id = f.run_id AND p.theme_id = below.theme_id
  WHERE f.run_id = :run GROUP BY f.theme_id)
UPDATE northlight.theme_in_run f SET size = told.size, x = told.x, y = told.y FROM told
WHERE f.run_id = :run AND f.theme_id = told.theme_id"""
