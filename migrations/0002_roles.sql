-- What a person may read is a schema of the same name as the role: a collection is a set of views
-- in it. A login only borrows these roles, transaction by transaction.
--
--   northlight_worker    command line and jobs: every row; never granted to the web login
--   northlight_coach     own clients' rows
--   northlight_analyst   granted collections, owners as pseudonyms, text masked
--   northlight_engineer  repositories and community
--   northlight_operator  runs the house; reads text only with a recorded reason
--   northlight_product   released aggregates only

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['northlight_worker', 'northlight_coach', 'northlight_analyst',
                                'northlight_engineer', 'northlight_operator', 'northlight_product']
    LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- made by another database of this server, perhaps just now
        END;
        IF NOT pg_has_role(current_user, name, 'SET') THEN
            EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', name, current_user);
        END IF;
        EXECUTE format('CREATE SCHEMA %I', name);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', name, name);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA northlight TO northlight_worker, northlight_coach, northlight_analyst,
    northlight_engineer, northlight_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA northlight TO northlight_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA northlight GRANT SELECT ON TABLES TO northlight_worker;
-- What a screen needs to know about a collection and its runs; no row and no theme is in them.
GRANT SELECT ON northlight.collection, northlight.space, northlight.run, northlight.job
    TO northlight_coach, northlight_analyst, northlight_engineer, northlight_operator;
