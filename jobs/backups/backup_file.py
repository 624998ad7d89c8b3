"""A backup as a file: PostgreSQL's own archive, and behind it what it must restore to, signed.

`pg_restore` reads the file as it is. The end names the rows and rights of every table, so that a
restored database can be compared, and carries a digest and a signature (HMAC-SHA256) of itself.
The key is `backup.key` in the home: SQL from an archive runs with the rights of the database's
owner, so one that somebody else wrote or changed must not be restored by accident.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.errors import JobError
from queries.access.signing import read_secret, write_secret

MAGIC = b"NORTHLIGHT-BACKUP-1\n"
END_BYTES = 64 + 64 + 16 + len(MAGIC)  # digest, signature, length of the words before them
CHUNK = 2**20
KEY_FILE = "backup.key"
DAMAGED = "It is damaged: take another backup. Nothing was changed."


def finish(path: Path, told: Mapping[str, Any], home: Path) -> None:
    """Put what the archive must restore to behind it. `told` is a document of JSON."""
    words = json.dumps({**told, "archive": _digest(path, path.stat().st_size)}).encode()
    signed = hmac.new(backup_key(home), words, hashlib.sha256).hexdigest()
    end = f"{hashlib.sha256(words).hexdigest()}{signed}{len(words):016d}".encode()
    with path.open("ab") as file:
        file.write(words + end + MAGIC)


def checked(path: Path, home: Path, *, foreign: bool) -> dict[str, Any]:
    """What `finish` was told, of a file that is whole and, unless `foreign`, of this home.

    Raises JobError with what is wrong: no backup, cut off, changed, or signed with another key.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - END_BYTES, 0))
        end = file.read()
        if len(end) != END_BYTES or not end.endswith(MAGIC):
            raise JobError(
                f"{path} is no backup of `./northlight db backup`, or its end is missing. "
                "Nothing was changed."
            )
        length = end[128:144]
        start = size - END_BYTES - int(length) if length.isdigit() else -1
        file.seek(max(start, 0))
        words = file.read(size - END_BYTES - start) if start >= 0 else b""
    if hashlib.sha256(words).hexdigest().encode() != end[:64]:
        raise JobError(f"What {path} says of itself was changed. {DAMAGED}")
    told: dict[str, Any] = json.loads(words)
    if _digest(path, start) != told["archive"]:
        raise JobError(f"The content of {path} was changed. {DAMAGED}")
    _require_signature(path, words, end[64:128], home, foreign=foreign)
    return told


def backup_key(home: Path) -> bytes:
    """The home's key for backups; made at random the first time."""
    kept = read_secret(home / KEY_FILE)
    if kept is None:
        kept = secrets.token_hex(32)
        write_secret(home / KEY_FILE, kept)
    return bytes.fromhex(kept)


def _require_signature(
    path: Path, words: bytes, signature: bytes, home: Path, *, foreign: bool
) -> None:
    signed = hmac.new(backup_key(home), words, hashlib.sha256).hexdigest().encode()
    if not foreign and not hmac.compare_digest(signed, signature):
        raise JobError(
            f"{path} was not made by this installation: {home / KEY_FILE} did not sign it. A "
            "backup can hold statements that run with the owner's rights. If you know where it "
            "comes from, add --from-elsewhere, or bring that installation's backup.key along. "
            "Nothing was changed."
        )


def _digest(path: Path, size: int) -> str:
    """Of the first `size` bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (block := file.read(min(CHUNK, size))):
            digest.update(block)
            size -= len(block)
    return digest.hexdigest()
