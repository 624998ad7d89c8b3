-- What a person may read is a schema of the same name as the role: a collection is a view in it.
-- The login that the application uses only borrows these roles, transaction by transaction.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'northlight_operator') THEN
        CREATE ROLE northlight_operator NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'northlight_operator', 'SET') THEN
        EXECUTE format('GRANT northlight_operator TO %I WITH INHERIT FALSE, SET TRUE', current_user);
    END IF;
END $$;

CREATE SCHEMA northlight_operator;
GRANT USAGE ON SCHEMA northlight_operator, northlight TO northlight_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA northlight TO northlight_operator;
ALTER DEFAULT PRIVILEGES IN SCHEMA northlight GRANT SELECT ON TABLES TO northlight_operator;
