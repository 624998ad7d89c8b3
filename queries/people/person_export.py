"""Everything that is kept about one person, as one document."""

from typing import Any

from sqlalchemy import Connection, Engine, text

from queries.gate import writing
from queries.identifiers import identifier
from queries.people import own_tables
from queries.people.person_tables import PersonTable, declared, is_laid_out, person_tables

_KEPT = {
    "assignments": "SELECT p.name AS coach, lower(a.valid) AS since, upper(a.valid) AS until "
    "FROM northlight_auth.assignment a JOIN northlight_auth.person p ON p.id = a.coach_id "
    "WHERE a.system = :system AND a.owner = :owner",
    "withdrawals": "SELECT purpose, withdrawn_at FROM northlight_auth.withdrawal "
    "WHERE system = :system AND owner = :owner",
    "pseudonym": "SELECT northlight_auth.pseudonym(:system, :owner) AS pseudonym",
    # Private to the coach, also towards the client: whose and how many, never the words.
    "notes": "SELECT p.name AS coach, count(*) AS notes FROM northlight_auth.note n "
    "JOIN northlight_auth.person p ON p.id = n.coach_id "
    "WHERE n.system = :system AND n.owner = :owner GROUP BY p.id, p.name ORDER BY p.name",
    # Made of the client's own words by a machine: all of it.
    "briefs": "SELECT p.name AS coach, b.model, b.prompt_version, b.written_at, "
    "jsonb_agg(jsonb_build_object('section', s.section, 'said', s.said, 'passages', "
    "(SELECT jsonb_agg(jsonb_build_object('row_id', k.row_id, 'at', k.at, 'quote', k.quote)) "
    "FROM northlight_auth.brief_passage k WHERE k.brief_id = s.brief_id AND k.place = s.place)) "
    "ORDER BY s.place) AS sentences FROM northlight_auth.brief b "
    "JOIN northlight_auth.person p ON p.id = b.coach_id "
    "JOIN northlight_auth.brief_sentence s ON s.brief_id = b.id "
    "WHERE b.system = :system AND b.owner = :owner GROUP BY b.id, p.name ORDER BY b.id",
    "releases": "SELECT r.collection, r.week, r.revision, b.profile "
    "FROM northlight_auth.release_basis b JOIN northlight.release r ON r.id = b.release_id "
    "WHERE b.system = :system AND b.owner = :owner",
}
# Told above in words or as a number, or a pseudonym that is told either way.
_TOLD = {
    f"northlight_auth.{table}"
    for table in ("assignment", "withdrawal", "alias", "release_basis", "note", "brief")
}
_MAPPED = """
SELECT i.row_id, h.name AS theme, p.x, p.y, p.membership,
       EXISTS (SELECT FROM northlight.embedding e JOIN northlight.space s ON s.id = e.space_id
               WHERE s.collection_id = c.id AND e.row_id = i.row_id) AS embedded
FROM ({ids}) i (row_id) CROSS JOIN northlight.collection c
LEFT JOIN northlight.run r ON r.collection_id = c.id AND r.current
LEFT JOIN northlight.point p ON p.run_id = r.id AND p.row_id = i.row_id
LEFT JOIN northlight.theme h ON h.id = p.theme_id
WHERE c.name = :name"""


def exported(engine: Engine, system: str, owner: str) -> dict[str, Any]:
    """The person's rows by table, without vectors and words (they say nothing the text does not).

    `northlight` has what was made of them: place on the map and theme, coaches, consents, releases,
    and by table whatever else is about them.
    """
    with writing(engine.execution_options(isolation_level="REPEATABLE READ")) as connection:
        tables = {
            table.name: rows
            for table in person_tables(connection, system)
            if (rows := _rows(connection, table, owner))
        }
        given = {"system": system, "owner": owner}
        kept = {name: _mappings(connection, sql, given) for name, sql in _KEPT.items()}
        about = own_tables.rows_of_owner(connection, system, owner)
        kept |= {name: rows for name, rows in about.items() if name not in _TOLD}
        if system == "community" and is_laid_out(connection, system):
            tables["community"] = _community(connection, owner)
        return {
            "system": system,
            "owner": owner,
            "tables": {name: rows for name, rows in tables.items() if rows},
            "northlight": kept | {"maps": _maps(connection, system, owner)},
        }


def _rows(connection: Connection, table: PersonTable, owner: str) -> list[Any]:
    machine = connection.execute(
        text(
            "SELECT coalesce(array_agg(a.attname::text), '{}') FROM pg_attribute a "
            "JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = to_regclass(:name) "
            "AND t.typname IN ('vector', 'halfvec', 'tsvector') AND NOT a.attisdropped"
        ),
        {"name": identifier(table.name)},
    ).scalar_one()
    return list(
        connection.execute(
            text(f"SELECT to_jsonb(t) - CAST(:machine AS text[]) {table.of_owner}"),
            {"machine": machine, "owner": owner},
        ).scalars()
    )


def _maps(connection: Connection, system: str, owner: str) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for collection in declared(connection):
        if collection.group == system and collection.owner:
            table = PersonTable(collection.table, collection.owner, False)
            key = PersonTable(collection.table, collection.id, False).column
            ids = f"SELECT t.{key}::text {table.of_owner}"
            given = {"owner": owner, "name": collection.name}
            found[collection.name] = _mappings(connection, _MAPPED.format(ids=ids), given)
    return {name: rows for name, rows in found.items() if rows}


def _community(connection: Connection, owner: str) -> Any:
    """What the community's own function says; it knows followers, badges and addresses too."""
    return connection.execute(
        text(
            "SELECT community.export_user_data(u.id) FROM community.users u "
            "WHERE u.id::text = :owner"
        ),
        {"owner": owner},
    ).scalar()


def _mappings(
    connection: Connection, statement: str, given: dict[str, str]
) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(statement), given).mappings()]
