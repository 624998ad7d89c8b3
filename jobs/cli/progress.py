"""One line that moves, on stderr; where stderr is no terminal, a line a step or nothing."""

import sys
import time
from types import TracebackType
from typing import Self

WIDTH = 24


class Bar:
    """Called as `progress(step, share)`; cleared on the way out."""

    def __init__(self, *, steps: bool = True) -> None:
        """Nothing is drawn before the first step; without `steps` only a terminal sees it."""
        self.steps = steps
        self.started = time.monotonic()
        self.step = ""
        self.moving = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """The bar itself."""
        return self

    def __call__(self, step: str, share: float) -> None:
        """Draw the step and how far it is, from 0 to 1."""
        if self.moving:
            filled = "█" * round(WIDTH * share) + "░" * (WIDTH - round(WIDTH * share))
            sys.stderr.write(f"\r\x1b[K{filled} {share:4.0%}  {step}")
        elif self.steps and step != self.step:
            sys.stderr.write(f"{time.monotonic() - self.started:6.1f} s  {step}\n")
        sys.stderr.flush()
        self.step = step

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave a clean line behind."""
        if self.moving and self.step:
            sys.stderr.write("\r\x1b[K")
