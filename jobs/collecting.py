"""Python's search for cycles of objects, which is dear while many rows pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000  # made and kept since the last search; rows are in no cycle and go by themselves
_USUAL = gc.get_threshold()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search for cycles a hundredth as often, in this whole process, until the block ends."""
    gc.set_threshold(OBJECTS, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
