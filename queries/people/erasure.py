"""Erasing one person: every row, everything made of it, and everything that is kept about it.

A table that Northlight only reads stays as it is: how many rows wait for its owner is reported,
nothing made of them is kept, and they are closed to every purpose until they are gone.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, text

from queries.errors import ServerError
from queries.gate import outside_transaction, writing
from queries.identifiers import identifier
from queries.people import forgetting, names_of_person, own_tables
from queries.people.person_tables import PersonTable, count, declared, is_laid_out, person_tables

# Before the rows with the person's id: what hangs on them, or has a function of its own.
FIRST = {
    "community": (
        "SELECT community.erase_user_data(u.id) FROM community.users u WHERE u.id::text = :owner",
    ),
    "twin": (
        "DELETE FROM twin.analytics a USING twin.conversations c "
        "WHERE c.id = a.conversation_id AND c.user_id = :owner",
        "DELETE FROM twin.rate_limits WHERE :owner = ANY (regexp_split_to_array(key, '[:/| ]'))",
    ),
}
# Their rows do not say whose they are, and can be made again: the whole cache goes.
AFTER = {
    "playbook": (
        "DELETE FROM playbook.embeddings_cache",
        "SELECT playbook.refresh_analytics_views()",
    ),
    "twin": ("DELETE FROM twin.database_cache",),
}
WITHDRAWAL = "northlight_auth.withdrawal"
# Counts and epochs: nobody's own.
NOT_TOLD = ("northlight.lexeme", "northlight_auth.person", "northlight_auth.erasure")
_TOUCHED = text(
    "SELECT format('%I.%I', s.schemaname, s.relname) AS relation, "
    "s.schemaname || '.' || regexp_replace(s.relname, '^(embedding|document)_\\d+$', '\\1') "
    "AS name, s.n_tup_del + s.n_tup_upd AS rows FROM pg_stat_xact_user_tables s "
    "JOIN pg_class c ON c.oid = s.relid WHERE c.relkind = 'r' AND c.relpersistence <> 't' "
    "AND s.n_tup_del + s.n_tup_upd > 0"
)


@dataclass(frozen=True)
class Erased:
    """What went: rows by table. `in_place`: rows left by table, for the table's owner to delete."""

    removed: Mapping[str, int]
    in_place: Mapping[str, int] = field(default_factory=dict)
    collections: tuple[str, ...] = ()  # whose maps still have to be fitted without the person
    relations: tuple[str, ...] = ()
    digest: str = ""

    @property
    def anything(self) -> bool:
        """Whether there was anything to erase."""
        return bool(self.removed)


def erase(engine: Engine, system: str, owner: str, by: str) -> Erased:
    """Erase a person, all or nothing; the list of the erased keeps a keyed digest.

    What was deleted is then vacuumed away, so that no file of the database holds it for longer than
    running transactions need it.
    """
    with writing(engine) as connection:
        _one_at_a_time(connection)
        erased = _erase(connection, system, owner)
        if erased.anything:
            _record(connection, system, erased, by)
    with outside_transaction(engine) as connection:
        for relation in erased.relations:
            connection.exec_driver_sql(f"VACUUM {relation}".replace("%", "%%"))
    return erased


def remember(engine: Engine, entries: Iterable[Mapping[str, Any]]) -> int:
    """Put erasures that were kept outside the database on its list; how many it did not know."""
    added = text(
        "INSERT INTO northlight_auth.erasure (system, digest, erased_at, erased_by) "
        "VALUES (:system, :digest, :at, :by) ON CONFLICT DO NOTHING"
    )
    with writing(engine) as connection:
        return sum(connection.execute(added, dict(entry)).rowcount for entry in entries)


def replay(engine: Engine, by: str = "replay") -> list[Erased]:
    """Erase again everybody on the list of whom there is something; what went of each."""
    done = []
    for system in _systems(engine):
        with writing(engine) as connection:
            back = _back(connection, system)
        done += [erase(engine, system, owner, by) for owner in back]
    return [erased for erased in done if erased.anything]


def _erase(connection: Connection, system: str, owner: str) -> Erased:
    before = _touched(connection)
    ours = [table for table in person_tables(connection, system) if table.ours]
    others = [table for table in person_tables(connection, system) if not table.ours]
    names = names_of_person.names_told(connection, system, owner)
    _delete_rows(connection, system, owner, ours)
    left = {table.name: count(connection, table, owner) for table in others}
    left = {name: rows for name, rows in left.items() if rows}
    _take_rights(connection, system, owner, closed=bool(left))
    changed = {identifier(name) for name in _changed(before, _touched(connection))}
    collections = tuple(
        collection.name
        for collection in declared(connection)
        if (collection.group == system or identifier(collection.table) in changed)
        and forgetting.forget(connection, collection, owner)
    )
    names_of_person.forget_names(connection, names)
    return _told(connection, system, owner, before, left, collections)


