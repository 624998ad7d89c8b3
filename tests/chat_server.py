"""A chat model's endpoint on the loopback: it keeps what it was asked and says what it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Sources = list[dict[str, str]]


@dataclass
class ChatServer:
    """`reply` makes the answer of what it was sent, which `read` makes of each line."""

    url: str = ""
    reply: Callable[[list[Any]], str] = lambda _: ""
    read: Callable[[str], Any] = json.loads
    asked: list[str] = field(default_factory=list)

    def answer(self, body: str) -> str:
        self.asked.append(body)
        question = json.loads(body)["messages"][1]["content"]
        return self.reply([self.read(line) for line in question.split("\n")])


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    told = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = {"choices": [{"message": {"content": told.answer(body)}}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

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
