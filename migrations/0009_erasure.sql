-- Who was erased, so that a restored backup can be told to erase them again.
--
-- A list of erased people must not name them. It keeps a keyed digest: owners who are back after a
-- restore are digested and compared. Without key 0 of this database, which no role and no process
-- outside reads, the list tells nobody's id, not even to who tries all likely ones.

CREATE TABLE northlight_auth.erasure (
    system     text NOT NULL,
    digest     text NOT NULL,
    erased_at  timestamptz NOT NULL DEFAULT now(),   -- the last time
    erased_by  text NOT NULL,
    report     jsonb NOT NULL DEFAULT '{}',          -- rows by table; nothing of what was in them
    PRIMARY KEY (system, digest)
);

CREATE FUNCTION northlight_auth.erasure_digest(of_system text, of_owner text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT northlight_auth.keyed('erasure|' || length(of_system) || '|' || of_system || '|' || of_owner, 0)
$$;
REVOKE EXECUTE ON FUNCTION northlight_auth.erasure_digest(text, text) FROM PUBLIC;
