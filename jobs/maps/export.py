"""The map as a Parquet file."""

from pathlib import Path

from jobs.errors import JobError
from queries.collection import Collection
from queries.gate import Gate
from queries.maps import runs


def export_map(gate: Gate, collection: Collection, path: Path) -> None:
    """Write `id, x, y, theme_id, parent_theme_id, membership` of every row on the map.

    Raises NoMap, and JobError if the file cannot be written.
    """
    runs.current_or_raise(gate, collection)
    frame = runs.export(gate, collection)
    try:
        with path.open("wb") as file:
            frame.to_parquet(file, index=False)
    except OSError as error:
        raise JobError(f"{path} cannot be written: {error.strerror or error}.") from error
