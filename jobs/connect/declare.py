"""A declaration kept where it belongs: a file in your catalog, beside its view in the database."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jobs.errors import JobError
from queries.collection import Collection
from queries.collections.catalog_file import to_toml

Keep = Callable[[Collection], Path]


@contextmanager
def keeping(folder: Path) -> Iterator[Keep]:
    """Lends a function that writes catalog files; if the block fails they are as they were before.

    Wrap it around the transaction, so that a commit that fails takes the files back, too.
    """
    before: dict[Path, bytes | None] = {}

    def keep(collection: Collection) -> Path:
        path = folder / f"{collection.name}.toml"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            before.setdefault(path, path.read_bytes() if path.exists() else None)
            _write(path, to_toml(collection).encode())
        except OSError as error:
            raise JobError(
                f"The catalog folder {folder} cannot be written: {error.strerror}. Check its "
                "rights, or set NORTHLIGHT_HOME to a folder of yours."
            ) from error
        return path

    try:
        yield keep
    except BaseException:
        _restore(before)
        raise


def _write(path: Path, content: bytes) -> None:
    """In one step: a reader sees the old file or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)


def _restore(before: dict[Path, bytes | None]) -> None:
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            _write(path, content)
