"""One coach's clients: who they are, and everything one of them did, with the words."""

import pandas as pd
from sqlalchemy import TableClause, column, select, table

from queries.collection import Collection
from queries.collections.companion import SHAPES
from queries.errors import QueryError
from queries.gate import Gate, Read
from queries.people.histories import NoProgress
from queries.statement import Statement

MOST = 2_000
FOUND = ("mood_by", "sentiment_by")
ANSWER = (
    *("row_id", "time", "text", "exercise", "category", "question", "mood", "mood_by"),
    *("confidence", "sentiment", "sentiment_by", "seconds", "insights", "audio", "video"),
    *("images", "theme_id"),
)
TEXTS = ("row_id", "time", "title", "text", "theme_id")


class NotDeclared(QueryError):
    """The collection has no such table beside it."""

    def __init__(self, collection: Collection, name: str) -> None:
        super().__init__(
            f"{collection.title} declares no {name}: [companion.{name}] in "
            f"`{collection.name}.toml` names the table and its columns."
        )


def profiles(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Who there is, by owner. Columns: owner, first_name, last_name, zone, focus, joined.

    Names and focus are hidden where owners are pseudonyms. Empty without profiles beside it.
    """
    if collection.companion("profiles") is None:
        return pd.DataFrame(columns=["owner", *SHAPES["profiles"]])
    view = _view(collection, "profiles")
    statement = select(*view.c).order_by(view.c.owner)
    return gate.frame(statement, read=Read("clients", collection.name))


def answers(gate: Gate, collection: Collection, owner: str, limit: int = MOST) -> pd.DataFrame:
    """What one person answered, the newest first. Raises NoProgress.

    Columns: ANSWER; `exercise` is its title, `mood_by` and `sentiment_by` say who told it: the
    person, the table, a model or the lexicon.
    """
    if collection.companion("answers") is None:
        raise NoProgress(collection)
    statement = answers_statement(collection, owner).limit(limit)
    return gate.frame(statement, read=_read(collection, "answers", owner))


def answers_statement(collection: Collection, owner: str) -> Statement:
    """The rows with what stands beside them; exercises only where they are declared."""
    rows, told = collection.view, _view(collection, "answers", *FOUND)
    points = collection.points
    source = rows.join(told, told.c.id == rows.c.row_id)
    source = source.outerjoin(points, points.c.row_id == rows.c.row_id)
    named = {"row_id": rows.c.row_id, "text": rows.c.text, "theme_id": points.c.theme_id}
    named |= {name: told.c[name] for name in ANSWER if name in told.c and name != "exercise"}
    named["exercise"] = told.c.exercise
    if collection.companion("exercises") is not None:
        exercises = _view(collection, "exercises")
        source = source.outerjoin(exercises, exercises.c.id == told.c.exercise)
        named |= {"exercise": exercises.c.title, "category": exercises.c.category}
        named |= {"question": exercises.c.question}
    shown = [named[name].label(name) for name in ANSWER if name in named]
    in_order = (told.c.time.desc(), rows.c.row_id)
    return select(*shown).select_from(source).where(rows.c.owner == owner).order_by(*in_order)


def texts(gate: Gate, collection: Collection, owner: str, limit: int = MOST) -> pd.DataFrame:
    """One person's rows of any collection, the newest first. Columns: TEXTS."""
    rows, points = collection.view, collection.points
    source = rows.outerjoin(points, points.c.row_id == rows.c.row_id)
    shown = [*(rows.c[name] for name in TEXTS[:-1]), points.c.theme_id]
    statement = select(*shown).select_from(source).where(rows.c.owner == owner)
    in_order = statement.order_by(rows.c.time.desc().nulls_last(), rows.c.row_id).limit(limit)
    return gate.frame(in_order, read=_read(collection, "texts", owner))


def sessions(gate: Gate, collection: Collection, owner: str, limit: int = MOST) -> pd.DataFrame:
    """One person's sessions, the newest first. Raises NotDeclared.

    Columns: id, kind, start, seconds, status, mood, exercises (ids), notes.
    """
    return _of_person(gate, collection, "sessions", owner, "start", limit)


def media(gate: Gate, collection: Collection, owner: str, limit: int = MOST) -> pd.DataFrame:
    """One person's media files, the newest first; the files themselves stay where they are.

    Columns: id, kind, name, description, time. Raises NotDeclared.
    """
    return _of_person(gate, collection, "media", owner, "time", limit)


def _of_person(
    gate: Gate, collection: Collection, name: str, owner: str, time: str, limit: int
) -> pd.DataFrame:
    if collection.companion(name) is None:
        raise NotDeclared(collection, name)
    view = _view(collection, name)
    statement = select(*(view.c[role] for role in SHAPES[name])).where(view.c.owner == owner)
    in_order = statement.order_by(view.c[time].desc().nulls_last(), view.c.id).limit(limit)
    return gate.frame(in_order, read=_read(collection, name, owner))


def _view(collection: Collection, name: str, *more: str) -> TableClause:
    roles = ("owner", *SHAPES[name], *more)
    return table(f"{collection.name}__{name}", *(column(role) for role in roles))


def _read(collection: Collection, what: str, owner: str) -> Read:
    return Read("open", collection.name, f"{what}; owner is {owner}")
