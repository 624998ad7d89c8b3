"""Sentiment without a model or a network: VADER's lexicon and rules.

Reference: Hutto, Gilbert: VADER, a parsimonious rule-based model for sentiment analysis of social
media text, ICWSM 2014. It knows English; a text in which it knows no word has no sentiment.
"""

from functools import cached_property
from importlib.metadata import version
from typing import Any

LANGUAGES = ("english",)


class Lexicon:
    """The analyser, loaded once when it is first asked."""

    @property
    def name(self) -> str:
        """Which lexicon, with its version: kept beside what it found."""
        return f"VADER {version('vaderSentiment')}"

    @cached_property
    def _analyser(self) -> Any:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        return SentimentIntensityAnalyzer()

    def sentiment(self, text: str) -> float:
        """From -1 to 1; 0 for a text that is even, and for one of unknown words."""
        return float(self._analyser.polarity_scores(text)["compound"])

    def knows(self, text: str) -> bool:
        """Whether the text has a word of the lexicon."""
        scores = self._analyser.polarity_scores(text)
        return bool(scores["pos"] or scores["neg"])
