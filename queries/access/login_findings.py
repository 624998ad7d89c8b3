"""What the web process's login could do beyond its task: nothing, or it should not be used."""

from sqlalchemy import Engine, text

from queries.access.logins import DOOR, WEB_LOGIN, WEB_ROLES
from queries.gate import writing


def login_findings(engine: Engine, login: str = WEB_LOGIN) -> list[str]:
    """Sentences, one for each right too many in this database; empty when all is well."""
    given = {"login": login, "roles": list(WEB_ROLES), "door": list(DOOR)}
    with writing(engine) as connection:
        return list(connection.execute(text(FINDINGS), given).scalars())


FINDINGS = """
WITH me AS (SELECT * FROM pg_roles WHERE rolname = :login)
SELECT 'The login ' || :login || ' does not exist.' WHERE NOT EXISTS (SELECT FROM me)
UNION ALL
SELECT rolname || ' may ' || may.what || '.' FROM me, LATERAL (VALUES
    (rolsuper, 'do everything: it is a superuser'), (rolbypassrls, 'pass by row security'),
    (rolcreatedb, 'make databases'), (rolcreaterole, 'make roles'),
    (rolreplication, 'replicate'), (rolinherit, 'use its roles without taking them'),
    (has_database_privilege(me.oid, current_database(), 'CREATE'), 'make schemas'),
    (has_database_privilege(me.oid, current_database(), 'TEMP'), 'make temporary tables'),
    (has_schema_privilege(me.oid, 'public', 'CREATE'), 'make things in the schema public')
    ) AS may (may, what) WHERE may.may
UNION ALL
SELECT :login || ' is a member of ' || r.rolname || ', which is no role of people.'
FROM me JOIN pg_roles r ON r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'MEMBER')
WHERE r.rolname <> ALL (CAST(:roles AS text[])) AND NOT me.rolsuper
UNION ALL
SELECT :login || ' inherits what ' || r.rolname || ' may.'
FROM me JOIN pg_roles r ON r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'USAGE')
WHERE NOT me.rolsuper
UNION ALL
SELECT :login || ' owns ' || n.nspname || '.' || c.relname || '.'
FROM me JOIN pg_class c ON c.relowner = me.oid JOIN pg_namespace n ON n.oid = c.relnamespace
UNION ALL
SELECT :login || ' may read or change ' || n.nspname || '.' || c.relname || ' in its own name.'
FROM me, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema' AND has_schema_privilege(me.oid, n.oid, 'USAGE')
  AND has_table_privilege(me.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
UNION ALL
SELECT :login || ' may call ' || p.oid::regprocedure || '.'
FROM me, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname ~ '^northlight' AND has_function_privilege(me.oid, p.oid, 'EXECUTE')
  AND p.oid <> ALL (ARRAY(SELECT to_regprocedure(d) FROM unnest(CAST(:door AS text[])) d))
ORDER BY 1
"""
