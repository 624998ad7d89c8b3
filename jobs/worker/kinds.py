"""The kinds of work a worker does. Each returns the sentence that says what came of it.

The heavy libraries are imported only here, when a job of that kind begins: a worker that waits
takes little memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from queries.collection import Collection
from queries.gate import Gate

Progress = Callable[[str, float], None]

MAPPED = {
    "fitted": "{rows:,} rows mapped into {themes} themes; {unsorted:,} are in none.",
    "proposed": "A refit of {rows:,} rows into {themes} themes waits to be accepted.",
    "placed": "{placed:,} new rows placed on the map; no other row moved.",
    "unchanged": "The map was up to date.",
}


@dataclass(frozen=True)
class Work:
    """What a kind gets: a gate whose writes count only while the job is this worker's."""

    gate: Gate
    collection: Collection
    arguments: Mapping[str, Any]
    progress: Progress


Kind = Callable[[Work], str]


def embed(work: Work) -> str:
    """Embed what is missing or changed. Arguments: `model`, the collection's own without it."""
    from jobs.embed import embed as run
    from jobs.embed import embedder_for

    embedder = embedder_for(work.collection, work.arguments.get("model"))
    report = run(work.gate, work.collection, embedder, work.progress)
    return f"{report.embedded:,} rows embedded with {report.model}."


def map_rows(work: Work) -> str:
    """Make the map, or place what is new.

    Arguments: `refit`, whether everything is fitted anew; `propose`, whether that waits to be
    accepted; `unsorted_at_most`, the share of rows that may be in no theme, 0 to 1.
    """
    from jobs.maps.map import make_map

    wanted = {name: bool(work.arguments.get(name)) for name in ("refit", "propose")}
    dial = work.arguments.get("unsorted_at_most")
    report = make_map(
        work.gate,
        work.collection,
        work.progress,
        **wanted,
        unsorted_at_most=None if dial is None else float(dial),
    )
    return MAPPED[report.did].format(**asdict(report))


def refresh(work: Work) -> str:
    """What to do when rows arrived: embed them, then place them on the map."""
    return f"{embed(_part(work, 0.0, 0.5))} {map_rows(_part(work, 0.5, 1.0))}"


def accept(work: Work) -> str:
    """Show the proposed map."""
    from jobs.maps.refits import accept as run

    return f"The proposed map is shown: run {run(work.gate, work.collection)}."


def back(work: Work) -> str:
    """Show the map before this one."""
    from jobs.maps.refits import back as run

    return f"The map before is shown again: run {run(work.gate, work.collection)}."


def theme(work: Work) -> str:
    """Change a theme as somebody asked. Arguments: `wish`, its number."""
    from jobs.maps.wishes import carry_out

    return carry_out(work.gate, work.collection, int(work.arguments["wish"]))


def release(work: Work) -> str:
    """Make the releases of the last closed week: of the responses, and of what was used.

    Arguments: `week`, its Monday, for another.
    """
    from jobs.releases.release import make_release
    from jobs.releases.usage import release_usage

    told = work.arguments.get("week")
    week = None if told is None else date.fromisoformat(str(told))
    report = make_release(work.gate, work.collection, work.progress, week=week)
    made = list(release_usage(work.gate, [work.collection], work.progress, week=week))
    return f"{report} Usage: {len(made)} releases."


def past_releases(work: Work) -> str:
    """Release every past week that has texts. Arguments: `weeks`, the stretch usage is told by."""
    from jobs.releases.past_releases import release_past

    stretch = int(work.arguments.get("weeks", 1))
    return str(release_past(work.gate, work.collection, work.progress, weeks=stretch))


def analyse(work: Work) -> str:
    """Read texts that were not read yet for their sentiment, by the lexicon: nothing is sent."""
    from jobs.coaching.analyse import LexiconReader
    from jobs.coaching.analyse import analyse as run

    report = run(work.gate, work.collection, LexiconReader(), work.progress)
    return f"{report.read:,} texts read by {report.tool}."


KINDS: Mapping[str, Kind] = {
    "embed": embed,
    "analyse": analyse,
    "map": map_rows,
    "refresh": refresh,
    "release": release,
    "past_releases": past_releases,
    "accept": accept,
    "back": back,
    "theme": theme,
}


def _part(work: Work, start: float, end: float) -> Work:
    def progress(step: str, share: float) -> None:
        work.progress(step, start + (end - start) * share)

    return replace(work, progress=progress)
