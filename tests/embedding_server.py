"""An embedding model's endpoint on the loopback: ours behind OpenAI's protocol, keeping what it is
sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clients.embedder import embedder_named
from tests.loopback import JsonService, served

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

    class Handler(JsonService):
        def reply(self, asked: Any) -> None:
            code = 200 if asked["model"] == MODEL else 404
            code = code if self.headers["Authorization"] == f"Bearer {KEY}" else 401
            if code == 200:
                told.sent.append(asked["input"])
            self.answer({"data": told.reply(asked["input"]) if code == 200 else None}, code)

    with served(Handler) as address:
        told.url = f"{address}/v1"
        yield told
