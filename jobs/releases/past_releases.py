"""Releases of a programme's past: of every week that has texts, and of what was used since then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from jobs.errors import JobError
from jobs.releases.release import ReleaseReport, Subject, of_responses, release_subject, stretch_of
from jobs.releases.usage import of_programme
from queries.collection import Collection
from queries.gate import Gate, writing
from queries.releases import release_people

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class PastReport:
    """How many releases were made and how many were there; a sentence for each that was not."""

    made: int
    there: int
    held_back: tuple[str, ...]

    def __str__(self) -> str:
        """The sentences for people."""
        told = f"{self.made:,} releases of past weeks made, {self.there:,} were there before."
        return " ".join((told, *self.held_back))


def release_past(
    gate: Gate, collection: Collection, progress: Progress, *, weeks: int
) -> PastReport:
    """Release every week that is over and has texts, the oldest first, and usage by that stretch.

    What is there stays as it is; what the rule holds back is told and left. A small programme shows
    more by four weeks than by one. Raises NotReleasable.
    """
    made: list[ReleaseReport] = []
    held_back = []
    wanted = list(_wanted(gate, collection, weeks))
    for number, (subject, begin) in enumerate(wanted):
        progress(f"{subject.name}, from {begin}", number / len(wanted))
        try:
            made.append(release_subject(gate, subject, _quietly, week=begin))
        except JobError as error:
            held_back.append(f"{subject.name}, from {begin}: {error}")
    there = sum(report.did == "there" for report in made)
    return PastReport(len(made) - there, there, tuple(held_back))


def _wanted(gate: Gate, collection: Collection, weeks: int) -> Iterator[tuple[Subject, date]]:
    """What people wrote before what they used: the audit of the second knows the first."""
    with writing(gate.engine) as connection:
        written = release_people.weeks_over(connection, collection)
    yield from ((of_responses(collection), week) for week in written)
    used = [subject for subject in of_programme(collection) if subject.weeks == weeks]
    for begin in sorted({stretch_of(week, weeks) for week in written}):
        yield from ((subject, begin) for subject in used)


def _quietly(_told: str, _share: float) -> None:
    """Progress is told by the release here."""
