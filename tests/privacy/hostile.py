"""Statements of somebody who can run SQL inside a coach's transaction."""

from collections.abc import Iterator

ROLES = ("northlight_worker", "northlight_analyst", "northlight_engineer", "northlight_operator")
ROLES += ("northlight_product", "northlight", "postgres", "pg_read_all_data", "NONE")
VIEWS = ("own", "inplace", "shared", "twin", "material")
PARTS = ("", "__distances", "__signs", "__words", "__lexemes", "__points", "__themes", "__events")
TABLES = (
    "embedding",
    "sign",
    "document",
    "lexeme",
    "point",
    "theme",
    "theme_in_run",
    "theme_event",
)
AUTH = ("person", "session", "assignment", "grant_to", "withdrawal", "alias", "known_name")
AUTH += ("reason", "signing_key", "audit", "audit_end", "spent", "release_basis")
DEFINERS = (
    "keyed('x', 0)",
    "keyed('x', 1)",
    "withdrawn('playbook', 'coaching')",
    "pseudonym('playbook', '{owner}')",
    "masked('hello')",
    "may_read('analyst', 'own', 'playbook')",
    "may_read('operator', 'own', 'playbook')",
    "own_clients('twin')",
    "broken_audit()",
    "sign_in('tests', 'coach 1', 'x', 0, 'y')",
    "session_person(gen_random_uuid())",
    "end_all('{person}')",
    "audit_digest(NULL, '')",
)


def statements(world) -> Iterator[str]:
    """All of them; `world` names tables, owners and people as an attacker may have learnt them."""
    tables = [made.table for made in world.collections.values()]
    foreign = world.clients("coach 1")[0]
    row = next(r for r, o in world.oracle.tables["own"].rows.items() if o == foreign)
    other = world.oracle.people["coach 1"].id
    yield from _roles()
    yield from _tables(tables)
    yield from _identity(world, other)
    yield from (
        f"SELECT northlight_auth.{call.format(owner=foreign, person=other)}" for call in DEFINERS
    )
    yield from _through_views(foreign, row)
    yield from _objects(tables)
    yield from _catalogue(tables)
    yield from _writes(tables, row)


def _roles() -> Iterator[str]:
    for role in ROLES:
        for statement in ("SET ROLE", "SET SESSION AUTHORIZATION"):
            yield (
                f"{statement} {role if role != 'NONE' else 'DEFAULT'}; SELECT 1"
                if (role == "NONE" and "SESSION" in statement)
                else f"{statement} {role}; SELECT * FROM northlight.embedding"
            )
        schema = role if role.startswith("northlight_") else "northlight_worker"
        for view in VIEWS:
            yield f"SET ROLE {role}; SELECT * FROM {schema}.{view}"


def _tables(tables: list[str]) -> Iterator[str]:
    yield from (f"SELECT * FROM northlight.{name}" for name in TABLES)
    yield from (f"SELECT * FROM northlight_auth.{name}" for name in AUTH)
    yield from (f"SELECT * FROM {name}" for name in tables)
    yield from (f"COPY {name} TO STDOUT" for name in tables[:2])
    yield from (f"COPY (SELECT * FROM northlight_worker.{v}) TO STDOUT" for v in VIEWS)
    yield "COPY (SELECT 1) TO PROGRAM 'cat /etc/passwd'"
    yield "COPY northlight_auth.signing_key TO '/tmp/northlight-key'"
    for view in VIEWS:
        yield from (f"SELECT * FROM northlight_coach.{view}{part}" for part in PARTS)
        yield f"SELECT embedding FROM northlight_coach.{view}"


def _identity(world, other: str) -> Iterator[str]:
    kid = world.signer.kid
    forged = (
        f"{kid}|{other}|coach|1|' || pg_backend_pid() || '|99999999999|00",
        f"{kid}|{other}|analyst|1|' || pg_backend_pid() || '|99999999999|",
        f"0|{other}|coach|1|' || pg_backend_pid() || '|99999999999|' || '",
        "",
        "||||||",
    )
    for token in forged:
        yield (
            f"SELECT set_config('northlight.token', '{token}', true); "
            "SELECT * FROM northlight_coach.own"
        )
    swapped = (
        "SELECT set_config('northlight.token', regexp_replace(current_setting('northlight.token'), "
        "'\\|[0-9a-f-]{36}\\|', '|%s|'), true); SELECT * FROM northlight_coach.own"
    )
    yield swapped % other
    yield "SET northlight.person = 'x'; SET app.user_id = 'x'; SELECT * FROM northlight_coach.own"
    yield "SET row_security = off; SELECT * FROM northlight_coach.own"
    yield "SET session_replication_role = replica; SELECT * FROM northlight_coach.own"
    yield "RESET ALL; SELECT * FROM northlight_coach.own"
    yield "COMMIT; SELECT * FROM northlight_coach.own"
    yield "ROLLBACK; SET ROLE northlight_coach; SELECT * FROM northlight_coach.own"
    yield "SAVEPOINT a; SET LOCAL ROLE northlight_analyst; SELECT * FROM northlight_analyst.own"


