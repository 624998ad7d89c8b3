"""What is in a database, rows and what guards them: a restored one is compared with it.

A table's rows are a number and a sum of hashes that does not depend on their order; of everything
else (views, functions, grants, policies, indexes, ...) a digest of how PostgreSQL spells it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from queries.gate import writing

# As texts are spelled in the dump, whatever the server's or the login's own settings are.
SPELLING = {
    "search_path": "pg_catalog",
    "datestyle": "ISO, MDY",
    "timezone": "UTC",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "off",
}
MOST_TOLD = 3
# Where a list of constants is cast is spelled in another way once it was restored.
_CASTS = re.compile(r"::(character varying|[a-z_]+)(\(\d+\))?(\[\])?|[()\s]")


@dataclass(frozen=True)
class Manifest:
    """`tables`: rows and hash by table; `things`: a digest by kind and name; `roles`: who may."""

    tables: Mapping[str, tuple[int, str]]
    things: Mapping[str, str]
    roles: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(count for count, _ in self.tables.values())

    def differences(self, other: "Manifest") -> list[str]:
        """Sentences about what is not alike, at most a few of each kind."""
        told = []
        for what, mine, theirs in (
            ("the rows of", self.tables, other.tables),
            ("", self.things, other.things),
        ):
            unlike = sorted(n for n in {*mine, *theirs} if mine.get(n) != theirs.get(n))
            told += [f"{what} {name} differ".strip() for name in unlike[:MOST_TOLD]]
            told += [f"{len(unlike) - MOST_TOLD} more"] if len(unlike) > MOST_TOLD else []
        return told


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[str, Connection]]:
    """One moment of the database, under a name that pg_dump can be told, and a connection in it."""
    with writing(engine.execution_options(isolation_level="REPEATABLE READ")) as connection:
        for name, value in SPELLING.items():
            connection.exec_driver_sql(f"SET LOCAL {name} = '{value}'")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()), connection


def manifest(connection: Connection) -> Manifest:
    """Everything in the database that the connection, one of `snapshot`, sees."""
    tables = {}
    for name in connection.execute(text(_TABLES)).scalars().all():
        row = connection.execute(text(_ROWS.format(table=name.replace(":", "\\:")))).one()
        tables[name] = (int(row.rows), str(row.hash))
    things = {row.thing: _digest(row.told) for row in connection.execute(text(_THINGS))}
    roles = tuple(connection.execute(text(_ROLES)).scalars())
    return Manifest(tables, things, roles)


def from_json(told: Mapping[str, Any]) -> Manifest:
    """The manifest that `dataclasses.asdict` made a document of."""
    tables = {name: (int(rows), str(hashed)) for name, (rows, hashed) in told["tables"].items()}
    return Manifest(tables, dict(told["things"]), tuple(told["roles"]))


def _digest(told: str) -> str:
    return hashlib.sha256(_CASTS.sub("", told).encode()).hexdigest()[:32]


_USERS = (
    "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT "
    "FROM pg_depend d WHERE d.objid = {oid} AND d.classid = '{catalog}'::regclass "
    "AND d.deptype = 'e')"
)
_RELATIONS = _USERS.format(oid="c.oid", catalog="pg_class")
_FUNCTIONS = _USERS.format(oid="p.oid", catalog="pg_proc")
_ROWS = (
    "SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS hash "
    "FROM ONLY {table} t"
)
_TABLES = (
    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n "
    f"ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND {_RELATIONS} ORDER BY 1"
)
# What the owner may do with its own goes without saying, and the owner may have another name.
_GRANTS = (
    "SELECT 'grants on {kind} ' || {name} AS thing, string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' "
    "ELSE a.grantee::regrole::text END || ' ' || a.privilege_type, ', ' ORDER BY "
    "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, a.privilege_type) "
    "AS told FROM {source} CROSS JOIN LATERAL aclexplode({acl}) a "
    "WHERE {where} AND a.grantee <> {owner} GROUP BY 1"
)
_ACLS = (
    (
        "relation",
        "c.oid::regclass",
        "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace",
        "c.relacl",
        _RELATIONS,
        "c.relowner",
    ),
    (
        "function",
        "p.oid::regprocedure",
        "pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace",
        "coalesce(p.proacl, acldefault('f', p.proowner))",
        _FUNCTIONS,
        "p.proowner",
    ),
    (
        "schema",
        "n.nspname",
        "pg_namespace n",
        "n.nspacl",
        "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')",
        "n.nspowner",
    ),
)
_KINDS = (
    "SELECT 'view ' || c.oid::regclass, concat(pg_get_viewdef(c.oid), c.reloptions) "
    "FROM pg_class c "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND {_RELATIONS}",
    "SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) FROM pg_proc p "
    f"JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND {_FUNCTIONS}",
    "SELECT 'columns of ' || c.oid::regclass, string_agg(concat_ws(' ', a.attname, "
    "format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)), ', ' "
    "ORDER BY a.attname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    f"WHERE c.relkind IN ('r', 'p', 'f') AND {_RELATIONS} GROUP BY c.oid",
    "SELECT 'row security of ' || c.oid::regclass, concat(c.relrowsecurity, c.relforcerowsecurity, "
    "(SELECT string_agg(concat_ws(' ', p.policyname, p.permissive, p.roles::text, p.cmd, p.qual, "
    "p.with_check), ', ' ORDER BY p.policyname) FROM pg_policies p WHERE p.schemaname = n.nspname "
    "AND p.tablename = c.relname)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE c.relkind IN ('r', 'p') AND {_RELATIONS}",
    "SELECT 'index ' || i.indexrelid::regclass, concat(pg_get_indexdef(i.indexrelid), "
    "i.indisvalid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_RELATIONS}",
    "SELECT format('constraint %s of %s', k.conname, k.conrelid::regclass), "
    "pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_RELATIONS}",
    "SELECT format('trigger %s of %s', t.tgname, t.tgrelid::regclass), "
    "concat(pg_get_triggerdef(t.oid), t.tgenabled) FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid "
    f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND {_RELATIONS}",
    "SELECT 'sequence ' || c.oid::regclass, coalesce(pg_sequence_last_value(c.oid)::text, '') "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE c.relkind = 'S' AND {_RELATIONS}",
    "SELECT 'extension ' || extname, '' FROM pg_extension",
)
_THINGS = " UNION ALL ".join(
    (
        *(f"SELECT thing, told FROM ({kind}) k (thing, told)" for kind in _KINDS),
        *(
            "SELECT thing, told FROM ("
            + _GRANTS.format(kind=kind, name=name, source=source, acl=acl, where=where, owner=owner)
            + ") g"
            for kind, name, source, acl, where, owner in _ACLS
        ),
    )
).replace(":", "\\:")
_ROLES = (
    "SELECT DISTINCT r.rolname FROM pg_roles r JOIN pg_shdepend d ON d.refobjid = r.oid "
    "AND d.refclassid = 'pg_authid'::regclass WHERE d.deptype IN ('a', 'r') AND d.dbid = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1"
).replace("::", "\\:\\:")
