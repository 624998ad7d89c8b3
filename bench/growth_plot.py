"""The growth of `bench growth` as an SVG: milliseconds over rows, both axes logarithmic."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 30, 50
INK, FAINT = "#1f2937", "#d1d5db"
# Okabe and Ito's colours, which colour-blind readers can tell apart.
LINES = {
    "1": ("search of all rows", "#0072b2"),
    "10": ("of one in 10", "#009e73"),
    "100": ("of one in 100", "#e69f00"),
    "1000": ("of one in 1,000", "#d55e00"),
}
FACETS = ("counts of ten facets", "#6b7280")
Point = tuple[float, float]


def drawn(told: Mapping[str, Any]) -> str:
    """The picture: a line for the median of each search, its p95 above it, and the facet counts."""
    sizes = sorted(int(size) for size in told)
    lines = [
        (name, colour, series(told, sizes, part, "p50"), series(told, sizes, part, "p95"))
        for part, (name, colour) in LINES.items()
    ]
    counted: list[Point] = [(size, told[str(size)]["facets"]["all"]["p50"]) for size in sizes]
    lines.append((*FACETS, counted, []))
    highest = max(y for *_, p50, p95 in lines for _, y in (*p50, *p95))
    most = 10 ** math.ceil(math.log10(highest))
    drawing = [*axes(sizes, most)]
    for _name, colour, p50, p95 in lines:
        drawing += line(scaled(p95, sizes, most), colour, 'stroke-dasharray="2 4"')
        drawing += line(scaled(p50, sizes, most), colour, 'stroke-width="2"')
    drawing += legend(lines, sizes, most)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">'
    )
    title = "<title>Milliseconds of a search by the number of rows</title>"
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return "\n".join([head, title, ground, *drawing, "</svg>"]) + "\n"


def series(told: Mapping[str, Any], sizes: Sequence[int], part: str, measure: str) -> list[Point]:
    """Rows and milliseconds of one share of the rows."""
    return [(size, told[str(size)]["search"][part][measure]) for size in sizes]


def scaled(points: Sequence[Point], sizes: Sequence[int], most: float) -> list[Point]:
    """Where the points are drawn."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    first, last = math.log10(sizes[0]), math.log10(max(sizes[-1], 10 * sizes[0]))
    return [
        (
            LEFT + wide * (math.log10(x) - first) / (last - first),
            HEIGHT - BOTTOM - high * max(math.log10(y), 0) / math.log10(most),
        )
        for x, y in points
    ]


def axes(sizes: Sequence[int], most: float) -> list[str]:
    """A faint line and a figure for each power of ten of milliseconds, a figure for each size."""
    told = []
    for power in range(int(math.log10(most)) + 1):
        [(_, y)] = scaled([(sizes[0], 10**power)], sizes, most)
        told += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>',
            said(LEFT - 8, y + 4, f"{10**power:,} ms", "end"),
        ]
    for size in sizes:
        [(x, y)] = scaled([(size, 1)], sizes, most)
        told += [
            f'<path d="M{x:.1f} {y:.1f}v5" stroke="{INK}"/>',
            said(x, y + 20, f"{size:,}", "middle"),
        ]
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    return [*told, said(middle, HEIGHT - 8, "rows (line: p50, dotted: p95)", "middle")]


def line(points: Sequence[Point], colour: str, style: str) -> list[str]:
    """The points with what joins them; nothing for no points."""
    if not points:
        return []
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{joined}" fill="none" stroke="{colour}" {style}/>', *dots]


def legend(lines: Sequence[Any], sizes: Sequence[int], most: float) -> list[str]:
    """Each name beside the end of its line, moved apart where they would touch."""
    ends = sorted((scaled(p50[-1:], sizes, most)[0], name, to) for name, to, p50, _ in lines)
    told, free = [], 0.0
    for (x, y), name, colour in sorted(ends, key=lambda end: end[0][1]):
        free = max(y + 4, free + 15)
        told.append(said(x + 10, free, name, "start", colour))
    return told


def said(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'
