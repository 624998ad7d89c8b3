"""How often screens are opened and how long they take: for the release of Northlight's own use."""

from sqlalchemy import func, select

from queries.gate import Gate


def note(gate: Gate, screen: str, seconds: float) -> None:
    """Count one more run of a screen by this reader. The worker opens none."""
    with gate.reading() as connection:
        connection.execute(select(func.northlight_auth.note_screen(screen, int(seconds * 1000))))
