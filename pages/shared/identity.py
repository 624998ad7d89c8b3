"""Who is reading. The one place that decides it; every page asks before it reads anything."""

from queries.gate import WORKER, Identity


def current() -> Identity:
    """The reader of this session: for now whoever can reach the page is the operator."""
    return WORKER
