"""An embedding model's endpoint on the loopback: ours behind OpenAI's protocol, keeping what it is
sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clients.embedder import embedder_named

MODEL = "behind-an-endpoint"
KEY = "good"


def ours(texts: list[str]) -> list[Any]:
    """As an endpoint answers; not in order and not of unit length, which nobody promised."""
    vectors = 3 * embedder_named(None).embed(texts)
    told = [{"index": place, "embedding": one.tolist()} for place, one in enumerate(vectors)]
    return told[::-1]


@dataclass
class EmbeddingServer:
    """`reply` makes the data of an answer from the texts it is sent."""

    url: str = ""
    reply: Callable[[list[str]], Any] = ours
    sent: list[list[str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What points Northlight at it."""
        return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.url}


@contextmanager
def embedding_server() -> Iterator[EmbeddingServer]:
    told = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            code = 200 if asked["model"] == MODEL else 404
            code = code if self.headers["Authorization"] == f"Bearer {KEY}" else 401
            self.send_response(code)
            self.end_headers()
            if code == 200:
                told.sent.append(asked["input"])
                self.wfile.write(json.dumps({"data": told.reply(asked["input"])}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
