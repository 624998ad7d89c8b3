"""The projection drawn beside other work, in a process of its own.

A thread would not do. Leiden and Python hold the interpreter's lock, for which each of the many
small array operations of a projection would wait: it took twice as long beside them.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from analysis.forces import Edges, moved
from analysis.neighbours import Progress
from analysis.vectors import Floats

ROOT = Path(__file__).resolve().parents[1]  # from where the process finds this module
WORTH_IT = 2_000  # rows; to draw fewer takes less than to start a process
TOLD = 20  # times that the process tells how far it is: so few fit into a pipe that nobody reads


class DrawingEnded(RuntimeError):
    """The process ended before the projection was drawn."""


class Drawing(Protocol):
    """Draws one projection."""

    def begin(self, edges: Edges, start: Floats, seed: int) -> None:
        """Take the rows. Raises DrawingEnded."""

    def result(self, progress: Progress) -> Floats:
        """The points, shape (rows, 2); until they are there, how far they are is told.

        Raises DrawingEnded, or what the callback raises.
        """


def drawing(rows: int) -> AbstractContextManager[Drawing]:
    """Where so many rows are drawn: beside whatever the block does, or of few rows at its end."""
    return _beside() if rows >= WORTH_IT else nullcontext(_Here())


class _Here:
    """Draws in this process, when the points are asked for."""

    def begin(self, edges: Edges, start: Floats, seed: int) -> None:
        self._given = edges, start, seed

    def result(self, progress: Progress) -> Floats:
        return moved(*self._given, progress)


class _Beside:
    """Draws in the process at the other end of a pipe."""

    def __init__(self, pipe: Connection, process: "subprocess.Popen[str]") -> None:
        self._pipe, self._process = pipe, process

    def begin(self, edges: Edges, start: Floats, seed: int) -> None:
        try:
            self._pipe.send((edges, start, seed))
        except OSError as error:
            raise self._ended() from error

    def result(self, progress: Progress) -> Floats:
        told = self._told()
        while isinstance(told, float):
            progress("projection", told)
            told = self._told()
        return np.asarray(told)

    def _told(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error

    def _ended(self) -> DrawingEnded:
        _, said = self._process.communicate()
        ended = f"The process that draws the map ended with status {self._process.returncode}"
        return DrawingEnded(f"{ended} before it was done. {said}".strip())


@contextmanager
def _beside() -> Iterator[_Beside]:
    """A process to draw in. It is gone after the block, however that ends, and ends by itself when
    this process is killed. Meanwhile array operations leave a core to it."""
    from threadpoolctl import threadpool_limits

    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = _started(theirs)
        with process:
            try:
                with threadpool_limits(max(1, (os.cpu_count() or 1) - 1)):
                    yield _Beside(ours, process)
            finally:
                process.kill()


def _started(pipe: Connection) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "analysis.beside", str(pipe.fileno())],
        cwd=ROOT,
        pass_fds=[pipe.fileno()],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C is for whoever waits
    )


def _draw(pipe: Connection) -> None:
    """Draw what comes down the pipe and send the points up."""
    edges, start, seed = pipe.recv()
    every = max(1, edges.epochs // TOLD)

    def tell(_stage: str, share: float) -> None:
        if round(share * edges.epochs) % every == 0:
            pipe.send(share)

    pipe.send(moved(edges, start, seed, tell))


if __name__ == "__main__":
    # Whoever asked may be gone: then nobody wants the points.
    with suppress(EOFError, ConnectionError), Connection(int(sys.argv[1])) as asked:
        _draw(asked)
