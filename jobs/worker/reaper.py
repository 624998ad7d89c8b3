"""Looks every few seconds for runaway statements of the web process, also while a job computes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from queries.access.reaper import LONGEST_SECONDS, stop_runaways
from queries.errors import LoginError, QueryError
from queries.gate import Gate

LOOK_SECONDS = 5.0


@contextmanager
def runaways_stopped(
    gate: Gate,
    say: Callable[[str], None],
    *,
    longest: float = LONGEST_SECONDS,
    every: float = LOOK_SECONDS,
) -> Iterator[None]:
    """Inside the block no transaction of the web process outlives `longest` seconds by much."""
    over = threading.Event()

    def look_on() -> None:
        while not over.wait(every):
            try:
                ended = stop_runaways(gate.engine, longest)
            except LoginError as error:
                say(str(error))
                return
            except QueryError:
                continue  # the server is away: nothing runs there
            if ended:
                say(f"Stopped {ended} transaction(s) of the application after {longest:g} s.")

    thread = threading.Thread(target=look_on, name="reaper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(1.0)
