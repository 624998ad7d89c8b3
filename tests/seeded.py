"""A small seeded world: coaching-like notes in six topics, embedded, mapped and themed."""

import math
from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import Engine, text

from clients.embedder import embedder_named
from jobs.embed import embed
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing

TOPICS = {
    "sleep": "I lay awake at night and my sleep was short",
    "meetings": "speaking up in the weekly meeting with the whole team",
    "money": "the rent is due and the savings account is empty",
    "running": "a morning run along the river before breakfast",
    "family": "a long phone call with my mother about the house",
    "garden": "planting tomatoes and watering the garden beds",
}
TURNS = (
    "again this week",
    "for the first time",
    "after what the coach said",
    "and it surprised me. Nobody else noticed it at all",
    "which I had put off since spring",
)
MOODS = ("calm", "tired", "proud")
START = datetime(2026, 3, 2, 8, tzinfo=UTC)

NOTES = Collection(
    name="notes",
    title="Coaching notes",
    described="Made for the tests.",
    table="public.notes",
    id="id",
    text=("body",),
    heading="heading",
    owner="person",
    time="written",
    facet_columns=(("mood", "mood"), ("tags", "tags")),
    group="playbook",
)
BARE = Collection(name="bare", title="Bare lines", table="public.bare", id="id", text=("line",))
EMPTY = Collection(name="empty", title="Nothing yet", table="public.empty", id="id", text=("line",))


def sow(engine: Engine) -> Gate:
    """All three collections: one complete, one only declared, one without rows."""
    with writing(engine) as connection:
        for statement in SCHEMA:
            connection.exec_driver_sql(statement)
        connection.execute(INSERT, note_rows())
    publish(engine, [NOTES, BARE, EMPTY])
    gate = Gate(engine, WORKER)
    notes = collection_named(gate, "notes")
    embed(gate, notes, embedder_named(None), lambda _step, _share: None)
    draw_map(engine)
    return gate


SCHEMA = (
    "CREATE TABLE public.notes (id integer PRIMARY KEY, body text, heading text, person text, "
    "written timestamptz, mood text, tags text[])",
    "CREATE TABLE public.bare (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), line text)",
    "INSERT INTO public.bare (line) SELECT 'line ' || n FROM generate_series(1, 12) n",
    "CREATE TABLE public.empty (id bigint PRIMARY KEY, line text)",
)
INSERT = text(
    "INSERT INTO public.notes VALUES (:id, :body, :heading, :person, :written, :mood, :tags)"
)


def note_rows() -> list[dict[str, object]]:
    """90 notes: six topics in five turns by three people; note 91 is empty."""
    rows: list[dict[str, object]] = []
    for number, (topic, turn, person) in enumerate(product(TOPICS, TURNS, ("ana", "ben", "cleo"))):
        rows.append(
            {
                "id": number + 1,
                "body": f"{person.capitalize()}: {TOPICS[topic]} {turn}.",
                "heading": topic.capitalize(),
                "person": person,
                "written": START + timedelta(days=2 * number),
                "mood": MOODS[number % 3],
                "tags": [topic, "spring"] if number < 45 else [topic],
            }
        )
    empty = {"id": 91, "body": "", "heading": None, "person": "ana", "tags": None}
    return [*rows, empty | {"written": START, "mood": None}]


def draw_map(engine: Engine) -> None:
    """Six themes on a ring, three and three under an upper theme; the last five rows unsorted."""
    names = list(TOPICS)
    with writing(engine) as connection:
        run = connection.execute(RUN).scalar_one()

        def theme(name: str, parent: int | None, size: int, first: int, angle: float) -> int:
            given = {"run": run, "name": name, "parent": parent, "size": size}
            given |= {"terms": name.lower().split()[:3], "shown": [str(first), str(first + 1)]}
            return connection.execute(THEME, given | _place(angle, 0)).scalar_one()

        upper = [theme("At work and at night", None, 45, 1, 0.5)]
        upper.append(theme("Out of doors", None, 40, 46, 4.0))
        for number, name in enumerate(names):
            size = 15 if name != "garden" else 10
            finer = theme(name, upper[number // 3], size, 15 * number + 1, number)
            for row in range(15 * number + 1, 15 * number + 16):
                at = {"run": run, "row": str(row), "theme": finer if row <= 85 else None}
                at["membership"] = 1 - row / 200
                connection.execute(POINT, at | _place(number, (row % 15) / 15))
        # Kept at the first event; a fit stores every point before it tells any.
        connection.execute(text("UPDATE northlight.run SET frame = NULL"))


def _place(number: float, spread: float) -> dict[str, float]:
    angle = number * math.pi / 3
    x, y = math.cos(angle), math.sin(angle)
    return {
        "x": x + 0.3 * spread * math.cos(40 * spread),
        "y": y + 0.3 * spread * math.sin(40 * spread),
    }


RUN = text(
    "INSERT INTO northlight.run (collection_id, space_id, fingerprint, parameters, rows, unsorted, "
    "quality, current) SELECT collection_id, id, 'seeded', '{}', 90, 5, '{}', true "
    "FROM northlight.space WHERE active RETURNING id"
)
THEME = text(
    "WITH made AS (INSERT INTO northlight.theme (collection_id, name, named_by) "
    "  SELECT collection_id, :name, 'terms' FROM northlight.run WHERE id = :run RETURNING *), "
    "told AS (INSERT INTO northlight.theme_event (collection_id, theme_id, run_id, kind, made_by) "
    "  SELECT collection_id, id, :run, 'born', 'engine' FROM made) "
    "INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, owners, terms, "
    "  representatives, stability, separation, x, y, centroid) "
    "SELECT :run, id, :parent, :size, 3, :terms, :shown, 0.9, 0.4, :x, :y, '[1,0]' FROM made "
    "RETURNING theme_id"
)
POINT = text(
    "INSERT INTO northlight.point (run_id, row_id, x, y, theme_id, membership, placed) "
    "VALUES (:run, :row, :x, :y, :theme, :membership, false)"
)
