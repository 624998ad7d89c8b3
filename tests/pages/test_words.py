import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pages.shared import hits, words

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "0%"),
        (1, 1000, "under 1%"),
        (1, 2, "50%"),
        (999, 1000, "over 99%"),
        (5, 5, "100%"),
    ],
)
def test_shares_are_honest_at_both_ends(part: int, whole: int, told: str) -> None:
    assert words.share(part, whole) == told


def test_per_cents_are_spelled_one_way_everywhere() -> None:
    """As Python's and Vega's formats do, without a space; SQL's `n % 7` is none."""
    folders = ("pages", "charts", "jobs", "analysis", "queries", "clients")
    sources = [file for folder in folders for file in (ROOT / folder).rglob("*.[pj][ys]")]
    spaced = re.compile(r"[\d}] %($|[^\w(:]| (interval|of))")
    told = [
        f"{file.name}: {line.strip()}"
        for file in sources
        for line in file.read_text("utf-8").splitlines()
        if spaced.search(line)
    ]
    assert told == []


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (40 * 86400, "1 month ago")],
)
def test_moments_are_told_in_the_largest_unit(seconds: int, told: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == told


def test_ordinals_end_as_they_are_spoken() -> None:
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st",
    ]  # fmt: skip


def test_words_are_marked_whole_and_text_is_escaped() -> None:
    shown = words.marked("a <b>cat</b>, concatenated", ["cat"])
    assert shown.count("<mark") == 1
    assert "&lt;b&gt;" in shown


def test_the_passage_stands_out_only_within_a_longer_text() -> None:
    long = "It rained. The cat sat on the mat. Nobody said a word about it."
    assert "<strong>The " in words.marked(long, ["cat"], "The cat sat on the mat.")
    assert "<strong>" not in words.marked("The cat.", [], "The cat.")


def test_an_excerpt_holds_the_passage() -> None:
    text = "before " * 200 + "the very passage" + " after" * 200
    shown = words.excerpt(text, "the very passage")
    assert "the very passage" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")


def test_exports_carry_no_formulas() -> None:
    exported = hits.csv(pd.DataFrame({"text": ["=1+1", "fine"], "rows": [-1, 2]})).decode()
    assert exported.splitlines() == ["text,rows", "'=1+1,-1", "fine,2"]
