"""What is new for a reader since the last visit, in a few counts over what the reader may see."""

from datetime import datetime

import pandas as pd
from sqlalchemy import func, select

from queries.collection import Collection
from queries.gate import Gate
from queries.statement import Statement

SECONDS = 3


def last_here(gate: Gate) -> datetime | None:
    """When the reader's last visit ended; None for somebody who is here for the first time."""
    found: datetime | None = gate.value(select(func.northlight_auth.last_here()))
    return found


def new_rows(gate: Gate, collection: Collection, since: datetime) -> int:
    """Rows in reach whose time is later; 0 where the collection declares none."""
    if collection.time is None:
        return 0
    view = collection.view
    later = select(func.count()).select_from(view).where(view.c.time > since)
    return int(gate.value(later, seconds=SECONDS))


def born_themes(gate: Gate, collection: Collection, since: datetime) -> pd.DataFrame:
    """Themes of the current map that were born since, the largest first.

    Columns: id, name, size.
    """
    return gate.frame(_born(collection, since), seconds=SECONDS)


def _born(collection: Collection, since: datetime) -> Statement:
    themes, events = collection.themes, collection.events
    born = select(events.c.theme_id).where(events.c.kind == "born", events.c.created_at > since)
    chosen = select(themes.c.id, themes.c.name, themes.c.size).where(themes.c.id.in_(born))
    return chosen.order_by(themes.c.size.desc(), themes.c.id).limit(20)
