"""Texts to vectors: the model that ships with Northlight, and those at an endpoint."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clients.endpoint import configured
from clients.errors import UnknownModel
from clients.remote_embedder import RemoteEmbedder

DEFAULT_MODEL = "wordllama-256"
UNKNOWN_MODEL = "unknown"  # as northlight.space calls the maker of vectors that were there before
LONGEST = 20_000  # characters of a text that count: the mean of so many words no longer changes
CHARACTERS = 2_000_000  # of the texts taken together: what their word pieces take stays below 1 GB
FEW = 1_000  # words, up to which it is quicker to look them up than to wake the other cores
USUAL = 30  # characters of a word that is kept; text without blanks is one word
# Texts are cut before blanks: no word piece of the model's vocabulary runs over one, so a word has
# the same pieces in every text and is taken apart once. Control tokens stand for themselves.
WORD = re.compile(" +[^ ]*")
CONTROL = re.compile("(<unk>|<s>|</s>)")
BLANK = "\N{LOWER ONE EIGHTH BLOCK}"  # how the vocabulary writes a blank


class Embedder(Protocol):
    """A model that turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """What the model is called in catalog files and in northlight.space."""

    @property
    def dimensions(self) -> int:
        """Length of its vectors."""

    @property
    def longest(self) -> int:
        """How many characters of a text count; what follows need not be fetched."""

    @property
    def silence(self) -> str:
        """Why a question has no vector, as a part of a sentence."""

    @property
    def sends_to(self) -> str | None:
        """The address that texts are sent to; None where the model computes on this machine."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimensions), unit length; a row of NaN where a text has no embedding."""


class StaticEmbedder:
    """WordLlama: an average of static word-piece vectors; 256 dimensions, no network, no torch.

    About 80,000 short texts a second on one core: the sums of `WordLlama.embed`, to 1e-6, but each
    word of a step is taken apart once. Source: https://github.com/dleemiller/WordLlama
    """

    name = DEFAULT_MODEL
    dimensions = 256
    longest = LONGEST
    sends_to = None
    silence = f"the model {DEFAULT_MODEL} knows nothing in this question"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, 256), unit length; NaN for a text without a single word piece."""
        summed = np.vstack([_sums(step) for step in _steps(texts)])
        lengths = np.linalg.norm(summed, axis=1, keepdims=True)
        lengths[~(lengths > 0)] = np.nan
        return np.asarray(summed / lengths)


@dataclass(frozen=True)
class NoEmbedder:
    """In the place of a model that is not here: it embeds nothing, and says so."""

    name: str
    dimensions = 0
    longest = 0
    sends_to = None

    @property
    def silence(self) -> str:
        """That the model is not known, or not here."""
        if self.name == UNKNOWN_MODEL:
            return "which model made its vectors is not known"
        return (
            f"the model {self.name}, which made its vectors, is not here (OPENAI_API_KEY and "
            "OPENAI_BASE_URL say where it is asked)"
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, 1), NaN."""
        return np.full((len(texts), 1), np.nan, dtype=np.float32)


MODELS: dict[str, type[StaticEmbedder]] = {DEFAULT_MODEL: StaticEmbedder}


def embedder_named(model: str | None, environment: Mapping[str, str] = os.environ) -> Embedder:
    """The embedder of that name, the default one for None. Raises UnknownModel.

    Any other than ours is asked for at the endpoint of OPENAI_API_KEY and OPENAI_BASE_URL.
    """
    name = model or DEFAULT_MODEL
    at = configured(environment)
    if name in MODELS:
        return MODELS[name]()
    if at is None or name == UNKNOWN_MODEL:
        raise UnknownModel(
            f"No embedding model is called {name!r} here. Available: {', '.join(MODELS)}, and with "
            "OPENAI_API_KEY (and OPENAI_BASE_URL) set those of that endpoint. Questions can only "
            "be embedded with the model that embedded the rows."
        )
    key, url = at
    return RemoteEmbedder(key, name, url)


def of_passages(embedder: Embedder) -> Embedder:
    """What compares passages of rows for that model: itself, or ours where it would send them."""
    return embedder if embedder.sends_to is None else embedder_named(None)


def asker(model: str | None, environment: Mapping[str, str] = os.environ) -> Embedder:
    """The embedder of that name; where it is not here, one that embeds no question."""
    try:
        return embedder_named(model, environment)
    except UnknownModel:
        return NoEmbedder(str(model))


def _sums(texts: list[str]) -> NDArray[np.float32]:
    """The sum of each text's word-piece vectors, shape (texts, 256)."""
    words = [_words(text) for text in texts]
    numbers: dict[str, int] = {}
    used = [numbers.setdefault(word, len(numbers)) for told in words for word in told]
    return _added(_word_vectors(list(numbers)), used, [len(told) for told in words])


def _words(text: str) -> list[str]:
    """The text in order, cut before blanks and around control tokens."""
    words: list[str] = []
    for part in CONTROL.split(text.replace(BLANK, " ")):
        words += [part] if CONTROL.fullmatch(part) else WORD.findall(f" {part}" if part else "")
    return words


def _word_vectors(words: list[str]) -> NDArray[np.float32]:
    """The sum of each word's pieces' vectors. A few words, as of a question and its passages, are
    mostly ones that were seen lately; many are taken apart on all cores."""
    if len(words) <= FEW:
        ids = [(_kept if len(word) <= USUAL else _pieces)(word) for word in words]
    else:
        pieces = _tokenizer().encode_batch_fast(words, add_special_tokens=False)
        ids = [encoded.ids for encoded in pieces]
    return _added(_weights().embedding, list(chain.from_iterable(ids)), list(map(len, ids)))


def _pieces(word: str) -> list[int]:
    found: list[int] = _tokenizer().encode(word, add_special_tokens=False).ids
    return found


_kept = lru_cache(maxsize=50_000)(_pieces)


def _added(
    vectors: NDArray[np.float32], used: Sequence[int], counts: Sequence[int]
) -> NDArray[np.float32]:
    """Sums of runs of `vectors[used]`; `counts` says how long each run is, zero for no vector."""
    from scipy.sparse import csr_array

    ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    chosen = csr_array(
        (np.ones(len(used), dtype=np.float32), np.array(used, dtype=np.int64), ends),
        shape=(len(counts), len(vectors)),
    )
    return np.asarray(chosen @ vectors)


def _steps(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, cut to what counts, as many at a time as memory allows."""
    step: list[str] = []
    characters = 0
    for text in texts:
        step.append(text[:LONGEST])
        characters += len(step[-1])
        if characters >= CHARACTERS:
            yield step
            step, characters = [], 0
    yield step


@cache
def _tokenizer() -> Any:
    """The model's own, for words that begin with their blanks: it puts none before."""
    from tokenizers import Tokenizer, normalizers

    tokenizer = Tokenizer.from_str(_weights().tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.normalizer = normalizers.Replace(" ", BLANK)
    return tokenizer


@cache
def _weights() -> Any:
    import wordllama

    # Only with its own folder as cache does it find the weights in its wheel without a network.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
