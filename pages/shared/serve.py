"""Streamlit's own command line, over connections that do not hold back what is small.

    python -m pages.shared.serve run app.py --server.port 8501

Streamlit 1.67 opens its socket in a way that leaves out TCP_NODELAY. Then the body of every small
answer waits until the browser has acknowledged its head, which takes the browser 40 ms: a page that
nobody has opened before loads 130 files, so that was a second of it.
"""

import socket
from typing import Any

import uvicorn
from streamlit.web import cli


class Prompt(uvicorn.Server):
    """A server whose connections send at once; they take it over from the sockets it listens on."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own."""
        for listening in sockets or ():
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)


def main() -> Any:
    """Run the command; what it returns is the exit code."""
    uvicorn.Server = Prompt  # type: ignore[misc]
    return cli.main()


if __name__ == "__main__":
    main()
