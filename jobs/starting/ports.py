"""Whether the app could listen on a port, asked before anything is started."""

import contextlib
import errno
import socket

from jobs.errors import JobError

HIGHEST_PORT = 65535
NEARBY = 20


class PortError(JobError):
    """The port cannot be had."""


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Raises PortError, naming the port and the option, unless a server could listen there."""
    if not 0 < port <= HIGHEST_PORT:
        raise PortError(
            f"There is no port {port}. Choose one from 1 to {HIGHEST_PORT} with --port."
        )
    try:
        try_listening(port, host)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = "is in use by another program (or by another ./northlight up)"
        else:
            why = f"cannot be had ({error.strerror})"
        free = another_port(port, host)
        raise PortError(f"Port {port} {why}. Choose another one: --port {free}") from error


def try_listening(port: int, host: str) -> int:
    """Listens for a moment; the port. Port 0 stands for any that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        # As the app does: a connection just closed does not count as use.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))
        trial.listen()
        return int(trial.getsockname()[1])


def another_port(port: int, host: str) -> int:
    """The next free port above `port`, or any free one."""
    for candidate in range(port + 1, min(port + NEARBY, HIGHEST_PORT)):
        with contextlib.suppress(OSError):
            return try_listening(candidate, host)
    return try_listening(0, host)
