"""The signing key: in a file that the web process reads, and as pads in the database.

`NORTHLIGHT_HOME/signing.key` holds the key's number and the key, and only its owner may read it.
"""

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from queries.access.token import KEY_BYTES, Signer, new_signer
from queries.errors import LoginError
from queries.gate import writing

FILE = "signing.key"


def ensure_signing_key(engine: Engine, home: Path) -> Signer:
    """The home's key, made if there is none that this database takes. For the owner's login."""
    with writing(engine) as connection:
        _one_at_a_time(connection)
        kept = _kept(home)
        if kept is not None and _taken(connection, kept):
            return kept
        return _new(connection, home)


def rotate_signing_key(engine: Engine, home: Path, *, others: bool = False) -> Signer:
    """A new key; the home's old one, or with `others` every other one, goes in two minutes.

    Until then tokens of both are good, so nobody who reads meanwhile is turned away.
    """
    with writing(engine) as connection:
        _one_at_a_time(connection)
        kept = _kept(home)
        fresh = _new(connection, home)
        connection.execute(
            text(
                "UPDATE northlight_auth.signing_key "
                "SET retired_at = clock_timestamp() + interval '2 minutes' "
                "WHERE retired_at IS NULL AND kid > 0 AND kid <> :fresh AND (:others OR kid = :old)"
            ),
            {"fresh": fresh.kid, "others": others, "old": kept.kid if kept else 0},
        )
        return fresh


def read_signing_key(home: Path) -> Signer:
    """The key in the home, for the web process. Raises LoginError when there is none to be read."""
    kept = _kept(home)
    if kept is None:
        raise LoginError(
            f"There is no signing key in {home}. `./northlight up` and `./northlight db migrate` "
            "make one; NORTHLIGHT_HOME must be the same for the application."
        )
    return kept


def write_secret(path: Path, content: str) -> None:
    """A file that only its owner may read, in one step: never half there, never readable before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read_secret(path: Path) -> str | None:
    """What is in it; None if it is not there. Raises LoginError if others may read it too."""
    try:
        if path.stat().st_mode & 0o077:
            raise LoginError(
                f"{path} may be read by others. It is a secret: `chmod 600 {path}`, and if others "
                "use this machine remove it, so that a new one is made."
            )
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LoginError(f"{path} cannot be read: {error.strerror}.") from error


def _kept(home: Path) -> Signer | None:
    content = read_secret(home / FILE)
    if content is None:
        return None
    kid, _, key = content.partition(" ")
    try:
        signer = Signer(int(kid), bytes.fromhex(key))
    except ValueError as error:
        raise LoginError(f"{home / FILE} is not a signing key. Remove it.") from error
    if len(signer.key) != KEY_BYTES:
        raise LoginError(f"{home / FILE} is not a signing key. Remove it.")
    return signer


def _taken(connection: Connection, signer: Signer) -> bool:
    inner, outer = signer.pads
    found = connection.execute(
        text(
            "SELECT 1 FROM northlight_auth.signing_key WHERE kid = :kid AND inner_pad = :inner "
            "AND outer_pad = :outer AND retired_at IS NULL"
        ),
        {"kid": signer.kid, "inner": inner, "outer": outer},
    )
    return found.first() is not None


def _new(connection: Connection, home: Path) -> Signer:
    """A key in the database and the file; the file first counts when the transaction commits."""
    last = connection.execute(text("SELECT max(kid) FROM northlight_auth.signing_key")).scalar()
    signer = new_signer((last or 0) + 1)
    inner, outer = signer.pads
    connection.execute(
        text(
            "INSERT INTO northlight_auth.signing_key (kid, inner_pad, outer_pad) "
            "VALUES (:kid, :inner, :outer)"
        ),
        {"kid": signer.kid, "inner": inner, "outer": outer},
    )
    write_secret(home / FILE, f"{signer.kid} {signer.key.hex()}\n")
    return signer


def _one_at_a_time(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.signing_key'))"))
