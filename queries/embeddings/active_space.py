"""The space in use, as far as a collection's views must know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActiveSpace:
    """What the views must know of the space in use."""

    id: int
    dimensions: int
    storage: str
    half: bool