def _told(
    connection: Connection,
    system: str,
    owner: str,
    before: Counter[tuple[str, str]],
    left: Mapping[str, int],
    collections: tuple[str, ...],
) -> Erased:
    """The report; where there was anything, the caches go too and every cached page ends."""
    if _changed(before, _touched(connection)):
        if is_laid_out(connection, system):
            _run(connection, AFTER.get(system, ()), owner)
        connection.execute(text("UPDATE northlight_auth.person SET epoch = epoch + 1"))
    touched = _touched(connection) - before
    removed: Counter[str] = Counter()
    for (_, name), rows in touched.items():
        removed[name] += 0 if name in NOT_TOLD else rows
    digest = text("SELECT northlight_auth.erasure_digest(:system, :owner)")
    made = connection.execute(digest, {"system": system, "owner": owner}).scalar_one()
    relations = tuple(relation for relation, _ in touched)
    return Erased(dict(sorted((+removed).items())), left, collections, relations, made)


def _delete_rows(
    connection: Connection, system: str, owner: str, tables: Iterable[PersonTable]
) -> None:
    if is_laid_out(connection, system):
        _run(connection, FIRST.get(system, ()), owner)
    _run(connection, (f"DELETE {table.of_owner}" for table in tables), owner)


def _take_rights(connection: Connection, system: str, owner: str, *, closed: bool) -> None:
    """Nobody reaches the person, and nothing Northlight keeps is about them.

    Where rows are left in somebody else's table, consent is withdrawn for every purpose instead of
    forgotten: otherwise erasing would open what a withdrawal had closed.
    """
    own_tables.forget_owner(connection, system, owner, (WITHDRAWAL,) if closed else ())
    if closed:
        withdrawal = (
            f"INSERT INTO {WITHDRAWAL} (system, owner, purpose) SELECT :system, "
            ":owner, unnest(ARRAY['coaching', 'research', 'product']) ON CONFLICT DO NOTHING"
        )
        connection.execute(text(withdrawal), {"system": system, "owner": owner})


def _record(connection: Connection, system: str, erased: Erased, by: str) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight_auth.erasure (system, digest, erased_by, report) "
            "VALUES (:system, :digest, :by, CAST(:report AS jsonb)) ON CONFLICT (system, digest) "
            "DO UPDATE SET erased_at = now(), erased_by = excluded.erased_by, "
            "report = excluded.report"
        ),
        {
            "system": system,
            "digest": erased.digest,
            "by": by,
            "report": json.dumps({"removed": erased.removed, "in_place": erased.in_place}),
        },
    )


def _back(connection: Connection, system: str) -> list[str]:
    """Owners on the list whom some table still, or again, knows."""
    known = [
        f"SELECT t.{table.column}::text FROM {identifier(table.name)} t"
        for table in person_tables(connection, system)
    ]
    known += [
        f"SELECT owner FROM {table} WHERE system = :system"
        for table in own_tables.of_owner(connection)
    ]
    if system == "community" and is_laid_out(connection, system):
        known.append("SELECT id::text FROM community.users")
    found = connection.execute(
        text(
            f"SELECT o.owner FROM ({' UNION '.join(known)}) AS o (owner) "
            "JOIN northlight_auth.erasure e ON e.system = :system "
            "AND e.digest = northlight_auth.erasure_digest(:system, o.owner)"
        ),
        {"system": system},
    )
    return list(found.scalars())


def _systems(engine: Engine) -> list[str]:
    with writing(engine) as connection:
        return list(
            connection.execute(
                text("SELECT DISTINCT system FROM northlight_auth.erasure ORDER BY system")
            ).scalars()
        )


def _touched(connection: Connection) -> Counter[tuple[str, str]]:
    """Rows deleted or changed by this session so far, cascades included: (relation, told as)."""
    return Counter({(row.relation, row.name): row.rows for row in connection.execute(_TOUCHED)})


def _changed(before: Counter[tuple[str, str]], now: Counter[tuple[str, str]]) -> set[str]:
    return {name for _, name in now - before}


def _run(connection: Connection, statements: Iterable[str], owner: str) -> None:
    for statement in statements:
        given = {"owner": owner} if ":owner" in statement else {}
        connection.execute(text(statement), given)


def _one_at_a_time(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.erasure'))"))
    if connection.execute(text("SHOW track_counts")).scalar_one() != "on":
        raise ServerError(
            "Nothing was erased: the server does not count rows (track_counts is off), so there "
            "could be no report. Turn it on in the server's configuration."
        )
