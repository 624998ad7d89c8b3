-- What an operator does: give a reason before reading text, and look who searched or opened what.
-- Everything here answers to a token signed for an operator; the role alone gets nothing.

-- Opens a collection to the signed-in operator for some hours; until when. The reason is in the
-- trail, in words: it is what the operator answers for. A later reason counts instead of the one
-- before.
CREATE FUNCTION northlight_auth.give_reason(of_collection text, reason text, hours integer)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  uuid := northlight_auth.person_as('operator');
    told text := btrim(regexp_replace(reason, '\s+', ' ', 'g'));
    ends timestamptz := clock_timestamp() + make_interval(hours => hours);
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    IF told IS NULL OR length(told) NOT BETWEEN 10 AND 500 OR hours IS NULL
       OR hours NOT BETWEEN 1 AND 8
       OR NOT EXISTS (SELECT FROM northlight.collection c WHERE c.name = of_collection) THEN
        RAISE EXCEPTION 'a reason has 10 to 500 letters and opens one collection for 1 to 8 hours'
            USING ERRCODE = '22023';
    END IF;
    PERFORM northlight_auth.record('reason', of_collection,
        format('for %s h: %s', hours, told), NULL, 0);
    UPDATE northlight_auth.reason r SET until = clock_timestamp()
    WHERE r.person_id = who AND r.collection = of_collection AND r.until > clock_timestamp();
    INSERT INTO northlight_auth.reason (person_id, collection, reason, until)
    VALUES (who, of_collection, told, ends);
    -- Last: the token of this transaction is of the epoch before.
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1 WHERE p.id = who;
    RETURN ends;
END $$;

-- Closes it again before its time; whether it was open.
CREATE FUNCTION northlight_auth.end_reason(of_collection text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := northlight_auth.person_as('operator');
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    UPDATE northlight_auth.reason r SET until = clock_timestamp()
    WHERE r.person_id = who AND r.collection = of_collection AND r.until > clock_timestamp();
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM northlight_auth.record('reason ended', of_collection, 'before its time', NULL, 0);
    UPDATE northlight_auth.person p SET epoch = p.epoch + 1 WHERE p.id = who;
    RETURN true;
END $$;

-- The signed-in operator's own reason for a collection, while it holds.
CREATE FUNCTION northlight_auth.own_reason(of_collection text)
RETURNS TABLE (reason text, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.reason, r.until FROM northlight_auth.reason r
    WHERE r.person_id = northlight_auth.person_as('operator') AND r.collection = of_collection
      AND r.until > clock_timestamp()
    ORDER BY r.until DESC LIMIT 1
$$;

-- The trail, latest first. Neither the question's digest nor that of the chain: who asks the same
-- twice is nobody's business. NULL for a person, an action or a day (in UTC) means any.
CREATE FUNCTION northlight_auth.audit_trail(
    of_person uuid, of_action text, on_day date, most integer)
RETURNS TABLE (at timestamptz, person text, role text, action text, collection text, scope text,
               row_count integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.at, coalesce(p.name, a.person_id::text), a.role, a.action, a.collection, a.scope,
           a.row_count
    FROM northlight_auth.audit a LEFT JOIN northlight_auth.person p ON p.id = a.person_id
    WHERE (SELECT northlight_auth.person_as('operator')) IS NOT NULL
      AND (of_person IS NULL OR a.person_id = of_person)
      AND (of_action IS NULL OR a.action = of_action)
      AND (on_day IS NULL OR (a.at >= on_day::timestamp AT TIME ZONE 'UTC'
                              AND a.at < (on_day + 1)::timestamp AT TIME ZONE 'UTC'))
    ORDER BY a.at DESC, a.id DESC LIMIT most
$$;

-- Who is in the trail, with what they did and how often.
CREATE FUNCTION northlight_auth.audit_people()
RETURNS TABLE (person_id uuid, person text, action text, entries bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.person_id, coalesce(min(p.name), a.person_id::text), a.action, count(*)
    FROM northlight_auth.audit a LEFT JOIN northlight_auth.person p ON p.id = a.person_id
    WHERE (SELECT northlight_auth.person_as('operator')) IS NOT NULL
    GROUP BY a.person_id, a.action ORDER BY 2, 1, 3
$$;

-- What northlight_auth.broken_audit() finds, by name.
CREATE FUNCTION northlight_auth.audit_breaks() RETURNS TABLE (person text, place bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(p.name, b.person_id::text), b.place
    FROM northlight_auth.broken_audit() b LEFT JOIN northlight_auth.person p ON p.id = b.person_id
    WHERE (SELECT northlight_auth.person_as('operator')) IS NOT NULL
    ORDER BY 1, 2
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.give_reason(text, text, integer),
    northlight_auth.end_reason(text), northlight_auth.own_reason(text),
    northlight_auth.audit_trail(uuid, text, date, integer), northlight_auth.audit_people(),
    northlight_auth.audit_breaks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.give_reason(text, text, integer),
    northlight_auth.end_reason(text), northlight_auth.own_reason(text),
    northlight_auth.audit_trail(uuid, text, date, integer), northlight_auth.audit_people(),
    northlight_auth.audit_breaks() TO northlight_operator;
