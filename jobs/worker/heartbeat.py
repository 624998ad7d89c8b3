"""A job's sign of life, given by a thread of its own while the work keeps the main one busy."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from jobs.errors import Cancelled
from queries.errors import LeaseLost, QueryError

BEAT_SECONDS = 1.0
JOIN_SECONDS = 5.0

# Called with share and step; whether somebody asked to cancel.
Beat = Callable[[float, str], bool]


class Heartbeat:
    """Inside its `with` block the lease is extended every second, on a connection of the thread.

    Called as `progress(step, share)` it notes how far the work is, for the next beat, and raises
    Cancelled or LeaseLost when the last one learned of it.
    """

    def __init__(self, beat: Beat, every: float = BEAT_SECONDS) -> None:
        """Beats begin with the block."""
        self._beat = beat
        self._every = every
        self._latest = (0.0, "")
        self._stop: Cancelled | LeaseLost | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def __call__(self, step: str, share: float) -> None:
        """Note how far the work is, from 0 to 1."""
        self._latest = (share, step)
        if self._stop is not None:
            raise self._stop

    def __enter__(self) -> Self:
        """The progress callback."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """No beat follows. One that hangs on a dead connection is not waited for."""
        self._over.set()
        self._thread.join(JOIN_SECONDS)

    def _go_on(self) -> None:
        while not self._over.wait(self._every) and self._stop is None:
            self._stop = self._once()

    def _once(self) -> Cancelled | LeaseLost | None:
        try:
            asked = self._beat(*self._latest)
        except LeaseLost as lost:
            return lost
        except QueryError:
            return None  # the server is away: the main thread meets that too, or it comes back
        return Cancelled("Cancelled. What was stored before stays.") if asked else None
