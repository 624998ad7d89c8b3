"""The stages of a run: proposed, accepted, gone back from; and whether a refit is worth it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.errors import NoProposal
from queries.gate import Gate, writing
from queries.maps import store_run


@dataclass(frozen=True)
class Placed:
    """What became of the rows that arrived after the fit.

    fitted, placed : rows
    placed_unsorted : of the placed ones, those in no theme
    clear, placed_clear : median membership of the sorted rows, 0 to 1; None without any
    """

    fitted: int
    placed: int
    placed_unsorted: int
    clear: float | None
    placed_clear: float | None


@dataclass(frozen=True)
class Proposal:
    """A run that waits to be accepted, and what to know before."""

    run: int
    told: Mapping[str, Any]


def placed(gate: Gate, run_id: int) -> Placed:
    """How well the rows placed since the fit found a theme."""
    median = "percentile_cont(0.5) WITHIN GROUP (ORDER BY membership)"
    row = gate.one(
        text(
            "SELECT count(*) FILTER (WHERE NOT placed) AS fitted, "
            "count(*) FILTER (WHERE placed) AS placed, "
            "count(*) FILTER (WHERE placed AND theme_id IS NULL) AS placed_unsorted, "
            f"{median} FILTER (WHERE NOT placed AND theme_id IS NOT NULL) AS clear, "
            f"{median} FILTER (WHERE placed AND theme_id IS NOT NULL) AS placed_clear "
            "FROM northlight.point WHERE run_id = :run"
        ).bindparams(run=run_id),
        seconds=60,
    )
    assert row is not None  # an aggregate always has one row
    return Placed(**row._mapping)


def refit_because(gate: Gate, collection: Collection) -> str | None:
    """Why a refit of the current run would be worth it, as told last; None when it is not."""
    found = gate.value(
        text(
            "SELECT n.refit_because FROM northlight.run_note n "
            "JOIN northlight.run r ON r.id = n.run_id "
            "JOIN northlight.collection c ON c.id = r.collection_id "
            "WHERE c.name = :name AND r.current"
        ).bindparams(name=collection.name)
    )
    return None if found is None else str(found)


def tell_refit(engine: Engine, run_id: int, because: str | None) -> None:
    """Keep why a refit would be worth it."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight.run_note (run_id, refit_because) VALUES (:run, :because) "
                "ON CONFLICT (run_id) DO UPDATE SET refit_because = EXCLUDED.refit_because"
            ),
            {"because": because, "run": run_id},
        )


def proposal(gate: Gate, collection: Collection) -> Proposal | None:
    """The run that waits to be accepted, or None."""
    row = gate.one(
        text(
            "SELECT r.id, coalesce(n.told, '{}') AS told FROM northlight.run r "
            "JOIN northlight.collection c ON c.id = r.collection_id "
            "LEFT JOIN northlight.run_note n ON n.run_id = r.id WHERE c.name = :name AND r.proposed"
        ).bindparams(name=collection.name)
    )
    return None if row is None else Proposal(row.id, row.told)


def accept(engine: Engine, collection: Collection) -> int:
    """Show the proposed run; its id. Raises NoProposal."""
    with writing(engine) as connection:
        run_id = _run(connection, collection, "r.proposed")
        if run_id is None:
            raise NoProposal(
                f"No refit of {collection.name} waits to be accepted. "
                f"`./northlight map {collection.name} --propose` makes one."
            )
        store_run.accept(connection, collection, run_id)
        return run_id


def back(engine: Engine, collection: Collection) -> int:
    """Show the run before the current one, which then waits to be accepted again; the run's id.

    Raises NoProposal when there is none before it.
    """
    with writing(engine) as connection:
        before = _run(
            connection,
            collection,
            "r.id = (SELECT n.follows_id FROM northlight.run n "
            "WHERE n.collection_id = r.collection_id AND n.current)",
        )
        now = _run(connection, collection, "r.current")
        if before is None or now is None:
            raise NoProposal(f"{collection.name} has no earlier map to go back to.")
        of = {"run": now}
        owner = connection.execute(
            text("SELECT collection_id FROM northlight.run WHERE id = :run"), of
        ).scalar_one()
        store_run.drop_proposal(connection, owner)
        store_run.show(connection, collection, owner, before)
        connection.execute(text("UPDATE northlight.run SET proposed = true WHERE id = :run"), of)
        return before


def _run(connection: Connection, collection: Collection, condition: str) -> int | None:
    """A run of the collection, locked."""
    found = connection.execute(
        text(
            "SELECT r.id FROM northlight.run r JOIN northlight.collection c "
            f"ON c.id = r.collection_id WHERE c.name = :name AND {condition} FOR UPDATE OF r"
        ),
        {"name": collection.name},
    ).scalar()
    return None if found is None else int(found)
