"""A model's brief kept for its coach, shown again as far as it still stands in the texts."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from jobs.coaching.brief import Author, Brief, Passage, Sentence
from jobs.coaching.written_brief import in_sections, read_anew
from queries.collection import Collection
from queries.gate import Gate
from queries.people import kept_briefs

GONE = "whose passage is no longer in its text"


def keep(gate: Gate, collection: Collection, owner: str, made: Brief) -> None:
    """Keep a model's brief in place of the coach's last about the client.

    Raises ValueError for one of facts, IdentityRefused for no client of theirs.
    """
    author = made.author
    if author is None or made.since is None:
        raise ValueError("a brief of facts is made anew each time")
    told = {
        **{"model": author.model, "prompt_version": author.prompt_version},
        **{"since": _iso(made.since), "session": made.session, "later": _iso(made.later)},
        **{"latest": _iso(author.latest), "left_out": dict(author.left_out)},
        "sentences": [
            {"section": section, "said": one.text, "passages": [_told(p) for p in one.passages]}
            for section, said in made.sections.items()
            for one in said
        ],
    }
    kept_briefs.keep_brief(gate, collection, owner, told)


def _told(passage: Passage) -> dict[str, str | None]:
    named = {"collection": passage.collection, "row_id": passage.row_id}
    return named | {"at": _iso(passage.at), "about": passage.about, "quote": passage.quote}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def is_kept(gate: Gate, collection: Collection, owner: str) -> bool:
    """Whether the coach has one about the client; nothing of it is read."""
    return bool(kept_briefs.own_brief(gate, collection, owner))


def kept(gate: Gate, collection: Collection, owner: str) -> Brief | None:
    """The coach's kept brief about a client, without what no longer stands; None without one.

    Every passage's text is read anew, and recorded. A sentence is left out, and counted, when one
    of its quotations is not in its text letter by letter; a brief may have none left.
    """
    rows = kept_briefs.own_brief(gate, collection, owner)
    if not rows:
        return None
    said = [_sentence(list(of)) for _, of in groupby(rows, lambda row: row.place)]
    now = read_anew(gate, [p for _, one in said for p in one.passages], "open")
    stand = [
        (section, one)
        for section, one in said
        if all(p.quote in now[p.collection, p.row_id] for p in one.passages)
    ]
    head = rows[0]
    left_out = Counter(head.left_out) + Counter({GONE: len(said) - len(stand)})
    author = Author(head.model, head.prompt_version, head.written_at, head.latest, left_out)
    return Brief(head.since, head.session, head.later, in_sections(stand), author)


def _sentence(rows: Sequence[Any]) -> tuple[str, Sentence]:
    passages = (Passage(r.collection, r.row_id, r.at, r.about, r.quote) for r in rows)
    return rows[0].section, Sentence(rows[0].said, tuple(passages))
