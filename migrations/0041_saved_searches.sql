-- Searches that people keep, and the questions they asked lately. Both are in a person's own words:
-- nobody else is shown them, and they go with the person. The question has a column of its own,
-- because erasure looks for somebody who is named in a text column word by word.

ALTER TABLE northlight.saved_view
    ADD COLUMN question text CHECK (length(question) BETWEEN 1 AND 2000),
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD CONSTRAINT own_words_are_not_shared CHECK (question IS NULL OR NOT shared);

CREATE TABLE northlight.asked_question (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    person_id      uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    question       text NOT NULL CHECK (length(question) BETWEEN 1 AND 2000),
    mode           text NOT NULL CHECK (mode IN ('hybrid', 'meaning', 'words')),
    asked_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX question_of_collection ON northlight.asked_question (collection_id);
CREATE INDEX question_of_person ON northlight.asked_question (person_id, asked_at);

-- Who wants no questions kept.
CREATE TABLE northlight.no_history (
    person_id uuid PRIMARY KEY REFERENCES northlight_auth.person ON DELETE CASCADE
);

-- As in 0028, without searches: those are listed by saved_searches.
CREATE OR REPLACE FUNCTION northlight_auth.saved_views(of_collection text)
RETURNS TABLE (code text, name text, by text, mine boolean, shared boolean, made_at timestamptz,
               address jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.code, v.name, p.name, p.id = (t.who).person_id, v.shared, v.made_at, v.address
    FROM (SELECT northlight_auth.claims() AS who) t
    JOIN northlight.collection c ON c.name = of_collection
    JOIN northlight.saved_view v ON v.collection_id = c.id AND v.question IS NULL
    JOIN northlight_auth.person p ON p.id = v.person_id
    WHERE p.id = (t.who).person_id
       OR (v.shared AND p.role = (t.who).role AND p.role <> 'coach')
    ORDER BY v.made_at DESC
$$;

-- Keeps a search for the signed-in person; its code. forget_view drops it again.
CREATE FUNCTION northlight_auth.save_search(
    of_collection text, search_name text, asked text, search_address jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who  northlight_auth.claims := northlight_auth.claims();
    made text;
BEGIN
    IF who.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    INSERT INTO northlight.saved_view (collection_id, person_id, name, question, address)
    SELECT c.id, who.person_id, btrim(search_name), asked, search_address
    FROM northlight.collection c WHERE c.name = of_collection RETURNING code INTO made;
    RETURN made;
END $$;

-- The signed-in person's own searches, in every collection.
CREATE FUNCTION northlight_auth.saved_searches()
RETURNS TABLE (code text, collection text, name text, question text, address jsonb,
               made_at timestamptz, seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.code, c.name, v.name, v.question, v.address, v.made_at, v.seen_at
    FROM northlight.saved_view v JOIN northlight.collection c ON c.id = v.collection_id
    WHERE v.question IS NOT NULL AND v.person_id = (northlight_auth.claims()).person_id
    ORDER BY v.made_at DESC
$$;

-- From now on only later rows are new to this search; until when it had been seen before.
CREATE FUNCTION northlight_auth.see_search(of_code text) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH before AS (
        SELECT v.code, v.seen_at FROM northlight.saved_view v
        WHERE v.code = of_code AND v.person_id = (northlight_auth.claims()).person_id FOR UPDATE)
    UPDATE northlight.saved_view v SET seen_at = clock_timestamp()
    FROM before WHERE v.code = before.code RETURNING before.seen_at
$$;

-- Notes what the signed-in person asked, unless that is not wanted. Thirty questions are kept for
-- thirty days; one that is asked again moves up.
CREATE FUNCTION northlight_auth.note_question(of_collection text, asked text, by_mode text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := (northlight_auth.claims()).person_id;
BEGIN
    IF me IS NULL OR EXISTS (SELECT FROM northlight.no_history n WHERE n.person_id = me) THEN
        RETURN;
    END IF;
    DELETE FROM northlight.asked_question a USING northlight.collection c
    WHERE a.person_id = me AND a.question = asked AND c.id = a.collection_id
      AND c.name = of_collection;
    INSERT INTO northlight.asked_question (collection_id, person_id, question, mode)
    SELECT c.id, me, asked, by_mode FROM northlight.collection c WHERE c.name = of_collection;
    DELETE FROM northlight.asked_question a
    WHERE a.person_id = me AND (a.asked_at < clock_timestamp() - interval '30 days' OR a.id NOT IN (
        SELECT k.id FROM northlight.asked_question k WHERE k.person_id = me
        ORDER BY k.asked_at DESC LIMIT 30));
END $$;

-- What the signed-in person asked of a collection in the last thirty days, the latest first.
CREATE FUNCTION northlight_auth.asked_questions(of_collection text)
RETURNS TABLE (question text, mode text, asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.question, a.mode, a.asked_at
    FROM northlight.asked_question a JOIN northlight.collection c ON c.id = a.collection_id
    WHERE c.name = of_collection AND a.person_id = (northlight_auth.claims()).person_id
      AND a.asked_at >= clock_timestamp() - interval '30 days'
    ORDER BY a.asked_at DESC
$$;

-- Forgets every question of the signed-in person.
CREATE FUNCTION northlight_auth.forget_questions() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM northlight.asked_question a
    WHERE a.person_id = (northlight_auth.claims()).person_id
$$;

-- Whether the signed-in person's questions are kept.
CREATE FUNCTION northlight_auth.keeps_questions() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM northlight.no_history n
        WHERE n.person_id = (northlight_auth.claims()).person_id)
$$;

-- Keeps them from now on, or forgets them and keeps none.
CREATE FUNCTION northlight_auth.keep_questions(wanted boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := (northlight_auth.claims()).person_id;
BEGIN
    IF wanted THEN
        DELETE FROM northlight.no_history n WHERE n.person_id = me;
    ELSE
        INSERT INTO northlight.no_history SELECT me WHERE me IS NOT NULL ON CONFLICT DO NOTHING;
        DELETE FROM northlight.asked_question a WHERE a.person_id = me;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION northlight_auth.save_search(text, text, text, jsonb),
    northlight_auth.saved_searches(), northlight_auth.see_search(text),
    northlight_auth.note_question(text, text, text), northlight_auth.asked_questions(text),
    northlight_auth.forget_questions(), northlight_auth.keeps_questions(),
    northlight_auth.keep_questions(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.save_search(text, text, text, jsonb),
    northlight_auth.saved_searches(), northlight_auth.see_search(text),
    northlight_auth.note_question(text, text, text), northlight_auth.asked_questions(text),
    northlight_auth.forget_questions(), northlight_auth.keeps_questions(),
    northlight_auth.keep_questions(boolean)
    TO northlight_coach, northlight_analyst, northlight_engineer, northlight_operator;
