"""Asking the server itself: the only proof that it runs is that it answers."""

import enum
import subprocess
from pathlib import Path
from urllib.parse import quote

from clients.postgres import binaries
from clients.postgres.errors import BinariesError, PlaceError, StartError
from clients.postgres.place import PORT, Place
from clients.postgres.settings import DATABASE, ROLE

SECONDS_TO_ANSWER = 10
FULL = ("too many clients", "connection slots are reserved")
REFUSED = ("authentication failed", "no pg_hba.conf entry", "rejects connection")


class Answer(enum.Enum):
    """What came back."""

    READY = "ready"
    NOT_YET = "not yet"
    NOBODY = "nobody"


def url(place: Place) -> str:
    """Where SQLAlchemy finds the database. Holds no secret.

    The port is named because a PGPORT of the caller's would count otherwise.
    """
    sockets = quote(str(place.sockets), safe="/")
    return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={sockets}&port={PORT}"


def ask(place: Place) -> Answer:
    """Whether the server of this very data folder takes connections.

    Raises PlaceError if one answers but does not let us in, StartError if it works on another
    folder.
    """
    if not place.socket.exists():
        return Answer.NOBODY
    try:
        asked = psql(place, "SHOW data_directory")
    except subprocess.TimeoutExpired:
        return Answer.NOT_YET
    if asked.returncode == 0:
        require_own(place, Path(asked.stdout.strip()))
        return Answer.READY
    if any(words in asked.stderr for words in FULL):
        return Answer.READY
    if any(words in asked.stderr for words in REFUSED):
        raise PlaceError(
            f"The database in {place.data} runs but does not let this user in; it is for the user "
            f"who made it. Run as that user, or set NORTHLIGHT_HOME. ({asked.stderr.strip()})"
        )
    return Answer.NOBODY if "refused" in asked.stderr else Answer.NOT_YET


def psql(place: Place, statement: str) -> subprocess.CompletedProcess[str]:
    """Runs one statement in the wheel's psql, as ourselves."""
    address = f"host={place.sockets} port={PORT} user={ROLE} dbname={DATABASE}"
    program = binaries.installed() / "psql"
    words = [str(program), "-XAtq", "-d", f"{address} connect_timeout={SECONDS_TO_ANSWER}"]
    try:
        return subprocess.run(
            [*words, "-c", statement],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=binaries.environment(),
            timeout=3 * SECONDS_TO_ANSWER,
        )
    except OSError as error:
        raise BinariesError(f"Cannot run {program}: {error.strerror}.") from error


def require_own(place: Place, directory: Path) -> None:
    """Raises StartError if the server behind our socket keeps its data elsewhere."""
    if directory != place.data and not same_folder(directory, place.data):
        raise StartError(
            f"The server at {place.socket} works on {directory}, not on {place.data}. "
            "Stop it first: ./northlight db stop"
        )


def same_folder(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same folder."""
    try:
        return one.samefile(other)
    except OSError:
        return False
