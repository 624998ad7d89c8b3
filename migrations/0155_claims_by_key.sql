-- Whoever is behind a transaction is asked for several times in each statement. The person was
-- looked for among all people, row by row; now by the key. What the token says has been proven
-- before that, but it must look like a key to be compared with one.

CREATE OR REPLACE FUNCTION northlight_auth.claims() RETURNS northlight_auth.claims
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text := nullif(current_setting('northlight.token', true), '');
    part  text[];
    found northlight_auth.claims;
BEGIN
    IF token IS NULL THEN
        RETURN NULL;
    END IF;
    part := string_to_array(token, '|');
    IF array_length(part, 1) IS DISTINCT FROM 7 OR part[1] !~ '^[1-9]\d{0,8}$'
       OR part[2] !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
       OR part[5] !~ '^\d{1,9}$' OR part[6] !~ '^\d{1,12}$' THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    IF part[7] IS DISTINCT FROM northlight_auth.keyed(
           array_to_string(part[1:6], '|'), part[1]::integer)
       OR part[5]::integer <> pg_backend_pid()
       OR part[6]::bigint <= extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    SELECT p.id, p.role INTO found FROM northlight_auth.person p
    WHERE p.id = part[2]::uuid AND p.role = part[3] AND p.epoch::text = part[4] AND p.active;
    IF found.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    RETURN found;
END $$;
