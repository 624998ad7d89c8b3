-- What people ask for from a screen: maps to be made or accepted, themes to be changed. The web
-- login writes nothing itself: it calls functions that ask whether the person may, and put the work
-- into the queue. The job names no theme and no person: it is shown to whoever may shape the map.

-- A change to a theme that somebody asked for, and what came of it.
CREATE TABLE northlight.wish (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    person_id      uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    kind           text NOT NULL
                   CHECK (kind IN ('rename', 'pin', 'unpin', 'merge', 'split', 'apart', 'undo')),
    target         integer NOT NULL,       -- a theme, or the edit that is undone
    other          integer,                -- the second theme of a merger, or to be kept apart from
    name           text CHECK (length(name) <= 200),
    asked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    granted        boolean,                -- NULL while it waits
    answer         text
);
CREATE INDEX wish_of_person ON northlight.wish (person_id, id);
CREATE INDEX wish_of_collection ON northlight.wish (collection_id);

-- The signed-in person, if the person may shape maps and themes of the collection: operators may
-- have maps made of everything, who changes themes must be able to read them.
CREATE FUNCTION northlight_auth.shaper(of_collection text, by_reading boolean) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (t.who).person_id FROM (SELECT northlight_auth.claims() AS who) t
    JOIN northlight.collection c ON c.name = of_collection
    WHERE (t.who).role IN ('analyst', 'engineer', 'operator')
      AND ((t.who).role = 'operator' AND NOT by_reading
           OR northlight_auth.may_read((t.who).role, c.name, c.declaration->>'group'))
$$;

-- The unfinished job that does this, or a new one.
CREATE FUNCTION northlight_auth.queued(of_kind text, of_collection text, with_arguments jsonb)
RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO northlight.job AS job (kind, collection, arguments)
    VALUES (of_kind, of_collection, with_arguments)
    ON CONFLICT (kind, collection, arguments)
        WHERE state IN ('waiting', 'running') AND NOT cancel
        DO UPDATE SET asked_at = job.asked_at
    RETURNING id
$$;

-- Asks for a map: 'place' what is new, 'propose' a refit, 'accept' the proposed one, go 'back'.
CREATE FUNCTION northlight_auth.ask_map(of_collection text, what text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF northlight_auth.shaper(of_collection, false) IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    PERFORM northlight_auth.record('map: ' || what, of_collection, 'all rows', NULL, 0);
    RETURN CASE what
        WHEN 'place' THEN northlight_auth.queued('map', of_collection, '{}')
        WHEN 'propose' THEN northlight_auth.queued('map', of_collection, '{"propose": true}')
        WHEN 'accept' THEN northlight_auth.queued('accept', of_collection, '{}')
        WHEN 'back' THEN northlight_auth.queued('back', of_collection, '{}')
    END;
END $$;

-- Asks for a change to a theme; the job.
CREATE FUNCTION northlight_auth.ask_theme(
    of_collection text, of_kind text, of_subject integer, of_other integer, new_name text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  uuid := northlight_auth.shaper(of_collection, true);
    made integer;
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    INSERT INTO northlight.wish (collection_id, person_id, kind, target, other, name)
    SELECT c.id, who, of_kind, of_subject, of_other, new_name
    FROM northlight.collection c WHERE c.name = of_collection RETURNING id INTO made;
    PERFORM northlight_auth.record('theme: ' || of_kind, of_collection,
        'theme or edit ' || of_subject, NULL, 0);
    RETURN northlight_auth.queued('theme', of_collection, jsonb_build_object('wish', made));
END $$;

-- What came of the signed-in person's own wish.
CREATE FUNCTION northlight_auth.wish_answer(of_job integer)
RETURNS TABLE (granted boolean, answer text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.granted, w.answer FROM northlight.job j
    JOIN northlight.wish w ON w.id = CAST(j.arguments->>'wish' AS integer)
    WHERE j.id = of_job AND j.kind = 'theme'
      AND w.person_id = (northlight_auth.claims()).person_id
$$;

-- What is under way for a collection, whoever asked for it, and the job of that number whatever
-- became of it. No row for who may not shape the collection's map.
CREATE FUNCTION northlight_auth.work_on(of_collection text, and_job integer)
RETURNS TABLE (id integer, kind text, state text, cancel boolean, progress real, step text,
               message text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.id, j.kind, j.state, j.cancel, j.progress, j.step, j.message FROM northlight.job j
    WHERE j.collection = of_collection AND (j.state IN ('waiting', 'running') OR j.id = and_job)
      AND (SELECT northlight_auth.shaper(of_collection, false)) IS NOT NULL
    ORDER BY j.id
$$;

-- Asks a job to stop, whoever asked for it; whether it was still open.
CREATE FUNCTION northlight_auth.cancel_job(of_job integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_collection text := (SELECT j.collection FROM northlight.job j WHERE j.id = of_job);
BEGIN
    IF northlight_auth.shaper(of_collection, false) IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    PERFORM northlight_auth.record('job cancelled', of_collection, 'job ' || of_job, NULL, 0);
    UPDATE northlight.job j SET cancel = j.state = 'running',
        state = CASE j.state WHEN 'waiting' THEN 'cancelled' ELSE j.state END,
        message = CASE j.state WHEN 'waiting' THEN 'Cancelled before it began.' ELSE j.message END,
        finished_at = CASE j.state WHEN 'waiting' THEN now() ELSE j.finished_at END
    WHERE j.id = of_job AND j.state IN ('waiting', 'running');
    RETURN FOUND;
END $$;

-- What to know before a map is changed: the proposed run and what it would change, why a refit is
-- worth it, whether there is a map to go back to. No row for who may not change it.
CREATE FUNCTION northlight_auth.map_state(of_collection text)
RETURNS TABLE (proposed integer, told jsonb, refit_because text, has_earlier boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.id, n.told, now.refit_because, r.follows_id IS NOT NULL
    FROM northlight.collection c
    JOIN northlight.run r ON r.collection_id = c.id AND r.current
    LEFT JOIN northlight.run_note now ON now.run_id = r.id
    LEFT JOIN northlight.run p ON p.collection_id = c.id AND p.proposed
    LEFT JOIN northlight.run_note n ON n.run_id = p.id
    WHERE c.name = of_collection AND northlight_auth.shaper(of_collection, false) IS NOT NULL
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.shaper(text, boolean),
    northlight_auth.queued(text, text, jsonb), northlight_auth.ask_map(text, text),
    northlight_auth.ask_theme(text, text, integer, integer, text),
    northlight_auth.wish_answer(integer), northlight_auth.cancel_job(integer),
    northlight_auth.map_state(text), northlight_auth.work_on(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.ask_map(text, text),
    northlight_auth.ask_theme(text, text, integer, integer, text),
    northlight_auth.wish_answer(integer), northlight_auth.cancel_job(integer),
    northlight_auth.map_state(text), northlight_auth.work_on(text, integer)
    TO northlight_analyst, northlight_engineer, northlight_operator;
