"""Generated questions, filters, ids and vectors: an answer, or one clear sentence."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from os import environ

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.embedder import StaticEmbedder
from jobs.search.examples import find_like
from jobs.search.search import find
from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate
from queries.search.neighbours import of_row
from queries.search.search import MODES, nearest_to
from tests.world import embedded_world

EMBEDDER = StaticEmbedder()
# Two thousand in all take minutes: NORTHLIGHT_GENERATED=500. Every run takes the same first ones.
GENERATED = settings(
    max_examples=int(environ.get("NORTHLIGHT_GENERATED", "40")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PIECES = st.sampled_from(
    (
        *("sleep", "the", "to be", "", " ", "\x00", "\x02", "\x03", '"', "'", "''", "-", "*", "\\"),
        *(
            "sav*",
            "-sav*",
            '-"half marathon"',
            '"savings account"',
            "🙂🙃",
            "睡眠",
            "Schlaf",
            "нет",
        ),
        *("'; DROP TABLE x; --", "%s %(a)s %%", ":name", "{0}", "NaN", "a:*b & | !", "\ud800"),
        *("x" * 3_000, "a b " * 1_500, "<script>", "$1", "e\u0301\u0301", "\u202e", "1e999"),
    )
)
TYPED = st.one_of(st.lists(PIECES, max_size=6).map(" ".join), st.text(max_size=80))
NAMED = st.one_of(TYPED, st.sampled_from(("sleep", "money", "ana", "n1")))
NUMBERS = st.floats(width=32)
MOMENTS = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


@st.composite
def filters(draw: Callable[..., object]) -> Filters:
    values = draw(st.lists(NAMED, max_size=3).map(tuple))
    facet = draw(st.sampled_from(("topic", "topic", "nosuch")))
    owner, theme = draw(st.one_of(st.none(), NAMED)), draw(st.sampled_from((None, 0, 1, -5)))
    since, until = draw(MOMENTS), draw(MOMENTS)
    return Filters(((facet, values),), owner, since, until, theme)  # type: ignore[arg-type]


def answered(ask: Callable[[], object]) -> None:
    """An answer, or a sentence that was written for readers; anything else fails the test."""
    with suppress(QueryError):
        ask()


@GENERATED
@given(typed=TYPED, mode=st.sampled_from(MODES), limit=st.integers(1, 60))
def test_any_question(
    gate: Gate, collection: Collection, typed: str, mode: str, limit: int
) -> None:
    answered(lambda: find(gate, collection, typed, EMBEDDER, Filters(), mode=mode, limit=limit))


@GENERATED
@given(narrowed=filters(), mode=st.sampled_from(MODES))
def test_any_filters(gate: Gate, collection: Collection, narrowed: Filters, mode: str) -> None:
    answered(lambda: find(gate, collection, "cannot sleep", EMBEDDER, narrowed, mode=mode))


@GENERATED
@given(one=NAMED, other=NAMED, passage=st.one_of(st.none(), TYPED))
def test_any_row_and_any_example(
    gate: Gate, collection: Collection, one: str, other: str, passage: str | None
) -> None:
    answered(lambda: of_row(gate, collection, one, Filters(), 5))
    like, unlike = [one], [other]
    answered(
        lambda: find_like(
            gate, collection, EMBEDDER, Filters(), like=like, unlike=unlike, passage=passage
        )
    )


@GENERATED
@given(
    numbers=st.one_of(st.lists(NUMBERS, min_size=256, max_size=256), st.lists(NUMBERS, max_size=8)),
    scale=st.sampled_from((0.0, 1e-40, 1.0, 1e30, float("nan"))),
)
def test_any_vector(gate: Gate, collection: Collection, numbers: list[float], scale: float) -> None:
    with np.errstate(all="ignore"):
        vector = np.asarray(numbers, dtype=np.float32) * np.float32(scale)
    answered(lambda: nearest_to(gate, collection, vector, Filters(), 5))


def test_what_is_wrong_with_a_question_is_said_in_one_sentence(
    gate: Gate, collection: Collection
) -> None:
    for typed, said in (("", "nothing to search for"), ("x" * 100_000, "100,000 characters")):
        with pytest.raises(QueryError, match=said):
            find(gate, collection, typed, EMBEDDER, Filters())
    nowhere = np.full(256, np.nan, dtype=np.float32)
    with pytest.raises(QueryError, match="no direction"):
        nearest_to(gate, collection, nowhere, Filters(), 5)
    with pytest.raises(QueryError, match="the vector has 3"):
        nearest_to(gate, collection, np.ones(3, dtype=np.float32), Filters(), 5)


def test_times_at_the_ends_of_the_calendar_are_times(gate: Gate, collection: Collection) -> None:
    ever = Filters(since=datetime(1, 1, 1, tzinfo=UTC), until=datetime(9999, 12, 31, tzinfo=UTC))
    answered(lambda: find(gate, collection, "sleep", EMBEDDER, ever))
