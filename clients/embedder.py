"""Texts to vectors: the model that ships with Northlight, and where others would plug in."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clients.errors import UnknownModel

DEFAULT_MODEL = "wordllama-256"


class Embedder(Protocol):
    """A model that turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """What the model is called in catalog files and in northlight.space."""

    @property
    def dimensions(self) -> int:
        """Length of its vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimensions), unit length; a row of NaN where a text has no embedding."""


class StaticEmbedder:
    """WordLlama: an average of static word-piece vectors; 256 dimensions, no network, no torch.

    About 10,000 short texts a second on one core. Source: https://github.com/dleemiller/WordLlama
    """

    name = DEFAULT_MODEL
    dimensions = 256

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, 256), unit length; NaN for a text without a single word piece."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        summed = _weights().embed(list(texts), norm=False)
        lengths = np.linalg.norm(summed, axis=1, keepdims=True)
        lengths[~(lengths > 0)] = np.nan
        return np.ascontiguousarray(summed / lengths, dtype=np.float32)


MODELS: dict[str, type[StaticEmbedder]] = {DEFAULT_MODEL: StaticEmbedder}


def embedder_named(model: str | None) -> Embedder:
    """The embedder of that name, the default one for None. Raises UnknownModel."""
    name = model or DEFAULT_MODEL
    if name not in MODELS:
        raise UnknownModel(
            f"No embedding model is called {name!r} here. Available: {', '.join(MODELS)}. "
            "Questions can only be embedded with the model that embedded the rows."
        )
    return MODELS[name]()


@cache
def _weights() -> Any:
    import wordllama

    # Only with its own folder as cache does it find the weights in its wheel without a network.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
