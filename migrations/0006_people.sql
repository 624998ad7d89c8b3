-- How the web process learns who is asking. Its login has no right on any table; these four
-- functions, called before there is an identity, are all it may do in its own name.
--
-- A sign-in must be proved with the signing key, so a statement smuggled into the web process's SQL
-- cannot sign in as somebody. The other three need a session's id, which is 122 random bits.

-- How long a sign-in lasts: from the provider's word, and without a click.
CREATE FUNCTION northlight_auth.longest() RETURNS interval
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '12 hours' $$;
CREATE FUNCTION northlight_auth.longest_idle() RETURNS interval
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '30 minutes' $$;

CREATE TYPE northlight_auth.signed_in AS (
    session_id uuid, person_id uuid, name text, role text, epoch integer);

-- Whether a session counts: not ended, not idle for too long, not too old, its person active and
-- not signed out everywhere since.
CREATE FUNCTION northlight_auth.counts(s northlight_auth.session) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.ended_at IS NULL
       AND s.seen_at > clock_timestamp() - northlight_auth.longest_idle()
       AND least(s.signed_in_at, s.started_at) > clock_timestamp() - northlight_auth.longest()
       AND EXISTS (SELECT FROM northlight_auth.person p
                   WHERE p.id = s.person_id AND p.active AND p.signed_out_at < s.started_at)
$$;

