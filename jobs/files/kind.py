"""What a file is, told from its first bytes: formats we read, and names for those we do not."""

import codecs
from pathlib import Path

from jobs.files.record import FileError

HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 1024 * 1024
PARQUET = b"PAR1"

_CSV_CURE = "Save it as CSV (UTF-8) and load that."
_UNPACK = "Unpack it and load the file inside."
# First bytes -> what it is, what to do.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "Export its text as CSV, one row a text, and load that."),
    (b"PK\x03\x04", "a zip archive or an Office file", f"{_UNPACK} From Excel, save as CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "an old Office file", _CSV_CURE),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it with `gunzip` and load the file inside."),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV and load that."),
    (b"ARROW1", "an Arrow (Feather) file", "Save it as Parquet and load that."),
    (b"Obj\x01", "an Avro file", "Convert it to Parquet or JSON lines and load that."),
    (b"ORC", "an ORC file", "Convert it to Parquet and load that."),
    (b"\x89HDF", "an HDF5 file", _CSV_CURE),
    (b"\x93NUMPY", "a NumPy array", _CSV_CURE),
    (b"\x89PNG", "an image", "Load the text, not a picture of it."),
    (b"\xff\xd8\xff", "an image", "Load the text, not a picture of it."),
    (b"\x7fELF", "a program", "Name a CSV, JSON lines or Parquet file."),
    (b"{\\rtf", "an RTF document", _CSV_CURE),
    (b"PGDMP", "a PostgreSQL dump", "Restore it, then `./northlight collections connect TABLE`."),
)
_PICKLES = tuple(b"\x80" + bytes([version]) for version in (2, 3, 4, 5))
_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_EXTENSIONS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def kind(path: Path) -> str:
    """`csv`, `jsonl` or `parquet`. Raises FileError for all else, saying what it looks like."""
    head = _head(path)
    if head.startswith(PARQUET):
        return "parquet"
    _refuse_others(path, head)
    _refuse_encodings(path, head)
    named = _EXTENSIONS.get(path.suffix.lower())
    if named == "parquet":
        raise FileError(
            f"{path.name} is not a Parquet file: it does not begin with PAR1. "
            "Write it again, or give it the ending of what it is (.csv, .jsonl)."
        )
    return named or ("jsonl" if head.lstrip(codecs.BOM_UTF8).lstrip().startswith(b"{") else "csv")


def _head(path: Path) -> bytes:
    if not path.exists():
        raise FileError(f"There is no file {path}. Check the path.")
    if path.is_dir():
        raise FileError(f"{path} is a folder. Name one CSV, JSON lines or Parquet file in it.")
    if not path.is_file():
        raise FileError(f"{path} is not a regular file. Save it to disk first: it is read twice.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise FileError(
            f"{path} cannot be read: {error.strerror}. Check who may read it."
        ) from error
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise FileError(f"{path.name} is empty. There is nothing to load.")
    return head


def _refuse_others(path: Path, head: bytes) -> None:
    if head.startswith(_PICKLES):
        raise FileError(
            f"{path.name} is a Python pickle, which can run code when it is opened; Northlight "
            "does not open it. Save it as Parquet or CSV and load that."
        )
    for first, what, cure in _OTHERS:
        if head.startswith(first):
            raise FileError(f"{path.name} is {what}, not CSV, JSON lines or Parquet. {cure}")
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip()[:15].lower()
    if opening.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise FileError(
            f"{path.name} is HTML or XML, not CSV, JSON lines or Parquet; was it downloaded while "
            "signed out? Fetch it again, or convert it to CSV."
        )
    if head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0].strip() == b"{":
        raise FileError(
            f"{path.name} is JSON over several lines; JSON lines have one object a line. "
            f"Convert it: `jq -c . {path.name} > {path.stem}.jsonl`."
        )
    if opening.startswith(b"[") and path.suffix.lower() != ".csv":
        raise FileError(
            f"{path.name} is one JSON list; JSON lines have one object a line. "
            f"Convert it: `jq -c '.[]' {path.name} > {path.stem}.jsonl`."
        )


def _refuse_encodings(path: Path, head: bytes) -> None:
    for mark, name in _BOMS:
        if head.startswith(mark):
            raise FileError(_recode(path, f"is {name}, not UTF-8.", name))
    nuls = head.count(0)
    if nuls > len(head) * 0.2 and nuls < len(head) * 0.8:
        # Every other byte NUL: Latin text in UTF-16 without its mark.
        name = "UTF-16LE" if head[1::2].count(0) > head[0::2].count(0) else "UTF-16BE"
        raise FileError(_recode(path, f"looks like {name}, not UTF-8.", name))
    if b"\x00" in head.split(b"\n", 1)[0]:
        raise FileError(
            f"{path.name} is a binary file: its first line contains NUL bytes. "
            "Name a CSV, JSON lines or Parquet file."
        )


def check_utf8(path: Path) -> None:
    """Raises FileError if the file is not UTF-8: where, and which encoding it looks like."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise FileError(_not_utf8(path, error, line)) from error
            line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path.name} ends in the middle of a character: it was cut off. Fetch it again."
        ) from error


def _not_utf8(path: Path, error: UnicodeDecodeError, line: int) -> str:
    before = error.object[max(error.start - 12, 0) : error.start].rpartition(b"\n")[2]
    around = before + error.object[error.start : error.start + 12].partition(b"\n")[0]
    byte = error.object[error.start]
    # Bytes that Windows-1252 leaves undefined occur in text of the other single-byte encodings.
    name = "WINDOWS-1252" if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "ISO-8859-1"
    shown = around.decode("cp1252" if name == "WINDOWS-1252" else "latin-1", errors="replace")
    return _recode(
        path,
        f"is not UTF-8: byte 0x{byte:02X} in line {line}. "
        f"It looks like {name} ({shown.strip()!r}).",
        name,
    )


def _recode(path: Path, what: str, name: str) -> str:
    return (
        f"{path.name} {what} Convert it: "
        f"`iconv -f {name} -t UTF-8 {path.name} > {path.stem}-utf8{path.suffix}`, or save it as "
        "UTF-8 where it came from."
    )
