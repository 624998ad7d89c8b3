"""An embedding model over any endpoint that speaks OpenAI's protocol.

https://platform.openai.com/docs/api-reference/embeddings
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.endpoint import Endpoint
from clients.errors import EmbeddingError

# Of models that are widely used; another is asked for one vector.
DIMENSIONS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
LONGEST = 8_000  # characters of a text that are sent; models take 8,192 tokens
TEXTS, CHARACTERS = 256, 200_000  # of a request; OpenAI takes 2,048 and 300,000 tokens


@dataclass
class RemoteEmbedder(Endpoint):
    """A model at an endpoint; the texts it embeds are sent there."""

    per_minute: int = 600

    refusal = EmbeddingError
    kind = "an embedding model"
    seconds = 30
    longest = LONGEST
    silence = "there are no words in it"

    @property
    def name(self) -> str:
        """As the endpoint calls the model."""
        return self.model

    @property
    def sends_to(self) -> str:
        """The endpoint."""
        return self.url

    @cached_property
    def dimensions(self) -> int:
        """Length of its vectors. Raises EmbeddingError where the model has to be asked."""
        return DIMENSIONS.get(self.model) or len(self._vectors(["dimensions"])[0])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimensions), unit length; NaN for a text without words.

        Raises EmbeddingError.
        """
        written = [place for place, text in enumerate(texts) if text.strip()]
        found = np.full((len(texts), self.dimensions), np.nan, dtype=np.float32)
        for places in _requests(texts, written):
            vectors = self._vectors([texts[place][:LONGEST] for place in places])
            if vectors.shape[1] != self.dimensions:
                raise self.not_as_asked()
            found[places] = vectors
        return found

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimensions), in the order of the texts."""
        told = self.post("embeddings", {"input": list(texts), "encoding_format": "float"})
        try:
            vectors = _in_order(told["data"], len(texts))
        except (KeyError, TypeError, ValueError) as error:
            raise self.not_as_asked() from error
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise self.not_as_asked()
        return np.asarray(vectors / lengths, dtype=np.float32)


def _in_order(data: Any, count: int) -> NDArray[np.float64]:
    """Raises KeyError, TypeError or ValueError unless there is one vector a text, all as long."""
    by_index = {int(one["index"]): one["embedding"] for one in data}
    if sorted(by_index) != list(range(count)):
        raise ValueError("not one vector a text")
    vectors = np.array([by_index[place] for place in range(count)], dtype=np.float64)
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ValueError("no vectors")
    return vectors


def _requests(texts: Sequence[str], places: Sequence[int]) -> Iterator[list[int]]:
    """The places in order, as many at a time as one request takes."""
    request: list[int] = []
    characters = 0
    for place in places:
        length = len(texts[place][:LONGEST])
        if request and (len(request) == TEXTS or characters + length > CHARACTERS):
            yield request
            request, characters = [], 0
        request.append(place)
        characters += length
    if request:
        yield request
