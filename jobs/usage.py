"""What a release of usage counts, and by what: subjects for `jobs.release`.

The people of a week are released by five things at once, and again by the days of the week. The two
share nothing but the total, so what one hides the other cannot tell (docs/decisions/releases.md).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.release_rule import Rule
from jobs.release import (
    NotOver,
    Profiles,
    Progress,
    ReleaseReport,
    Subject,
    release_subject,
)
from jobs.release_dimensions import SESSIONS
from queries import release_people, usage_people
from queries.collection import Collection
from queries.gate import Gate, writing
from queries.releases import Dimension

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection

Counted = tuple["pd.DataFrame", list[Dimension], Profiles]
Read = Callable[["Connection", date, int], "pd.DataFrame"]

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
DAYS = tuple(
    Dimension(day, (("yes", "active"), ("no", "not active")))
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
)
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
    """Whatever usage can be released here: of coaching, of communities, of Northlight itself."""
    found = []
    with writing(gate.engine) as connection:
        for one in collections:
            if one.owner and usage_people.has_sessions(connection, one) and _answers(one):
                found += [_week(one), _by_day(one), _month(one)]
            if one.owner and usage_people.has_events(connection, one):
                found.append(_community(one))
    return [*found, _northlight()]


def release_usage(
    gate: Gate,
    collections: Sequence[Collection],
    progress: Progress,
    *,
    week: date | None = None,
    rule: Rule | None = None,
    correct: bool = False,
) -> Iterator[tuple[str, ReleaseReport | NotOver]]:
    """Release every subject, each with its report; four weeks that go on are told and left."""
    for subject in subjects(gate, collections):
        try:
            made = release_subject(gate, subject, progress, week=week, rule=rule, correct=correct)
            yield subject.name, made
        except NotOver as going_on:
            if subject.weeks == 1:
                raise
            yield subject.name, going_on


def _answers(collection: Collection) -> bool:
    """The responses stand for their system: one release a system, not one a table."""
    return collection.table.endswith("exercise_responses")


def _week(collection: Collection) -> Subject:
    return Subject(f"{collection.name}_usage", collection.group, "actions", 1, _of(collection, 1))


def _month(collection: Collection) -> Subject:
    name = f"{collection.name}_usage_4_weeks"
    return Subject(name, collection.group, "actions", 4, _of(collection, 4))


def _of(collection: Collection, weeks: int) -> "Callable[[Connection, date, int], Counted]":
    def count(connection: "Connection", start: date, fewest: int) -> Counted:
        people = usage_people.of_coaching(connection, collection, start, weeks)
        chats = usage_people.asked_collection(connection, collection)
        asked = _themes(connection, chats, fewest, "asked about", "did not ask the avatar")
        return _counted(people, ("feature", "asked", "step", "back"), (FEATURE, asked, STEP, BACK))

    return count


def _by_day(collection: Collection) -> Subject:
    def count(connection: "Connection", start: date, _fewest: int) -> Counted:
        people = usage_people.of_coaching(connection, collection, start, 1)
        for number, day in enumerate(DAYS, 1):
            people[day.name] = ["yes" if number in days else "no" for days in people["days"]]
        return _counted(people, tuple(day.name for day in DAYS), DAYS)

    return Subject(f"{collection.name}_usage_by_day", collection.group, "actions", 1, count)


def _community(collection: Collection) -> Subject:
    def count(connection: "Connection", start: date, fewest: int) -> Counted:
        people = usage_people.of_community(connection, collection, start, 1)
        looked = _themes(connection, collection, fewest, "looked at", "opened nothing")
        fields = ("event", "searched", "looked", "back")
        return _counted(people, fields, (EVENT, SEARCHED, looked, BACK))

    return Subject(f"{collection.name}_usage", collection.group, "actions", 1, count)


def _northlight() -> Subject:
    def count(connection: "Connection", start: date, _fewest: int) -> Counted:
        people = usage_people.of_northlight(connection, start, 1)
        fields = ("role", "action", "searched", "waited", "back")
        return _counted(people, fields, (ROLE, ACTION, SEARCHED, WAITED, BACK))

    return Subject("northlight_usage", "northlight", "actions", 1, count)


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
