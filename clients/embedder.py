"""Texts to vectors: the model that ships with Northlight, and where others would plug in."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clients.errors import UnknownModel

DEFAULT_MODEL = "wordllama-256"
LONGEST = 20_000  # characters of a text that count: the mean of so many words no longer changes
AT_ONCE = 64  # texts in one step of the model, ...
CHARACTERS = 50_000  # ... fewer of long ones: each is padded to the longest of its step


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
        summed = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for positions in _steps(texts):
            cut = [texts[position][:LONGEST] for position in positions]
            summed[positions] = _weights().embed(cut, norm=False)
        lengths = np.linalg.norm(summed, axis=1, keepdims=True)
        lengths[~(lengths > 0)] = np.nan
        return np.asarray(summed / lengths)


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


def _steps(texts: Sequence[str]) -> Iterator[list[int]]:
    """Positions of texts of about the same length, a step of the model at a time."""
    step: list[int] = []
    for position in sorted(range(len(texts)), key=lambda position: len(texts[position])):
        padded = (len(step) + 1) * min(len(texts[position]), LONGEST)
        if step and (len(step) == AT_ONCE or padded > CHARACTERS):
            yield step
            step = []
        step.append(position)
    if step:
        yield step


@cache
def _weights() -> Any:
    import wordllama

    # Only with its own folder as cache does it find the weights in its wheel without a network.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