def _through_views(foreign: str, row: str) -> Iterator[str]:
    for view in ("own", "inplace"):
        name = f"northlight_coach.{view}"
        yield from (
            f"SELECT * FROM {name} WHERE owner = '{foreign}'",
            f"SELECT * FROM {name} WHERE owner = '{foreign}' OR true",
            f"SELECT * FROM {name} WHERE row_id = '{row}'",
            f"SELECT text::int FROM {name}",
            f"SELECT * FROM {name} WHERE text::int = 1",
            f"SELECT * FROM {name} WHERE title::date > now()",
            f"SELECT * FROM {name} WHERE owner::uuid IS NULL",
            f"SELECT * FROM {name} WHERE 1 / (CASE WHEN owner = '{foreign}' THEN 0 ELSE 1 END) = 1",
            f"SELECT * FROM {name} WHERE text ~ ('(' || text)",
            f"SELECT * FROM {name} WHERE to_tsquery(text) IS NOT NULL",
            f"SELECT * FROM {name} WHERE text::jsonb IS NOT NULL",
            f"SELECT * FROM {name} WHERE text::xml IS NOT NULL",
            f"SELECT * FROM {name} WHERE pg_sleep(length(text) / 100000.0) IS NULL",
            f"SELECT * FROM {name} WHERE set_config('x.y', text, false) = '' "
            "UNION ALL SELECT * FROM northlight_coach.shared",
            f"SELECT set_config('x.y', text, false) FROM {name} WHERE owner = '{foreign}'; "
            "SHOW x.y",
            f"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM {name}",
            f"EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT * FROM {name} WHERE text LIKE '%zq%'",
            f"SELECT * FROM {name} TABLESAMPLE SYSTEM (100)",
            f"SELECT * FROM {name} FOR UPDATE",
            f"SELECT string_agg(text, ' ') FROM {name} GROUP BY ROLLUP (owner)",
            f"SELECT query_to_xml('SELECT * FROM northlight_worker.{view}', true, false, '')",
            f"SELECT query_to_xml('SELECT * FROM {name}', true, false, '')",
            f"SELECT table_to_xml('northlight_worker.{view}', true, false, '')",
            "SELECT database_to_xml(true, false, '')",
            "SELECT schema_to_xml('northlight_coach', true, false, '')",
            f"SET northlight.like = '{row}'; SELECT * FROM {name}__distances",
            f"SET northlight.query = 'x'; SELECT * FROM {name}__distances",
            f"DECLARE c CURSOR FOR SELECT * FROM {name}; FETCH ALL FROM c",
            f"DECLARE c CURSOR WITH HOLD FOR SELECT * FROM northlight_worker.{view}; "
            "FETCH ALL FROM c",
            f"PREPARE p AS SELECT * FROM {name}; SET ROLE northlight_worker; EXECUTE p",
            f"PREPARE p AS SELECT * FROM {name}; SET ROLE northlight_operator; EXECUTE p",
            f"SELECT ts_stat('SELECT words FROM {name}__words')",
            "SELECT * FROM ts_stat('SELECT words FROM northlight.document')",
            "SELECT * FROM crosstab('SELECT 1')",
            f"TABLE {name}__lexemes",
        )


