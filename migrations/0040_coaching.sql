-- How people come along: a person's history in one row, what was found in texts, a coach's notes.

-- A time zone that this server knows, or UTC: one misspelt preference must not stop everybody's page.
CREATE FUNCTION northlight.known_zone(zone text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM now() AT TIME ZONE zone;
    RETURN coalesce(zone, 'UTC');
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$;
REVOKE EXECUTE ON FUNCTION northlight.known_zone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight.known_zone TO northlight_worker, northlight_coach,
    northlight_analyst, northlight_engineer, northlight_operator;

-- Everything a person answered and every session, as packed numbers (queries/companion_sql.py says
-- which): a million responses are twenty thousand rows to read, and rights are asked once a person.
-- For readers of few people the same is worked out at once and nothing is read here.
CREATE TABLE northlight.history (
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    system         text NOT NULL,
    owner          text NOT NULL,
    zone           text NOT NULL,
    answers        bytea,
    sessions       bytea,
    kept_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, owner)
);
CREATE INDEX history_of_owner ON northlight.history (system, owner);

-- What a method found in a row's text. Explored tables are not altered, and what a person said of
-- the own mood stands above it: the views take this only where the table has nothing.
CREATE TABLE northlight.finding (
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    row_id         text NOT NULL,
    content_hash   text NOT NULL,
    method         text NOT NULL CHECK (method IN ('model', 'lexicon')),
    tool           text NOT NULL,             -- the model or the library, with its version
    sentiment      real CHECK (sentiment BETWEEN -1 AND 1),
    mood           text,
    insights       text[] NOT NULL DEFAULT '{}',
    found_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, row_id)
);

-- A coach's private notes about a client: the coach's alone, while the client is the coach's.
CREATE TABLE northlight_auth.note (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    coach_id    uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    system      text NOT NULL,
    owner       text NOT NULL,
    said        text NOT NULL CHECK (length(btrim(said)) BETWEEN 1 AND 20000),
    written_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz
);
CREATE INDEX note_of_coach ON northlight_auth.note (coach_id, system, owner);
CREATE INDEX note_of_owner ON northlight_auth.note (system, owner);

-- The signed-in coach, if the owner is a client of theirs now; else the identity is refused.
CREATE FUNCTION northlight_auth.coach_of(of_system text, of_owner text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF of_owner IS NULL OR NOT of_owner = ANY (northlight_auth.own_clients(of_system)) THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    RETURN northlight_auth.person_as('coach');
END $$;

CREATE FUNCTION northlight_auth.own_notes(of_system text, of_owner text)
RETURNS TABLE (id integer, said text, written_at timestamptz, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.id, n.said, n.written_at, n.changed_at FROM northlight_auth.note n
    WHERE n.coach_id = northlight_auth.person_as('coach')
      AND n.system = of_system AND n.owner = of_owner
      AND n.owner = ANY (northlight_auth.own_clients(of_system))
    ORDER BY n.written_at DESC, n.id DESC
$$;

CREATE FUNCTION northlight_auth.write_note(of_system text, of_owner text, words text)
RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO northlight_auth.note (coach_id, system, owner, said)
    VALUES (northlight_auth.coach_of(of_system, of_owner), of_system, of_owner, words)
    RETURNING id
$$;

-- Whether there was such a note to change: the coach's own, about a client of now.
CREATE FUNCTION northlight_auth.change_note(note_id integer, words text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH changed AS (
        UPDATE northlight_auth.note n SET said = words, changed_at = clock_timestamp()
        WHERE n.id = note_id AND n.coach_id = northlight_auth.person_as('coach')
          AND n.owner = ANY (northlight_auth.own_clients(n.system)) RETURNING n.id)
    SELECT EXISTS (SELECT FROM changed)
$$;

CREATE FUNCTION northlight_auth.remove_note(note_id integer) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (
        DELETE FROM northlight_auth.note n
        WHERE n.id = note_id AND n.coach_id = northlight_auth.person_as('coach')
          AND n.owner = ANY (northlight_auth.own_clients(n.system)) RETURNING n.id)
    SELECT EXISTS (SELECT FROM gone)
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.coach_of, northlight_auth.own_notes,
    northlight_auth.write_note, northlight_auth.change_note, northlight_auth.remove_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.own_notes, northlight_auth.write_note,
    northlight_auth.change_note, northlight_auth.remove_note TO northlight_coach;
