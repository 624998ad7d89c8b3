"""The server's settings, and who may connect. Written anew at each start."""

import os
import shutil
from pathlib import Path

from clients.postgres.place import PORT, Place

ROLE = "northlight"
DATABASE = "northlight"
MIB = 2**20
SHARED_MEMORY = Path("/dev/shm")
# Parallel index builds put all their working memory there.
SHARED_MEMORY_WANTED = 1024 * MIB
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def write(place: Place, operators: list[str]) -> None:
    """Writes the three files the server reads. `operators` may connect as the role northlight."""
    replace(place.config, configuration(place, memory(), shared_memory()))
    replace(place.cluster / "hba.conf", HBA)
    lines = [f"operator {quoted_name(name)} {ROLE}\n" for name in operators]
    replace(place.cluster / "ident.conf", "".join(lines))


def replace(path: Path, text: str) -> None:
    """Writes a file that all may read, in one step."""
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(os.fsencode(text))
    unfinished.chmod(0o644)
    unfinished.replace(path)


HBA = f"""\
# Written by Northlight at each start.
# The owner of the home is known to the kernel; everybody else needs a password of their own.
local  all          {ROLE}  peer map=operator
local  all          all     scram-sha-256
local  replication  all     scram-sha-256
"""


def configuration(place: Place, memory_bytes: int, shared_bytes: int) -> str:
    """The settings file: small machine, one private socket, no texts of rows in the log."""
    own = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": place.sockets,
        "unix_socket_permissions": "0700",
        "hba_file": place.cluster / "hba.conf",
        "ident_file": place.cluster / "ident.conf",
        "cluster_name": "northlight",
        "max_connections": 100,
        "password_encryption": "scram-sha-256",
        # The login is called like Northlight's own schema: a table made by its bare name would
        # land in there, where nobody looks for tables to explore.
        "search_path": "public",
    }
    settings = own | sizes(memory_bytes) | durability() | planning(shared_bytes) | logging()
    lines = "".join(f"{name} = {quoted(value)}\n" for name, value in settings.items())
    return f"# Written by Northlight at each start; use ALTER SYSTEM for your own.\n{lines}"


def sizes(memory_bytes: int) -> dict[str, object]:
    """How much memory the server may take, from how much there is."""
    return {
        # Room for the vectors of a million rows; what has none is read from the system anew.
        "shared_buffers": megabytes(memory_bytes // 8, 32, 1024),
        "effective_cache_size": megabytes(memory_bytes // 2, 64, 16384),
        "work_mem": "16MB",
        # An HNSW build is several times slower once its graph no longer fits in this.
        "maintenance_work_mem": megabytes(memory_bytes // 16, 64, 1024),
        "autovacuum_work_mem": "64MB",
        # What the product needs on disk for one statement is far below; a runaway sort is not.
        "temp_file_limit": "4GB",
    }


def megabytes(size: int, least: int, most: int) -> str:
    """A size as PostgreSQL writes it, between two limits in megabytes."""
    return f"{min(max(size // MIB, least), most)}MB"


def durability() -> dict[str, object]:
    """Committed means on disk; checkpoints far enough apart for bulk loads."""
    return {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
    }


def planning(shared_bytes: int) -> dict[str, object]:
    """Plans for two cores and a solid-state disk, the same on every machine."""
    # Containers often have 64 MB of shared memory: a parallel build would fail there.
    segments = "posix" if shared_bytes >= SHARED_MEMORY_WANTED else "mmap"
    return {
        "jit": "off",
        "random_page_cost": 1.1,
        "dynamic_shared_memory_type": segments,
        "timezone": "UTC",
        "datestyle": "ISO, MDY",
    }


def logging() -> dict[str, object]:
    """Problems only. Statements and values are people's texts, so neither is written down."""
    return {
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "%m [%p] ",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "log_statement": "none",
        "log_min_duration_statement": -1,
        # An error's own words quote the value that it is about; whoever asked is told them.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
    }


def quoted(value: object) -> str:
    """A value as the settings file wants it."""
    escaped = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def quoted_name(name: str) -> str:
    """A system user's name as ident.conf wants it."""
    return '"' + name.replace('"', '""') + '"'


def memory() -> int:
    """Bytes of memory this machine or container may use."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return physical
    return min(physical, int(limit)) if limit.isdigit() else physical


def shared_memory() -> int:
    """Bytes free for shared memory segments; 0 where there is no such place."""
    try:
        return shutil.disk_usage(SHARED_MEMORY).free
    except OSError:
        return 0