-- Raises 28000 unless `proof` = kid|pid|expiry|hmac was made with the signing key, for exactly
-- these words, for this backend, and lately. Each word goes in with its length: no two lists of
-- words make the same message.
CREATE FUNCTION northlight_auth.demand_proof(words text[], proof text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part    text[] := string_to_array(proof, '|');
    message text;
BEGIN
    IF array_length(part, 1) IS DISTINCT FROM 4 OR array_position(words, NULL) IS NOT NULL
       OR part[1] !~ '^[1-9]\d{0,8}$' OR part[2] !~ '^\d{1,9}$' OR part[3] !~ '^\d{1,12}$' THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    SELECT string_agg(length(w.word) || ':' || w.word, '|' ORDER BY w.place) INTO message
    FROM unnest(words) WITH ORDINALITY AS w (word, place);
    message := concat_ws('|', 'sign-in', array_to_string(part[1:3], '|'), message);
    IF part[4] IS DISTINCT FROM northlight_auth.keyed(message, part[1]::integer)
       OR part[2]::integer <> pg_backend_pid()
       OR part[3]::bigint <= extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
END $$;

-- The session of this sign-in, new or already there: every tab of a browser brings the same one.
-- No row: nobody here is known by that name, or no longer. A row without a session: that sign-in
-- counts no more (ended, idle, too old, signed out everywhere since); the provider must be asked.
CREATE FUNCTION northlight_auth.sign_in(
    issuer text, subject text, login text, signed_in_at bigint, proof text)
RETURNS SETOF northlight_auth.signed_in
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  northlight_auth.person;
    mine northlight_auth.session;
BEGIN
    PERFORM northlight_auth.demand_proof(ARRAY[issuer, subject, login, signed_in_at::text], proof);
    SELECT p.* INTO who FROM northlight_auth.person p
    WHERE p.issuer = sign_in.issuer AND p.subject = sign_in.subject AND p.active;
    IF who.id IS NULL THEN
        RETURN;
    END IF;
    IF to_timestamp(signed_in_at) > who.signed_out_at THEN
        INSERT INTO northlight_auth.session AS s (person_id, login, signed_in_at)
        VALUES (who.id, sign_in.login, to_timestamp(sign_in.signed_in_at))
        ON CONFLICT DO NOTHING;
        -- Streamlit's cookie is gone after 30 days: no older sign-in comes back.
        DELETE FROM northlight_auth.session s
        WHERE s.person_id = who.id AND s.started_at < clock_timestamp() - interval '31 days';
    END IF;
    SELECT s.* INTO mine FROM northlight_auth.session s
    WHERE s.person_id = who.id AND s.login = sign_in.login AND northlight_auth.counts(s);
    RETURN NEXT ROW(mine.id, who.id, who.name, who.role, who.epoch)::northlight_auth.signed_in;
END $$;

-- The person of a session, asked at every click. No row: the session counts no more.
CREATE FUNCTION northlight_auth.session_person(of_session uuid)
RETURNS SETOF northlight_auth.signed_in
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine northlight_auth.session;
BEGIN
    SELECT s.* INTO mine FROM northlight_auth.session s
    WHERE s.id = of_session AND northlight_auth.counts(s);
    IF mine.id IS NULL THEN
        RETURN;
    END IF;
    IF mine.seen_at < clock_timestamp() - interval '1 minute' THEN
        UPDATE northlight_auth.session s SET seen_at = clock_timestamp() WHERE s.id = mine.id;
    END IF;
    PERFORM northlight_auth.notice_time(mine.person_id);
    RETURN QUERY SELECT mine.id, p.id, p.name, p.role, p.epoch
    FROM northlight_auth.person p WHERE p.id = mine.person_id AND p.active;
END $$;

-- Raises a person's epoch when an assignment or a reason began or ended since the last click: what
-- was remembered for this person then counts no more.
CREATE FUNCTION northlight_auth.notice_time(of_person uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1, rights_at = clock_timestamp()
    WHERE p.id = of_person AND EXISTS (
        SELECT FROM (
            SELECT lower(a.valid) AS at FROM northlight_auth.assignment a WHERE a.coach_id = p.id
            UNION ALL
            SELECT upper(a.valid) FROM northlight_auth.assignment a WHERE a.coach_id = p.id
            UNION ALL
            SELECT r.until FROM northlight_auth.reason r WHERE r.person_id = p.id) AS edge
        WHERE edge.at > p.rights_at AND edge.at <= clock_timestamp())
$$;

-- Ends a session, in all its tabs. Whether there was one to end.
CREATE FUNCTION northlight_auth.end_session(of_session uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH ended AS (
        UPDATE northlight_auth.session s SET ended_at = clock_timestamp()
        WHERE s.id = of_session AND s.ended_at IS NULL RETURNING s.id)
    SELECT EXISTS (SELECT FROM ended)
$$;

-- Ends every session of the session's person; no earlier sign-in, in whichever browser, opens one.
CREATE FUNCTION northlight_auth.sign_out_everywhere(of_session uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := (SELECT s.person_id FROM northlight_auth.session s
                 WHERE s.id = of_session AND northlight_auth.counts(s));
BEGIN
    PERFORM northlight_auth.end_all(who);
    RETURN who IS NOT NULL;
END $$;

CREATE FUNCTION northlight_auth.end_all(of_person uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE northlight_auth.person p
    SET epoch = p.epoch + 1, signed_out_at = clock_timestamp() WHERE p.id = of_person;
    UPDATE northlight_auth.session s SET ended_at = clock_timestamp()
    WHERE s.person_id = of_person AND s.ended_at IS NULL
$$;

-- What coaches, analysts and product may reach changed with a client's consent.
CREATE FUNCTION northlight_auth.note_consent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed northlight_auth.withdrawal := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1
    WHERE (changed.purpose = 'research' AND p.role = 'analyst')
       OR (changed.purpose = 'product' AND p.role = 'product')
       OR (changed.purpose = 'coaching' AND EXISTS (
              SELECT FROM northlight_auth.assignment a WHERE a.coach_id = p.id
              AND a.system = changed.system AND a.owner = changed.owner));
    RETURN NULL;
END $$;
CREATE TRIGGER note_consent AFTER INSERT OR UPDATE OR DELETE ON northlight_auth.withdrawal
    FOR EACH ROW EXECUTE FUNCTION northlight_auth.note_consent();

-- Any change of what a person may do, however it is made, is a new epoch.
CREATE FUNCTION northlight_auth.note_person() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.epoch := greatest(NEW.epoch, OLD.epoch + 1);
    RETURN NEW;
END $$;
CREATE TRIGGER note_person BEFORE UPDATE OF role, active ON northlight_auth.person
    FOR EACH ROW WHEN (OLD.role <> NEW.role OR OLD.active <> NEW.active)
    EXECUTE FUNCTION northlight_auth.note_person();

CREATE FUNCTION northlight_auth.note_assignment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1, rights_at = clock_timestamp()
    WHERE p.id IN (SELECT c.coach_id FROM changed c);
    RETURN NULL;
END $$;
CREATE TRIGGER note_assigned AFTER INSERT ON northlight_auth.assignment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION northlight_auth.note_assignment();
CREATE TRIGGER note_reassigned AFTER UPDATE ON northlight_auth.assignment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION northlight_auth.note_assignment();
CREATE TRIGGER note_unassigned AFTER DELETE ON northlight_auth.assignment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION northlight_auth.note_assignment();

CREATE FUNCTION northlight_auth.note_grant() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1
    WHERE p.id = CASE TG_OP WHEN 'DELETE' THEN OLD.person_id ELSE NEW.person_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER note_grant AFTER INSERT OR DELETE ON northlight_auth.grant_to
    FOR EACH ROW EXECUTE FUNCTION northlight_auth.note_grant();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA northlight_auth FROM PUBLIC;
