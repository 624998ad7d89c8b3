"""Which clients a coach reaches, and from when to when; which collections somebody was granted."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine, text

from queries.access.people import Person
from queries.gate import writing

GRANTED = ("analyst", "engineer")  # roles whose views ask for grants


def assign(
    engine: Engine,
    coach: Person,
    system: str,
    owners: Sequence[str],
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Let a coach reach these owners' rows of a system; how many assignments were new.

    From now on and without end unless told. What an assignment covers already adds nothing.
    """
    statement = text(
        "WITH wanted AS (SELECT DISTINCT unnest(CAST(:owners AS text[])) AS owner, "
        "tstzrange(coalesce(CAST(:since AS timestamptz), now()), CAST(:until AS timestamptz)) "
        "AS valid) "
        "INSERT INTO northlight_auth.assignment (coach_id, system, owner, valid) "
        "SELECT CAST(:coach AS uuid), :system, w.owner, w.valid FROM wanted w WHERE NOT EXISTS ("
        "SELECT FROM northlight_auth.assignment a WHERE a.coach_id = CAST(:coach AS uuid) "
        "AND a.system = :system AND a.owner = w.owner AND a.valid @> w.valid)"
    )
    given = {"coach": coach.id, "system": system, "owners": list(owners)}
    with writing(engine) as connection:
        made = connection.execute(statement, given | {"since": since, "until": until})
        return made.rowcount


def unassign(
    engine: Engine,
    coach: Person,
    system: str,
    owners: Sequence[str],
    at: datetime | None = None,
) -> int:
    """End what a coach reaches, now or at a time; how many assignments ended or were dropped.

    An assignment that would begin later is dropped; what was, stays as history.
    """
    of_these = (
        "a.coach_id = CAST(:coach AS uuid) AND a.system = :system "
        "AND a.owner = ANY (CAST(:owners AS text[]))"
    )
    when = "coalesce(CAST(:at AS timestamptz), clock_timestamp())"
    given = {"coach": coach.id, "system": system, "owners": list(owners), "at": at}
    drop = f"DELETE FROM northlight_auth.assignment a WHERE {of_these} AND lower(a.valid) >= {when}"
    end = (
        "UPDATE northlight_auth.assignment a SET valid = tstzrange(lower(a.valid), "
        f"{when}) WHERE {of_these} AND coalesce(upper(a.valid), 'infinity') > {when}"
    )
    with writing(engine) as connection:
        return sum(connection.execute(text(each), given).rowcount for each in (drop, end))


def assignments(engine: Engine, coach: Person) -> pd.DataFrame:
    """Columns system, owner, since, until (none: open), now (counts at this moment)."""
    statement = text(
        "SELECT a.system, a.owner, lower(a.valid) AS since, upper(a.valid) AS until, "
        "a.valid @> clock_timestamp() AS now FROM northlight_auth.assignment a "
        "WHERE a.coach_id = CAST(:coach AS uuid) ORDER BY a.system, a.owner, lower(a.valid)"
    )
    with writing(engine) as connection:
        found = connection.execute(statement, {"coach": coach.id})
        return pd.DataFrame(found.fetchall(), columns=list(found.keys()))


def grant(engine: Engine, person: Person, collections: Sequence[str]) -> int:
    """Grant whole collections, to an analyst or engineer; how many were new."""
    statement = (
        "INSERT INTO northlight_auth.grant_to (person_id, collection) "
        "SELECT CAST(:person AS uuid), unnest(CAST(:collections AS text[])) ON CONFLICT DO NOTHING"
    )
    return _granting(engine, statement, person, collections)


def revoke(engine: Engine, person: Person, collections: Sequence[str]) -> int:
    """Take grants back; how many there were."""
    statement = (
        "DELETE FROM northlight_auth.grant_to WHERE person_id = CAST(:person AS uuid) "
        "AND collection = ANY (CAST(:collections AS text[]))"
    )
    return _granting(engine, statement, person, collections)


def granted(engine: Engine, person: Person) -> list[str]:
    """The collections somebody was granted, by name."""
    statement = text(
        "SELECT collection FROM northlight_auth.grant_to "
        "WHERE person_id = CAST(:person AS uuid) ORDER BY collection"
    )
    with writing(engine) as connection:
        return list(connection.execute(statement, {"person": person.id}).scalars())


def _granting(engine: Engine, statement: str, person: Person, collections: Sequence[str]) -> int:
    given = {"person": person.id, "collections": list(collections)}
    with writing(engine) as connection:
        return connection.execute(text(statement), given).rowcount
