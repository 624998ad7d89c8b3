"""A worker's limit of memory: a job that needs more fails, and the machine goes on."""

import os
import resource
from pathlib import Path

GIGABYTE = 2**30
SHARE = 0.75
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def limit_memory(gigabytes: float) -> None:
    """Refuse this process more private memory than that, from now on.

    What is mapped from files, as model weights are, does not count. The limit is only ever lowered.
    """
    wanted = int(gigabytes * GIGABYTE)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))


def default_limit() -> float:
    """Three quarters of what this machine or container has, in gigabytes."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        told = CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        told = ""
    most = min(physical, int(told)) if told.isdigit() else physical
    return round(SHARE * most / GIGABYTE, 1)
