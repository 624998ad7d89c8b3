"""From a path to an opened file of one of the three formats."""

from pathlib import Path

from jobs.files.delimited import DelimitedFile
from jobs.files.json_lines import JsonLinesFile
from jobs.files.kind import check_utf8, kind
from jobs.files.record import Source


def open_file(path: Path, *, skip_bad: bool = False) -> Source:
    """The file, ready to be read. Raises FileError if it as a whole cannot be.

    With `skip_bad` a stray byte that is not UTF-8 refuses its row only.
    """
    found = kind(path)
    if found == "parquet":
        from jobs.files.parquet import ParquetFile

        return ParquetFile(path)
    if not skip_bad:
        check_utf8(path)
    return DelimitedFile(path) if found == "csv" else JsonLinesFile(path)
