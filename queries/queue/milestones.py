"""Long work that need not be done twice: remembered with what it was done from."""

from sqlalchemy import Engine, text

from queries.gate import writing


def reached(engine: Engine, name: str, fingerprint: str) -> bool:
    """Whether the work was finished from exactly this."""
    with writing(engine) as connection:
        stored = connection.execute(
            text("SELECT fingerprint FROM northlight.milestone WHERE name = :name"), {"name": name}
        ).scalar()
    return bool(stored == fingerprint)


def reach(engine: Engine, name: str, fingerprint: str) -> None:
    """Remember that the work is finished."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight.milestone (name, fingerprint) VALUES (:name, :fingerprint) "
                "ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, "
                "reached_at = now()"
            ),
            {"name": name, "fingerprint": fingerprint},
        )
