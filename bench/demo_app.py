"""The demo and its application for a bench: as `./northlight up` starts it, without a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from jobs.cli.context import Context
from jobs.starting.processes import Supervisor
from jobs.starting.up import database, prepare, start_app
from tests.browser.served import free_port


@dataclass(frozen=True)
class App:
    """Where it answers, and its process."""

    address: str
    process: psutil.Process

    @property
    def megabytes(self) -> int:
        """What it and its children hold in memory now, each page once."""
        family = [self.process, *self.process.children(recursive=True)]
        held: float = sum(one.memory_full_info().pss for one in family)
        return round(held / 1e6)


@contextmanager
def demo() -> Iterator[Context]:
    """The database of this checkout with the demo in it, made when it is not there."""
    context = Context()
    with database(context):
        prepare(context, demo=True, view_as=True)
        yield context


@contextmanager
def started(context: Context) -> Iterator[App]:
    """A freshly started application; one page was run to see that it answers."""
    port = free_port()
    with Supervisor() as supervisor:
        child = start_app(context, supervisor, port, demo=True)
        yield App(f"http://127.0.0.1:{port}", psutil.Process(child.process.pid))
