"""How far a sample of rows are from one another: all that a reader may know of embeddings."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from queries.collection import Collection
from queries.gate import Gate
from queries.identifiers import quoted

SAMPLE = 60


def sample_distances(gate: Gate, collection: Collection, rows: int = SAMPLE) -> NDArray[np.float64]:
    """Cosine distances of embedded rows drawn by the digest of their id, shape (rows, rows).

    Fewer where fewer are embedded. The same rows each time, whatever was added since but them.
    """
    seen, distances = quoted(collection.name), quoted(f"{collection.name}__distances")
    drawn = text(
        f"SELECT r.row_id FROM {seen} r JOIN {distances} d ON d.row_id = r.row_id "
        "ORDER BY md5(r.row_id) LIMIT :rows"
    )
    aim = text("SELECT set_config('northlight.like', :row, true)")
    far = text(
        f"SELECT d.row_id, d.distance FROM {distances} d "
        "WHERE d.row_id = ANY (CAST(:rows AS text[]))"
    )
    with gate.reading() as connection:
        ids = list(connection.execute(drawn, {"rows": rows}).scalars())
        found = np.zeros((len(ids), len(ids)))
        place = {row_id: number for number, row_id in enumerate(ids)}
        for row_id in ids:
            connection.execute(aim, {"row": row_id})
            for other, distance in connection.execute(far, {"rows": ids}):
                found[place[row_id], place[other]] = distance
    return found