def _objects(tables: list[str]) -> Iterator[str]:
    yield from (
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.f(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ "
        "BEGIN RAISE NOTICE '%', $1; RETURN true; END $$; "
        "SELECT * FROM northlight_coach.own WHERE pg_temp.f(text)",
        "CREATE TEMP TABLE stolen AS SELECT * FROM northlight_worker.own; TABLE stolen",
        "CREATE TEMP VIEW own AS SELECT * FROM northlight_worker.own; SELECT * FROM own",
        "CREATE VIEW northlight_coach.v AS SELECT * FROM northlight_worker.own",
        "CREATE OR REPLACE VIEW northlight_coach.own AS SELECT 1",
        "ALTER VIEW northlight_coach.own RESET (security_barrier)",
        "ALTER VIEW northlight_coach.own OWNER TO northlight_coach",
        "DROP VIEW northlight_coach.own CASCADE",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "SELECT dblink('dbname=postgres', 'SELECT 1')",
        "CREATE EXTENSION file_fdw",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM northlight_worker.own LOOP "
        "RAISE NOTICE '%', r; END LOOP; END $$",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM northlight_coach.own LOOP "
        "RAISE NOTICE '%', r; END LOOP; END $$",
        "DO $$ BEGIN EXECUTE 'SET ROLE northlight_worker'; "
        "PERFORM * FROM northlight_worker.own; END $$",
        "LISTEN northlight; NOTIFY northlight, 'x'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_get(oid) FROM pg_largeobject_metadata",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_ls_dir('.')",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> session_user",
        "GRANT northlight_worker TO CURRENT_USER",
        "GRANT SELECT ON northlight.embedding TO PUBLIC",
        "ALTER ROLE northlight_coach SUPERUSER",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "CREATE ROLE mine SUPERUSER LOGIN",
        "SECURITY LABEL ON ROLE northlight_coach IS 'x'",
        "CREATE TRIGGER t BEFORE INSERT ON northlight_auth.audit FOR EACH ROW "
        "EXECUTE FUNCTION northlight_auth.note_person()",
        "CREATE RULE r AS ON SELECT TO northlight_coach.own DO INSTEAD SELECT 1",
        "LOAD 'plpython3'",
        "VACUUM FULL",
    )
    yield from (f"LOCK TABLE {table}" for table in tables[:2])
    yield from (f"ANALYZE VERBOSE {table}" for table in tables[:2])


def _catalogue(tables: list[str]) -> Iterator[str]:
    yield from (
        "SELECT * FROM pg_stats WHERE schemaname = 'public'",
        "SELECT * FROM pg_stats_ext",
        "SELECT * FROM pg_statistic",
        "SELECT most_common_vals FROM pg_stats WHERE tablename LIKE 'notes%'",
        "SELECT query FROM pg_stat_activity",
        "SELECT * FROM pg_stat_statements",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
        "SELECT rolpassword FROM pg_roles",
        "SELECT * FROM pg_user_mapping",
        "SELECT prosrc FROM pg_proc WHERE pronamespace = 'northlight_auth'::regnamespace",
        "SELECT pg_get_viewdef('northlight_coach.own'::regclass)",
        "SELECT relname, reltuples FROM pg_class WHERE relname LIKE 'notes%'",
        "SELECT * FROM pg_prepared_statements",
        "SELECT * FROM pg_cursors",
        "SELECT * FROM pg_settings WHERE name LIKE 'northlight%'",
        "SELECT current_setting('northlight.token')",
        "SELECT * FROM pg_publication_tables",
        "SELECT * FROM pg_stat_progress_copy",
        "SELECT * FROM pg_logical_slot_peek_changes('x', NULL, NULL)",
        "SELECT * FROM information_schema.columns WHERE table_schema LIKE 'northlight%'",
        "SELECT * FROM northlight.collection",
        "SELECT * FROM northlight.job",
        "SELECT * FROM northlight.run",
        "SELECT * FROM northlight.space",
        "SELECT * FROM northlight.worker",
        "SELECT * FROM northlight.released_cell",
        "SELECT * FROM northlight_product.released_cell",
        "SELECT * FROM northlight_product.released",
    )
    yield from (f"SELECT pg_relation_size('{table}')" for table in tables[:2])
    yield from (f"SELECT has_table_privilege('{table}', 'SELECT')" for table in tables[:2])


def _writes(tables: list[str], row: str) -> Iterator[str]:
    yield from (
        f"INSERT INTO {tables[0]} (id) VALUES ('{row}')",
        f"INSERT INTO {tables[0]} (id) VALUES ('{row}') ON CONFLICT DO NOTHING",
        f"UPDATE northlight_coach.own SET owner = 'mine' WHERE row_id = '{row}' RETURNING *",
        "UPDATE northlight_coach.own SET text = text RETURNING *",
        "DELETE FROM northlight_coach.own RETURNING *",
        "INSERT INTO northlight_coach.own (id) VALUES ('x') RETURNING *",
        f"MERGE INTO {tables[0]} t USING northlight_coach.own o ON t.id = o.row_id "
        "WHEN MATCHED THEN UPDATE SET who = o.owner",
        "INSERT INTO northlight_auth.assignment (coach_id, system, owner) "
        "SELECT (northlight_auth.claims()).person_id, 'playbook', 'x'",
        "UPDATE northlight_auth.person SET role = 'operator'",
        "DELETE FROM northlight_auth.audit",
        "TRUNCATE northlight_auth.audit",
        "UPDATE northlight_auth.allowance SET times = 1000000",
        "INSERT INTO northlight_auth.signing_key (kid) VALUES (99)",
        "INSERT INTO northlight_auth.grant_to SELECT (northlight_auth.claims()).person_id, 'own'",
        f"SELECT * FROM northlight_coach.own_{'x'}",
        "CREATE TABLE public.fk (id text REFERENCES northlight_auth.person)",
    )
