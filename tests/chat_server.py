"""A chat model's endpoint on the loopback: it keeps what it was asked and says what it is told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import JsonService, served

Sources = list[dict[str, str]]


@dataclass
class ChatServer:
    """`reply` makes the answer of what it was sent, which `read` makes of each line."""

    url: str = ""
    reply: Callable[[list[Any]], str] = lambda _: ""
    read: Callable[[str], Any] = json.loads
    asked: list[str] = field(default_factory=list)

    def answer(self, body: Any) -> str:
        self.asked.append(json.dumps(body))
        question = body["messages"][1]["content"]
        return self.reply([self.read(line) for line in question.split("\n")])


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    told = ChatServer()

    class Handler(JsonService):
        def reply(self, asked: Any) -> None:
            content = told.answer(asked)
            self.answer({"choices": [{"message": {"content": content}}]})

    with served(Handler) as address:
        told.url = f"{address}/v1"
        yield told
