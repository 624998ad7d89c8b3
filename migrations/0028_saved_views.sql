-- Views of a screen that people keep under a name and a short link. A view holds an address, never
-- a row; it lives as long as the person who keeps it.

CREATE TABLE northlight.saved_view (
    code           text PRIMARY KEY DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 10),
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    person_id      uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    name           text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 80),
    address        jsonb NOT NULL CHECK (jsonb_typeof(address) = 'object'
                                         AND length(address::text) <= 16000),
    shared         boolean NOT NULL DEFAULT false,
    made_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX view_of_collection ON northlight.saved_view (collection_id);
CREATE INDEX view_of_person ON northlight.saved_view (person_id);

-- Keeps a view for the signed-in person; its code.
CREATE FUNCTION northlight_auth.save_view(
    of_collection text, view_name text, view_address jsonb, is_shared boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  northlight_auth.claims := northlight_auth.claims();
    made text;
BEGIN
    IF who.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    INSERT INTO northlight.saved_view (collection_id, person_id, name, address, shared)
    SELECT c.id, who.person_id, btrim(view_name), view_address, is_shared
    FROM northlight.collection c WHERE c.name = of_collection RETURNING code INTO made;
    RETURN made;
END $$;

-- The signed-in person's own views of a collection, and those that others of the same role share.
-- A coach's are never shared: they may be about a client.
CREATE FUNCTION northlight_auth.saved_views(of_collection text)
RETURNS TABLE (code text, name text, by text, mine boolean, shared boolean, made_at timestamptz,
               address jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.code, v.name, p.name, p.id = (t.who).person_id, v.shared, v.made_at, v.address
    FROM (SELECT northlight_auth.claims() AS who) t
    JOIN northlight.collection c ON c.name = of_collection
    JOIN northlight.saved_view v ON v.collection_id = c.id
    JOIN northlight_auth.person p ON p.id = v.person_id
    WHERE p.id = (t.who).person_id
       OR (v.shared AND p.role = (t.who).role AND p.role <> 'coach')
    ORDER BY v.made_at DESC
$$;

-- Forgets a view of one's own; whether there was one.
CREATE FUNCTION northlight_auth.forget_view(of_code text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM northlight.saved_view v
        WHERE v.code = of_code AND v.person_id = (northlight_auth.claims()).person_id
        RETURNING v.code)
    SELECT EXISTS (SELECT FROM gone)
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.save_view(text, text, jsonb, boolean),
    northlight_auth.saved_views(text), northlight_auth.forget_view(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.save_view(text, text, jsonb, boolean),
    northlight_auth.saved_views(text), northlight_auth.forget_view(text)
    TO northlight_coach, northlight_analyst, northlight_engineer, northlight_operator;
