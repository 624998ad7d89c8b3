"""Consent of the people whose texts these are, by purpose. It holds until it is withdrawn."""

import pandas as pd
from sqlalchemy import Engine, text

from queries.gate import writing

PURPOSES = ("coaching", "research", "product")


def withdraw(engine: Engine, system: str, owner: str, purpose: str) -> bool:
    """Withdraw one owner's consent; whether it held until now. It counts from the next read."""
    return _changed(
        engine,
        "INSERT INTO northlight_auth.withdrawal (system, owner, purpose) "
        "VALUES (:system, :owner, :purpose) ON CONFLICT DO NOTHING",
        {"system": system, "owner": owner, "purpose": purpose},
    )


def give(engine: Engine, system: str, owner: str, purpose: str) -> bool:
    """Take a withdrawal back; whether there was one."""
    return _changed(
        engine,
        "DELETE FROM northlight_auth.withdrawal "
        "WHERE system = :system AND owner = :owner AND purpose = :purpose",
        {"system": system, "owner": owner, "purpose": purpose},
    )


def withdrawals(engine: Engine) -> pd.DataFrame:
    """Columns system, owner, purpose, withdrawn_at; the latest first."""
    statement = text(
        "SELECT system, owner, purpose, withdrawn_at FROM northlight_auth.withdrawal "
        "ORDER BY withdrawn_at DESC, system, owner, purpose"
    )
    with writing(engine) as connection:
        found = connection.execute(statement)
        return pd.DataFrame(found.fetchall(), columns=list(found.keys()))


def _changed(engine: Engine, statement: str, given: dict[str, str]) -> bool:
    with writing(engine) as connection:
        return connection.execute(text(statement), given).rowcount > 0
