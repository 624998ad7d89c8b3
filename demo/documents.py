"""The long descriptions of the installed packages, in chunks: rows of the schema `twin`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from demo.packages import Package, without_addresses
from demo.prose import chunks, prose
from demo.rows import Rows, handle

SHORTEST_DOCUMENT = 200


def documents(packages: Sequence[Package]) -> list[Rows]:
    """Chunks of the descriptions that are long enough, and what was ingested for whom."""
    pieces = {
        package.name: chunks(text)
        for package in packages
        if len(text := prose(without_addresses(package.description))) >= SHORTEST_DOCUMENT
    }
    told = [package for package in packages if package.name in pieces]
    rows = [row for package in told for row in _chunks(package, pieces[package.name])]
    return [
        Rows("twin.vectors", ("id", "content", "metadata"), ("id",), rows),
        _ingestions(told, {name: len(chunks) for name, chunks in pieces.items()}),
    ]


def _chunks(package: Package, pieces: list[str]) -> list[tuple[Any, ...]]:
    rows = []
    for number, piece in enumerate(pieces):
        alone = len(pieces) == 1
        metadata = {
            "content": piece,
            "title": f"{package.name} {package.version}",
            "source": package.markup,
            "userId": handle(package.made_by),
            "documentId": package.name,
            "chunkIndex": number,
            "totalChunks": len(pieces),
            "ingestedAt": _installed_at(package),
        }
        rows.append((package.name if alone else f"{package.name}-chunk-{number}", piece, metadata))
    return rows


def _installed_at(package: Package) -> str | None:
    """When the package's files came to this machine, as far as the file system knows."""
    files = [path for path in package.distribution.files or [] if path.name == "METADATA"]
    if not files:
        return None
    changed = (package.root / str(files[0])).stat().st_mtime
    return datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds")


def _ingestions(packages: Sequence[Package], totals: dict[str, int]) -> Rows:
    listed: dict[str, list[dict[str, Any]]] = {}
    for package in packages:
        document = {"id": package.name, "chunks": totals[package.name]}
        listed.setdefault(handle(package.made_by), []).append(document)
    rows = [(owner, owner, len(listed[owner]), listed[owner]) for owner in sorted(listed)]
    columns = ("id", "user_id", "document_count", "documents")
    return Rows("twin.ingestion_metadata", columns, ("id",), rows)
