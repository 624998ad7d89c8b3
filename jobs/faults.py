"""What is written down of a fault: what kind it was and where it happened, never what it says.

An error of the database, or of a conversion, quotes the value it could not use, and the values are
people's texts. A log is read by others than the text is for.
"""

import logging
import traceback
from collections.abc import Iterator


def place_of(error: BaseException) -> str:
    """The kinds of error along the chain of causes, the last one first, each with its frames."""
    return "\n".join(_places(error))


def _places(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        state = getattr(error, "sqlstate", None)
        yield type(error).__name__ + (f" ({state})" if state else "")
        yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class PlaceOnly(logging.Filter):
    """Lets a record pass with the place of its exception instead of the exception itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is kept back but the words."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            record.msg, record.args = f"{record.getMessage()}\n{place_of(error)}", ()
        record.exc_info = record.exc_text = None
        return True


PLACE_ONLY = PlaceOnly()
