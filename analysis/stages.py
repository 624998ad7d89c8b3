"""Finished parts of a long computation, kept so that it can be resumed."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


class Stages(Protocol):
    """Where parts are kept, by name."""

    def load(self, stage: str) -> Arrays | None:
        """What was kept; None when nothing was."""

    def keep(self, stage: str, arrays: Arrays) -> None:
        """Keep a finished part."""


class Unkept:
    """Keeps nothing."""

    def load(self, _stage: str) -> Arrays | None:
        """Nothing."""
        return None

    def keep(self, _stage: str, _arrays: Arrays) -> None:
        """Nowhere."""


def once(stages: Stages, stage: str, work: Callable[[], Arrays]) -> Arrays:
    """The part that was kept, or the work done now and kept."""
    kept = stages.load(stage)
    if kept is None:
        kept = work()
        stages.keep(stage, kept)
    return kept
