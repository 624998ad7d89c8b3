"""Other people's services for tests: a server of the standard library on a free loopback port."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class JsonService(BaseHTTPRequestHandler):
    """Hands what it is sent, read as JSON, to `reply`; says nothing on the terminal."""

    def do_POST(self) -> None:
        """Ask for an answer."""
        self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def reply(self, asked: Any) -> None:
        """What the service does; it ends with `answer`."""
        raise NotImplementedError

    def answer(self, told: Any, code: int = 200) -> None:
        """The status and the body."""
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Its address for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
