"""Work in a thread beside other work: NumPy computes without the interpreter's lock."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Generic, TypeVar

from analysis.neighbours import Progress

TOLD_EVERY = 0.1  # seconds, while its end is waited for

Made = TypeVar("Made")


class NotWanted(Exception):
    """Nobody waits for the work any more."""


class Beside(Generic[Made]):
    """What is being done in the thread."""

    def __init__(self, thread: ThreadPoolExecutor, work: Callable[[Progress], Made]) -> None:
        """Begins at once."""
        self._latest = ("", 0.0)
        self._over = Event()
        self._made: Future[Made] = thread.submit(work, self._note)

    def result(self, progress: Progress) -> Made:
        """What was made, and until then how far it is, told in the caller's own thread.

        Raises what the work, or the callback, raises.
        """
        while not wait([self._made], TOLD_EVERY).done:
            progress(*self._latest)
        made = self._made.result()
        progress(*self._latest)
        return made

    def stop(self) -> None:
        """The work ends when it next tells how far it is."""
        self._over.set()

    def _note(self, stage: str, share: float) -> None:
        self._latest = (stage, share)
        if self._over.is_set():
            raise NotWanted


@contextmanager
def beside(work: Callable[[Progress], Made]) -> Iterator[Beside[Made]]:
    """Do the work while the block runs. An error in the block ends it too, in any case no thread
    is left behind."""
    with ThreadPoolExecutor(1) as thread:
        doing = Beside(thread, work)
        try:
            yield doing
        finally:
            doing.stop()
