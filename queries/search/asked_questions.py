"""The questions that somebody asked lately: shown to nobody else, cleared at will (0041)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Text, cast, column, func, select
from sqlalchemy.types import DateTime

from queries.collection import Collection
from queries.gate import Gate
from queries.search.saved_searches import LONGEST_QUESTION
from queries.sendable import sendable


@dataclass(frozen=True)
class Asked:
    """A question, how it was searched by (hybrid, meaning, words), and when last."""

    question: str
    mode: str
    asked_at: datetime


def note(gate: Gate, collection: Collection, question: str, mode: str) -> None:
    """Keep a question of the reader's, unless it is very long or the reader wants none kept."""
    asked = sendable(question)
    if not 1 <= len(asked) <= LONGEST_QUESTION:
        return
    told = (cast(text, Text) for text in (collection.name, asked, mode))
    gate.value(select(func.northlight_auth.note_question(*told)))


def asked(gate: Gate, collection: Collection) -> list[Asked]:
    """What the reader asked of a collection: up to 30 questions of 30 days, the latest first."""
    told = func.northlight_auth.asked_questions(cast(collection.name, Text)).table_valued(
        column("question", Text),
        column("mode", Text),
        column("asked_at", DateTime(timezone=True)),
    )
    return [Asked(**row._mapping) for row in gate.rows(select(told))]


def forget_all(gate: Gate) -> None:
    """Forget every question of the reader's, in all collections."""
    gate.value(select(func.northlight_auth.forget_questions()))


def are_kept(gate: Gate) -> bool:
    """Whether the reader's questions are kept."""
    return bool(gate.value(select(func.northlight_auth.keeps_questions())))


def keep(gate: Gate, wanted: bool) -> None:
    """Keep the reader's questions from now on, or forget them and keep none."""
    gate.value(select(func.northlight_auth.keep_questions(cast(wanted, Boolean))))
