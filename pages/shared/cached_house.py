"""Cached queries of Health, for seconds only."""

from pages.shared.cached import remembered
from queries.gate import Gate, Identity
from queries.queue import jobs
from queries.queue.jobs import Job
from queries.server import house as houses
from queries.server.house import House


@remembered(5, 20)
def house(identity: Identity, _gate: Gate) -> House:  # noqa: ARG001 - the key
    """Versions, sizes and workers."""
    return houses.house(_gate)


@remembered(5, 20)
def queue(identity: Identity, _gate: Gate) -> list[Job]:  # noqa: ARG001
    """The jobs, the open ones first."""
    return jobs.jobs(_gate, 200)
