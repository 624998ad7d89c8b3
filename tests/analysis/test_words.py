"""What is one word."""

import unicodedata

import pytest

from analysis.words import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("मैंने आज अपनी माँ से बात की", ["मैंने", "आज", "अपनी", "माँ", "से", "बात", "की"]),
        ("আমি ভালো আছি।", ["আমি", "ভালো", "আছি"]),
        ("أشعرُ بالفخر", ["أشعرُ", "بالفخر"]),
        ("don't over-think_it", ["don't", "over-think", "it"]),
        ("今日は緊張。", ["今日は緊張"]),
    ],
)
def test_words_are_cut_where_their_script_cuts_them(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_an_accent_of_its_own_does_not_cut_a_word() -> None:
    assert words_of(unicodedata.normalize("NFD", "réunion à côté")) == [
        unicodedata.normalize("NFD", word) for word in ("réunion", "à", "côté")
    ]
