"""Finished parts of a long fit, kept until its run is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from queries.embeddings.spaces import Space
from queries.gate import writing

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class FitStages:
    """The parts of one fit of a collection. What an earlier, different fit kept is dropped."""

    engine: Engine
    space: Space
    fingerprint: str

    def load(self, stage: str) -> Arrays | None:
        """The arrays of a part, by name; None when it was not finished."""
        given = {"collection": self.space.collection_id, "stage": stage}
        with writing(self.engine) as connection:
            kept = connection.execute(
                text(
                    "SELECT arrays FROM northlight.fit_stage WHERE collection_id = :collection "
                    "AND stage = :stage AND fingerprint = :fingerprint"
                ),
                given | {"fingerprint": self.fingerprint},
            ).scalar()
        if kept is None:
            return None
        with np.load(BytesIO(kept), allow_pickle=False) as arrays:
            return dict(arrays)

    def keep(self, stage: str, arrays: Arrays) -> None:
        """Keep a finished part."""
        written = BytesIO()
        np.savez(written, allow_pickle=False, **dict(arrays))
        with writing(self.engine) as connection:
            forget(connection, self.space.collection_id, but=self.fingerprint)
            connection.execute(
                text(
                    "INSERT INTO northlight.fit_stage (collection_id, fingerprint, stage, arrays) "
                    "VALUES (:collection, :fingerprint, :stage, :arrays) "
                    "ON CONFLICT (collection_id, stage) DO UPDATE SET arrays = EXCLUDED.arrays"
                ),
                {
                    "collection": self.space.collection_id,
                    "fingerprint": self.fingerprint,
                    "stage": stage,
                    "arrays": written.getvalue(),
                },
            )


def forget(connection: Connection, collection_id: int, but: str = "") -> None:
    """Drop the parts of every fit of the collection, but of the one with this fingerprint."""
    connection.execute(
        text(
            "DELETE FROM northlight.fit_stage "
            "WHERE collection_id = :collection AND fingerprint <> :but"
        ),
        {"collection": collection_id, "but": but},
    )
