"""The plot of `bench growth`."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.growth_plot import LINES, drawn


def told(sizes: tuple[int, ...]) -> dict[str, Any]:
    search = {part: {"p50": 20.0, "p95": 40.0} for part in LINES}
    return {
        str(size): {"search": search, "facets": {"all": {"p50": size / 1000}}} for size in sizes
    }


@pytest.mark.parametrize("sizes", [(10_000,), (10_000, 100_000), (10_000, 100_000, 1_000_000)])
def test_every_size_that_was_measured_is_in_the_picture(sizes: tuple[int, ...]) -> None:
    words = [part.text for part in ElementTree.fromstring(drawn(told(sizes))).iter() if part.text]
    assert {f"{size:,}" for size in sizes} <= set(words)


def test_ten_times_as_long_is_as_far_up_everywhere() -> None:
    counts = drawn(told((10_000, 100_000, 1_000_000))).split('stroke="#6b7280"')[0]
    heights = [float(y) for y in re.findall(r",([\d.]+)", counts.rsplit('points="', 1)[1])]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
