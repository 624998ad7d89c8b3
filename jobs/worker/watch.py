"""Notices rows that arrived and weeks that are over, and asks for the work they need."""

import time

from queries.catalog import collection_named
from queries.collections import news
from queries.embeddings import spaces
from queries.errors import StatementStopped
from queries.gate import Gate
from queries.queue import jobs
from queries.releases import due_releases

WATCH_SECONDS = 60.0
KIND = "refresh"
MANY = 1000


class Watch:
    """Looks at most once a minute, and reads rows only where the server counted changes.

    Only collections that were embedded before are watched: the first time is somebody's decision.
    A refresh that failed is asked for again when rows change again, or by the next worker.
    """

    def __init__(self, every: float = WATCH_SECONDS) -> None:
        """The first look is at once."""
        self.every = every
        self._next = time.monotonic()
        self._marks: dict[str, str] = {}

    def look(self, gate: Gate) -> str:
        """Ask where it is needed, if a minute has passed; a sentence about it, or nothing."""
        if time.monotonic() < self._next:
            return ""
        self._next = time.monotonic() + self.every
        # What waits or runs may not have read what arrives now: look when it has ended.
        released = self._releases(gate)
        busy = {job.collection for job in jobs.jobs(gate, MANY) if job.open}
        names = [n for n in news.embedded_names(gate) if n not in busy and self._asked(gate, n)]
        changed = f"Rows changed in {', '.join(names)}: refresh asked for." if names else ""
        return " ".join(told for told in (released, changed) if told)

    def _releases(self, gate: Gate) -> str:
        """Ask for the release of every week that is over; what was released once stays as it is."""
        weeks = list(due_releases.due(gate.engine))
        for name, week in weeks:
            jobs.ask(gate.engine, "release", name, {"week": week.isoformat()})
        told = ", ".join(f"{name}, week of {week}" for name, week in weeks)
        return f"Asked for the release of {told}." if told else ""

    def _asked(self, gate: Gate, name: str) -> bool:
        collection = collection_named(gate, name)
        mark = news.change_mark(gate, collection)
        if mark is None or self._marks.get(name) == mark:
            return False
        self._marks[name] = mark
        try:
            found = news.has_news(gate, collection, spaces.active_space(gate, collection))
        except StatementStopped:
            found = True  # too large to be asked in time: refresh has longer
        if found:
            jobs.ask(gate.engine, KIND, name)
        return found
