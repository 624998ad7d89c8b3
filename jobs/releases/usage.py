"""What a release of usage counts, and by what: subjects for `jobs.releases.release`.

The people of a week are released by five things at once, and again by the days of the week; those
of four weeks by the same things, and again by its weeks. The two of a stretch share nothing but the
total, so what one hides the other cannot tell. A time is told by one stretch only
(docs/decisions/releases.md).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.release_rule import Rule
from jobs.releases.release import (
    NotOver,
    Profiles,
    Progress,
    ReleaseReport,
    Subject,
    release_subject,
)
from jobs.releases.release_dimensions import SESSIONS
from queries.collection import Collection
from queries.gate import Gate, writing
from queries.releases import release_people, releases, usage_people
from queries.releases.releases import Dimension

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection

Counted = tuple["pd.DataFrame", list[Dimension], Profiles]
Read = Callable[["Connection", date, int], "pd.DataFrame"]
Count = Callable[["Connection", "pd.DataFrame", int], Counted]

BACK = Dimension(
    "came back",
    (
        ("new", "never seen before"),
        ("before", "also in the time before"),
        ("returned", "after a pause"),
    ),
)
STEP = Dimension(
    "got to",
    (("began", "began"), ("completed", "completed a session"), ("kept", "kept an entry")),
)
FEATURE = Dimension("feature", tuple((kind, kind.replace("_", " ")) for kind in SESSIONS))
PRESENT = (("yes", "active"), ("no", "not active"))
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = tuple(Dimension(day, PRESENT) for day in WEEKDAYS)
WEEKS = tuple(Dimension(f"week {number}", PRESENT) for number in range(1, 5))
MOSTLY_ON = Dimension("mostly on", tuple((str(n), day) for n, day in enumerate(WEEKDAYS, 1)))
EVENTS = (
    *("page_view", "search", "content_view", "content_click", "profile_view", "export"),
    *("login", "registration", "other"),
)
EVENT = Dimension("feature", tuple((kind, kind.replace("_", " ")) for kind in EVENTS))
SEARCHED = Dimension(
    "searched",
    (
        ("none", "did not search"),
        ("found", "always found something"),
        ("nothing", "found nothing at least once"),
    ),
)
ROLES = ("coach", "analyst", "product", "engineer", "operator")
ROLE = Dimension("role", tuple((role, role) for role in ROLES))
ACTIONS = ("search", "open", "neighbours", "members", "export", "other")
ACTION = Dimension("feature", tuple((action, action) for action in ACTIONS))
WAITED = Dimension(
    "waited",
    (
        ("fast", "under a second a page"),
        ("slow", "one to three seconds a page"),
        ("long", "over three seconds a page"),
        ("unknown", "not measured"),
    ),
)


def subjects(gate: Gate, collections: Sequence[Collection]) -> list[Subject]:
    """Whatever usage can be released here, by weeks and by four weeks: of coaching, of communities,
    of Northlight itself."""
    found = []
    with writing(gate.engine) as connection:
        for one in collections:
            if one.owner and usage_people.has_sessions(connection, one) and _answers(one):
                found += of_programme(one)
            if one.owner and usage_people.has_events(connection, one):
                found += _community(one)
    return [*found, *_northlight()]


def release_usage(
    gate: Gate,
    collections: Sequence[Collection],
    progress: Progress,
    *,
    week: date | None = None,
    rule: Rule | None = None,
    correct: bool = False,
    weeks: int | None = None,
) -> Iterator[tuple[str, ReleaseReport | NotOver]]:
    """Release every subject, each with its report; four weeks that go on are told and left.

    `weeks`, 1 or 4, is the stretch; without it that of the release before, or a week.
    Raises JobError as `jobs.releases.release.release_subject`.
    """
    for subject in subjects(gate, collections):
        if subject.weeks != (weeks or _as_before(gate, subject)):
            continue
        try:
            made = release_subject(gate, subject, progress, week=week, rule=rule, correct=correct)
            yield subject.name, made
        except NotOver as going_on:
            if subject.weeks == 1:
                raise
            yield subject.name, going_on


def _as_before(gate: Gate, subject: Subject) -> int:
    with writing(gate.engine) as connection:
        return releases.stretch(connection, subject.family) or 1


def _answers(collection: Collection) -> bool:
    """The responses stand for their system: one release a system, not one a table."""
    return collection.table.endswith("exercise_responses")


def of_programme(collection: Collection) -> list[Subject]:
    """What people of a coaching programme use; the collection is that of its responses."""

    def read(connection: "Connection", start: date, weeks: int) -> "pd.DataFrame":
        return usage_people.of_coaching(connection, collection, start, weeks)

    def count(connection: "Connection", people: "pd.DataFrame", fewest: int) -> Counted:
        chats = usage_people.asked_collection(connection, collection)
        asked = _themes(connection, chats, fewest, "asked about", "did not ask the avatar")
        return _counted(people, ("feature", "asked", "step", "back"), (FEATURE, asked, STEP, BACK))

    return _family(collection.name, collection.group, read, count, collection.name)


def _community(collection: Collection) -> list[Subject]:
    def read(connection: "Connection", start: date, weeks: int) -> "pd.DataFrame":
        return usage_people.of_community(connection, collection, start, weeks)

    def count(connection: "Connection", people: "pd.DataFrame", fewest: int) -> Counted:
        looked = _themes(connection, collection, fewest, "looked at", "opened nothing")
        fields = ("event", "searched", "looked", "back")
        return _counted(people, fields, (EVENT, SEARCHED, looked, BACK))

    return _family(collection.name, collection.group, read, count)


def _northlight() -> list[Subject]:
    def count(_connection: "Connection", people: "pd.DataFrame", _fewest: int) -> Counted:
        fields = ("role", "action", "searched", "waited", "back")
        return _counted(people, fields, (ROLE, ACTION, SEARCHED, WAITED, BACK))

    return _family("northlight", "northlight", usage_people.of_northlight, count)


def _family(
    name: str, system: str, read: Read, count: Count, written: str | None = None
) -> list[Subject]:
    """A week with its days, and four weeks with their weeks: the same people by two stretches.

    `written`: the releases of what people wrote in a week, who were active in it for sure.
    """
    told: dict[str, tuple[int, Count]] = {
        f"{name}_usage": (1, count),
        f"{name}_usage_by_day": (1, _by_day),
        f"{name}_usage_4_weeks": (4, count),
        f"{name}_usage_4_weeks_by_week": (4, _by_week),
    }
    names = tuple(told)
    made = [
        Subject(one, system, "actions", weeks, _reading(read, weeks, by), names)
        for one, (weeks, by) in told.items()
    ]
    *others, by_week = made
    return [*others, replace(by_week, told_beside=_writers(written))] if written else made


def _writers(name: str) -> "Callable[[Connection, date], dict[tuple[str, str], int]]":
    """At least how many were active in each of four weeks: those who are released as writers."""

    def told(connection: "Connection", start: date) -> dict[tuple[str, str], int]:
        return {
            (WEEKS[(week - start).days // 7].name, "yes"): _at_least(people, fresh, Rule(**rule))
            for week, people, fresh, rule in releases.totals(connection, name, start, len(WEEKS))
        }

    return told


def _at_least(shown: int, fresh: bool, rule: Rule) -> int:
    """The least number that is shown like this; one that stands may be off by k - 1."""
    least, _ = rule.unrounded(np.array([shown]))
    return max(int(least[0]) - (0 if fresh else rule.people - 1), rule.people)


def _reading(read: Read, weeks: int, count: Count) -> "Callable[[Connection, date, int], Counted]":
    def counted(connection: "Connection", start: date, fewest: int) -> Counted:
        return count(connection, read(connection, start, weeks), fewest)

    return counted


def _by_day(_connection: "Connection", people: "pd.DataFrame", _fewest: int) -> Counted:
    return _counted(_present(people, "days", DAYS), tuple(day.name for day in DAYS), DAYS)


def _by_week(_connection: "Connection", people: "pd.DataFrame", _fewest: int) -> Counted:
    told = _present(people, "weeks", WEEKS)
    told["mostly_on"] = [str(day) for day in told["mostly_on"]]
    return _counted(told, (*(week.name for week in WEEKS), "mostly_on"), (*WEEKS, MOSTLY_ON))


def _present(
    people: "pd.DataFrame", column: str, dimensions: Sequence[Dimension]
) -> "pd.DataFrame":
    """With one column a dimension: whether its number, from 1, is among those of the person."""
    numbered = enumerate(dimensions, 1)
    seen = {d.name: ["yes" if n in has else "no" for has in people[column]] for n, d in numbered}
    return people.assign(**seen)


def _themes(
    connection: "Connection", collection: Collection | None, fewest: int, name: str, none: str
) -> Dimension:
    """The broad themes of a collection, whether or not anybody was in them."""
    named = release_people.theme_names(connection, collection, fewest) if collection else []
    return Dimension(name, (*named, ("unsorted", "something in no theme"), ("none", none)))


def _counted(
    people: "pd.DataFrame", fields: Sequence[str], dimensions: Sequence[Dimension]
) -> Counted:
    known = [{key for key, _ in dimension.values} for dimension in dimensions]
    profiles = {
        row["owner"]: tuple(
            _value(row[field], keys) for field, keys in zip(fields, known, strict=True)
        )
        for row in people.to_dict("records")
    }
    return people, list(dimensions), profiles


def _value(value: Any, known: set[str]) -> str:
    """The value, or the dimension's word for whatever it does not name."""
    if isinstance(value, str) and value in known:
        return value
    missing = "none" if not isinstance(value, str) else "other"
    return missing if missing in known else "unsorted"
