"""What the database's own catalogue says about rights: no exception outside these lists."""

import pytest

from queries.access.login_findings import login_findings
from queries.gate import ROLES
from queries.people.own_tables import ROUTES
from tests.privacy import proofs
from tests.privacy.world import World

READERS = [f"northlight_{role}" for role in ("coach", "analyst", "engineer", "operator", "product")]
# What a screen must know; no row, no theme and no person is in them.
OPEN_TABLES = {"collection", "space", "run", "job"}
OURS = "('northlight', 'northlight_auth', 'northlight_worker', 'northlight_coach', "
OURS += "'northlight_analyst', 'northlight_engineer', 'northlight_operator', 'northlight_product')"

LINTS = {
    "a definer function without a fixed search_path": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN {OURS} AND (p.prosecdef OR n.nspname = 'northlight_auth')
          AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)""",
    "a function that PUBLIC may call": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace,
             aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE n.nspname IN {OURS} AND a.grantee = 0 AND a.privilege_type = 'EXECUTE'""",
    "a relation or schema that PUBLIC may use": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
             aclexplode(c.relacl) a WHERE n.nspname IN {OURS} AND a.grantee = 0
        UNION ALL SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a
        WHERE n.nspname IN {OURS} AND a.grantee = 0""",
    "a vector that a reader may select": """
        SELECT r.rolname || ' ' || c.oid::regclass || '.' || a.attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             JOIN pg_type t ON t.oid = a.atttypid, pg_roles r
        WHERE r.rolname = ANY (CAST(:readers AS text[])) AND a.attnum > 0 AND NOT a.attisdropped
          AND t.typname IN ('vector', 'halfvec', 'sparsevec', '_vector', '_halfvec')
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')""",
    "a table that a reader may change": """
        SELECT r.rolname || ' ' || c.oid::regclass FROM pg_class c, pg_roles r
        WHERE r.rolname = ANY (CAST(:readers AS text[])) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')""",
    "something that a reader owns": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE r.rolname = ANY (CAST(:readers AS text[]))
        UNION ALL SELECT n.nspname FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
        WHERE r.rolname = ANY (CAST(:readers AS text[]))""",
    "a materialized view": f"""
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'm' AND n.nspname IN {OURS}""",
    "a coach's view of clients' rows that is no barrier": """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'northlight_coach' AND c.relname ~ '^(own|inplace)(__|$)'
          AND NOT coalesce(c.reloptions @> ARRAY['security_barrier=true'], false)""",
    "a role of people that is more than a role": """
        SELECT rolname FROM pg_roles WHERE rolname = ANY (CAST(:readers AS text[]))
          AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb
               OR rolreplication)
        UNION ALL
        SELECT m.rolname || ' is ' || r.rolname FROM pg_roles m, pg_roles r
        WHERE m.rolname = ANY (CAST(:readers AS text[])) AND r.oid <> m.oid
          AND pg_has_role(m.oid, r.oid, 'MEMBER')""",
    "a foreign key without an index": """
        SELECT k.conrelid::regclass || ' ' || k.conname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND n.nspname = 'northlight_auth' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
              AND (CAST(i.indkey AS int2[]))[0:cardinality(k.conkey) - 1] @> k.conkey)""",
    "an index that is not valid": "SELECT indexrelid::regclass::text FROM pg_index "
    "WHERE NOT indisvalid",
    "a vector index that may lose rows": """
        SELECT c.relname FROM pg_class c JOIN pg_am a ON a.oid = c.relam
        WHERE a.amname = 'ivfflat'""",
}

# Columns whose name can mean a person, and why erasure and export may pass these by.
PERSONAL = "owner|client|user|person|coach|author|customer|patient|subject|e_?mail|_by$|who"
KNOWN = {
    "northlight.theme.named_by": "terms, person or model",
    "northlight.theme_event.made_by": "who works here and did it; the history outlives them",
    "northlight.theme_edit.made_by": "who works here and did it; the history outlives them",
    "northlight.theme_edit.undone_by": "who works here and did it; the history outlives them",
    "northlight.theme_in_run.owners": "a number",
    "northlight_auth.audit.person_id": "the trail outlives who left it",
    "northlight_auth.audit_end.person_id": "the trail outlives who left it",
    "northlight_auth.erasure.erased_by": "who works here and did it",
    "northlight_auth.person.email": "the row itself",
    "northlight_auth.person.subject": "the row itself",
}
IN_OURS = """
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('northlight', 'northlight_auth') AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"""


@pytest.mark.parametrize("lint", LINTS)
def test_there_is_not_one(world: World, lint: str) -> None:
    given = {"readers": READERS} if ":readers" in LINTS[lint] else {}
    assert [row[0] for row in world.sql(LINTS[lint], **given)] == []


def test_readers_reach_just_four_tables_of_northlights_own(world: World) -> None:
    found = world.sql(
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
        "pg_roles r WHERE r.rolname = ANY (CAST(:readers AS text[])) "
        "AND n.nspname IN ('northlight', 'northlight_auth') "
        "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "AND has_table_privilege(r.oid, c.oid, 'SELECT')",
        readers=READERS,
    )
    assert {row[0] for row in found} <= OPEN_TABLES


def test_the_queue_is_for_operators_alone(world: World) -> None:
    for who in ("coach 0", "analyst 0", "engineer"):
        said = proofs.run_hostile(world, who, "SELECT * FROM northlight.job")
        assert "permission denied" in said, who


def test_the_web_login_may_do_nothing_beyond_its_task(world: World) -> None:
    assert login_findings(world.owner) == []


def test_the_web_login_is_no_worker() -> None:
    assert "northlight_worker" not in READERS
    assert set(READERS) == set(ROLES.values()) - {"northlight_worker"}


def test_whatever_is_kept_of_a_person_is_found_by_erasure_and_export(world: World) -> None:
    """Call the columns `system` and `owner`, or let them refer to northlight_auth.person and go
    with it (ON DELETE CASCADE); see queries/people/own_tables.py. Anything else says in KNOWN
    why."""
    found = world.sql(
        f"""SELECT n.nspname || '.' || c.relname || '.' || a.attname {IN_OURS}
        AND a.attname ~ :personal
        AND NOT (a.attname = 'owner' AND EXISTS (SELECT FROM pg_attribute s
            WHERE s.attrelid = c.oid AND s.attname = 'system'))
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
            AND k.confrelid = 'northlight_auth.person'::regclass AND k.confdeltype = 'c'
            AND k.conkey = ARRAY[a.attnum])""",
        personal=PERSONAL,
    )
    assert {row[0] for row in found} - set(KNOWN) == set()


def test_whatever_is_kept_of_a_row_is_found_by_erasure(world: World) -> None:
    """Call the column `row_id` and say beside it of which collection: queries.own_tables.ROUTES."""
    found = world.sql(
        f"""SELECT n.nspname || '.' || c.relname || '.' || a.attname {IN_OURS}
        AND a.attname ~ '(row_?ids?|representatives)$'
        AND NOT (a.attname = 'row_id' AND EXISTS (SELECT FROM pg_attribute r
            WHERE r.attrelid = c.oid AND r.attname = ANY (CAST(:routes AS text[]))))""",
        routes=list(ROUTES),
    )
    assert {row[0] for row in found} == {"northlight.theme_in_run.representatives"}
