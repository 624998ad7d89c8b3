"""Make a weekly release: count, decide what may be shown, try to break it, store it.

What is shown is decided by `analysis.suppression`; before anything is stored the auditor attacks
what is about to be published, knowing nothing else, and a release that gives way is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.linked_tables import ABSENT, LinkedTables
from analysis.release_rule import Rule, counted
from analysis.releases_compared import Earlier, coded, past_of, standing
from analysis.suppression import Decision, decide
from jobs.errors import JobError
from jobs.releases.release_audit import audit_alone, audit_beside
from jobs.releases.release_dimensions import dimensions_of, profiles_of
from queries.collection import Collection
from queries.gate import Gate, alone, writing
from queries.releases import release_people, releases
from queries.releases.releases import Dimension, Made, NewCell, Stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

Progress = Callable[[str, float], None]
FIRST_MONDAY = date(2024, 1, 1)  # from which stretches of several weeks are counted
Profiles = dict[str, tuple[str, ...]]


class NotOver(JobError):
    """A week, or a stretch of several, that is still going on."""

    def __init__(self, begin: date, weeks: int, last: date) -> None:
        stretch = "week" if weeks == 1 else f"{weeks} weeks"
        super().__init__(f"The {stretch} of {begin} is not over. The last that is began on {last}.")


class ToldOtherwise(JobError):
    """A part of the time was released by another stretch."""

    def __init__(self, wanted: date, name: str, week: date, weeks: int) -> None:
        stretch = "week" if weeks == 1 else f"{weeks} weeks"
        super().__init__(
            f"Nothing is released from {wanted}: {name} of the {stretch} from {week} tells of the "
            "same people in a part of that time, and the difference could tell what one of the two "
            "hides. A time is told by weeks or by four weeks, never by both."
        )


@dataclass(frozen=True)
class Subject:
    """What a release counts. `count` gives, for a Monday and the fewest people of a number, the
    people (columns owner, coach, rows), what they are counted by, and each one's values.
    `family`: the names under which the same people are told of by this or by another stretch.
    `told_beside`: of a Monday, how many people at least other releases tell to be in a cell, by
    (dimension, value)."""

    name: str
    system: str
    measure: str
    weeks: int
    count: "Callable[[Connection, date, int], tuple[pd.DataFrame, list[Dimension], Profiles]]"
    family: tuple[str, ...] = ()
    told_beside: "Callable[[Connection, date], Mapping[tuple[str, str], int]]" = lambda *_: {}


@dataclass(frozen=True)
class ReleaseReport:
    """What `release make` did: 'made', or 'there' when the week had been released before."""

    did: str
    id: int
    week: date
    revision: int
    shown: int
    cells: int

    def __str__(self) -> str:
        """The sentence for people."""
        did = "made" if self.did == "made" else "was there before"
        return (
            f"Release {self.id} for the week of {self.week} {did}: "
            f"{self.shown:,} of {self.cells:,} numbers shown."
        )


def make_release(
    gate: Gate,
    collection: Collection,
    progress: Progress,
    *,
    week: date | None = None,
    rule: Rule | None = None,
    correct: bool = False,
) -> ReleaseReport:
    """Release a closed week, the last one unless told; once, unless it is to be corrected.

    Without a rule that of the release before holds. Raises NotOver, JobError for a day that is no
    Monday, and when the auditor
    finds a hidden cell that could be worked out: then nothing is stored.
    """
    subject = of_responses(collection)
    return release_subject(gate, subject, progress, week=week, rule=rule, correct=correct)


def of_responses(collection: Collection) -> Subject:
    """What people wrote in a coaching collection."""

    def count(
        connection: "Connection", week: date, fewest: int
    ) -> tuple[pd.DataFrame, list[Dimension], Profiles]:
        people = release_people.people_of_week(connection, collection, week)
        names = release_people.theme_names(connection, collection, fewest)
        categories = release_people.categories(connection, collection)
        dimensions = dimensions_of(categories, names)
        return people, dimensions, profiles_of(people, dimensions)

    return Subject(collection.name, collection.group, "responses", 1, count)


def release_subject(
    gate: Gate,
    subject: Subject,
    progress: Progress,
    *,
    week: date | None = None,
    rule: Rule | None = None,
    correct: bool = False,
) -> ReleaseReport:
    """As make_release, for anything that is counted. `week` is the Monday it begins on.

    Raises ToldOtherwise, too: two stretches that overlap are never both released.
    """
    with alone(gate.engine, "release", subject.family[0] if subject.family else subject.name):
        monday = _closed(gate, week, subject.weeks)
        with writing(gate.engine) as connection:
            other = releases.overlapping(connection, subject.family, monday, subject.weeks)
            if other:
                raise ToldOtherwise(monday, *other)
            before = releases.earlier(connection, subject.name)
        there = [release for release in before if release.week == monday]
        if there and not correct:
            return _report("there", there[-1].id, monday, there[-1].revision, there[-1].people)
        made = Made(*_named(subject), monday, subject.weeks, len(there) + 1)
        return _make(gate, subject, progress, made, before, rule or _as_before(before))


def _as_before(before: Sequence[Stored]) -> Rule:
    """The rule of the release before: what was decided once holds until somebody says otherwise."""
    return Rule(**before[-1].rule) if before else Rule()


def _named(subject: Subject) -> tuple[str, str, str]:
    return subject.name, subject.system, subject.measure


def _closed(gate: Gate, week: date | None, weeks: int) -> date:
    last = releases.last_closed_week(gate.engine) - timedelta(weeks=weeks - 1)
    if week is None:
        return stretch_of(last, weeks)
    if week.isoweekday() != 1:
        raise JobError(f"A release begins on a Monday; {week} is no Monday.")
    begin = stretch_of(week, weeks)
    if begin > last:
        raise NotOver(begin, weeks, stretch_of(last, weeks))
    return begin


def stretch_of(week: date, weeks: int) -> date:
    """The Monday on which the stretch of that many weeks begins that the week of that Monday is in;
    stretches never overlap."""
    since = (week - FIRST_MONDAY).days // 7
    return week - timedelta(weeks=since % weeks)


def _make(
    gate: Gate,
    subject: Subject,
    progress: Progress,
    which: Made,
    before: Sequence[Stored],
    rule: Rule,
) -> ReleaseReport:
    progress("counting", 0.0)
    with writing(gate.engine) as connection:
        people, dimensions, profiles = subject.count(connection, which.week, rule.people)
        beside = subject.told_beside(connection, which.week)
    progress("deciding what may be shown", 0.1)
    layout, decision, deciders = _decided(people, profiles, dimensions, before, rule)
    progress("trying to break it", 0.8)
    told = asdict(rule) | audit_alone(layout, decision, rule)
    audit_beside(layout, decision, rule, dimensions, beside)
    new = list(_cells(layout, decision, dimensions, deciders))
    with writing(gate.engine) as connection:
        number = releases.store(connection, which, told, dimensions, profiles, new)
    return _report("made", number, which.week, which.revision, [cell.people for cell in new])


def _decided(
    people: pd.DataFrame,
    profiles: dict[str, tuple[str, ...]],
    dimensions: Sequence[Dimension],
    before: Sequence[Stored],
    rule: Rule,
) -> tuple[LinkedTables, Decision, list[int | None]]:
    """What may be shown of the week's cells, and the earlier release whose decision stands."""
    values = _keys(dimensions)
    layout = LinkedTables(tuple(len(listed) for listed in values.values()))
    codes = coded(list(profiles.values()), list(values.values()))
    coaches = pd.factorize(people["coach"])[0]
    now = layout.cells_of(codes)
    counts = counted(layout, now, people["rows"].to_numpy(np.int64), coaches)
    gone = sorted({owner for release in before for owner in release.profiles} - set(profiles))
    everybody = [*profiles, *gone]
    here = np.vstack([now, np.full((len(gone), now.shape[1]), ABSENT)])
    pasts = [past_of(_earlier(release), values, everybody) for release in before]
    past = standing(here, pasts, rule, layout.cells)
    decision = decide(layout, counts, rule, past)
    standing_of = zip(decision.fresh, past.by, strict=True)
    return layout, decision, [None if fresh else before[by].id for fresh, by in standing_of]


def _keys(dimensions: Iterable[Dimension]) -> dict[str, list[str]]:
    return {d.name: [key for key, _ in d.values] for d in dimensions}


def _earlier(release: Stored) -> Earlier:
    own = [decider == release.id for decider in release.decided]
    values = _keys(release.dimensions)
    return Earlier(values, release.profiles, release.people, release.rows, own)


def _cells(
    layout: LinkedTables,
    decision: Decision,
    dimensions: Sequence[Dimension],
    deciders: Sequence[int | None],
) -> Iterator[NewCell]:
    """The cells in their order, each with its values' labels and its number, if it has one."""
    for cell, key in enumerate(layout.keys):
        where = tuple(
            (dimension.name, dimension.values[value][1])
            for dimension, value in zip(dimensions, key, strict=True)
            if value != ABSENT
        )
        shown = bool(decision.shown[cell])
        people = int(decision.people[cell]) if shown else None
        rows = int(decision.rows[cell]) if shown else None
        yield NewCell(where, people, rows, deciders[cell])


def _report(
    did: str, number: int, week: date, revision: int, people: Sequence[int | None]
) -> ReleaseReport:
    shown = sum(count is not None for count in people)
    return ReleaseReport(did, number, week, revision, shown, len(people))
