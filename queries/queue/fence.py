"""What a worker stores is stored only while the job is its own."""

from functools import partial

from sqlalchemy import Connection, Engine, event

from queries.errors import LeaseLost
from queries.queue.jobs import Job


def fenced(engine: Engine, job: Job) -> Engine:
    """The same engine, but a transaction that wrote commits only if this attempt has the job.

    The row stays locked from the check to the commit, so a worker that was paused in between and
    wakes up after its lease cannot store what another attempt stores too. Raises LeaseLost then.
    """
    own = engine.execution_options()
    event.listen(own, "commit", partial(_hold, job))
    return own


def _hold(job: Job, connection: Connection) -> None:
    read_only = connection.exec_driver_sql("SELECT current_setting('transaction_read_only')")
    if read_only.scalar_one() == "on":
        return
    held = connection.exec_driver_sql(
        "SELECT 1 FROM northlight.job "
        "WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'running' FOR SHARE",
        {"id": job.id, "attempt": job.attempt},
    )
    if held.first() is None:
        raise LeaseLost(job.id)
