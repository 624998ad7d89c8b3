"""`worker`: the process that does what takes long."""

import logging
import sys
from contextlib import nullcontext

import click

from jobs.cli.context import Context, pass_context


@click.command()
@click.option("--once", is_flag=True, help="End when nothing waits any more.")
@click.option("--watch", is_flag=True, help="Ask for a refresh where rows arrived, every minute.")
@click.option("--memory", type=click.FloatRange(min=0.5), help="Most memory to take, in gigabytes.")
@pass_context
def worker(context: Context, once: bool, watch: bool, memory: float | None) -> None:
    """Work through the queue until Ctrl-C, one job at a time. Run several for several at a time.

    Without --memory it takes at most three quarters of what the machine has.
    """
    from jobs.backups.erasure import catch_up
    from jobs.worker.memory import default_limit, limit_memory
    from jobs.worker.reaper import runaways_stopped
    from jobs.worker.watch import Watch
    from jobs.worker.work import Worker, work

    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    limit_memory(memory or default_limit())
    gate = context.gate
    for report in catch_up(gate, context.home):
        context.say(f"Erased again, from a restored backup: {sum(report.erased.removed.values())}.")
    context.say("The worker is ready." if not once else "Working through the queue.")
    with runaways_stopped(gate, context.say) if watch else nullcontext():
        work(Worker(gate, context.say, watch=Watch() if watch else None), once=once)
