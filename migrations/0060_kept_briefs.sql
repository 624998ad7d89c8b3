-- A brief that a model wrote: kept for the coach who had it written, about a client, until the next.

CREATE TABLE northlight_auth.brief (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    coach_id        uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    collection_id   integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    system          text NOT NULL,
    owner           text NOT NULL,
    model           text NOT NULL CHECK (length(model) <= 200),
    prompt_version  integer NOT NULL,
    since           timestamptz NOT NULL,       -- begins the time it is about …
    session         boolean NOT NULL,           -- … with a session, or not
    later           timestamptz,                -- a session after which nothing was written
    latest          timestamptz NOT NULL,       -- the newest text there was
    left_out        jsonb NOT NULL DEFAULT '{}',  -- how many sentences, by reason
    written_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (coach_id, collection_id, owner)
);
CREATE INDEX brief_of_collection ON northlight_auth.brief (collection_id);
CREATE INDEX brief_of_owner ON northlight_auth.brief (system, owner);

CREATE TABLE northlight_auth.brief_sentence (
    brief_id  integer NOT NULL REFERENCES northlight_auth.brief ON DELETE CASCADE,
    place     integer NOT NULL,
    section   text NOT NULL CHECK (length(section) <= 40),
    said      text NOT NULL CHECK (length(said) BETWEEN 1 AND 2000),
    PRIMARY KEY (brief_id, place)
);

-- What a sentence rests on. Erasure and forgetting take it with its row, and the sentence with it.
CREATE TABLE northlight_auth.brief_passage (
    brief_id       integer NOT NULL,
    place          integer NOT NULL,
    number         integer NOT NULL,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    row_id         text NOT NULL,
    at             timestamptz NOT NULL,
    about          text NOT NULL CHECK (length(about) <= 2000),
    quote          text NOT NULL CHECK (length(quote) BETWEEN 1 AND 4000),
    PRIMARY KEY (brief_id, place, number),
    FOREIGN KEY (brief_id, place) REFERENCES northlight_auth.brief_sentence ON DELETE CASCADE
);
CREATE INDEX brief_passage_of_row ON northlight_auth.brief_passage (collection_id, row_id);

CREATE FUNCTION northlight_auth.drop_unfounded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM northlight_auth.brief_sentence s USING gone g
    WHERE s.brief_id = g.brief_id AND s.place = g.place;
    RETURN NULL;
END $$;
CREATE TRIGGER drop_unfounded AFTER DELETE ON northlight_auth.brief_passage
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION northlight_auth.drop_unfounded();

-- Keep this one in place of the coach's last about that client. `told` has the columns of a brief and
-- `sentences`, each with its `passages`, which name their collections.
CREATE FUNCTION northlight_auth.keep_brief(of_collection text, of_owner text, told jsonb)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    home record;
    kept integer;
BEGIN
    SELECT c.id, c.declaration ->> 'group' AS system INTO STRICT home
    FROM northlight.collection c WHERE c.name = of_collection;
    DELETE FROM northlight_auth.brief b
    WHERE b.coach_id = northlight_auth.coach_of(home.system, of_owner)
      AND b.collection_id = home.id AND b.owner = of_owner;
    INSERT INTO northlight_auth.brief (coach_id, collection_id, system, owner, model,
        prompt_version, since, session, later, latest, left_out)
    SELECT northlight_auth.coach_of(home.system, of_owner), home.id, home.system, of_owner,
        t.model, t.prompt_version, t.since, t.session, t.later, t.latest, t.left_out
    FROM jsonb_populate_record(NULL::northlight_auth.brief, told) t RETURNING id INTO kept;
    INSERT INTO northlight_auth.brief_sentence (brief_id, place, section, said)
    SELECT kept, s.place, s.one ->> 'section', s.one ->> 'said'
    FROM jsonb_array_elements(told -> 'sentences') WITH ORDINALITY AS s (one, place);
    INSERT INTO northlight_auth.brief_passage
        (brief_id, place, number, collection_id, row_id, at, about, quote)
    SELECT kept, s.place, p.number, c.id, p.one ->> 'row_id', (p.one ->> 'at')::timestamptz,
        p.one ->> 'about', p.one ->> 'quote'
    FROM jsonb_array_elements(told -> 'sentences') WITH ORDINALITY AS s (one, place),
         jsonb_array_elements(s.one -> 'passages') WITH ORDINALITY AS p (one, number)
         JOIN northlight.collection c ON c.name = p.one ->> 'collection';
    RETURN kept;
END $$;

-- The coach's own about a client of now, a row a passage.
CREATE FUNCTION northlight_auth.own_brief(of_collection text, of_owner text)
RETURNS TABLE (model text, prompt_version integer, since timestamptz, session boolean,
    later timestamptz, latest timestamptz, left_out jsonb, written_at timestamptz, place integer,
    section text, said text, collection text, row_id text, at timestamptz, about text, quote text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.model, b.prompt_version, b.since, b.session, b.later, b.latest, b.left_out,
        b.written_at, s.place, s.section, s.said, k.name, p.row_id, p.at, p.about, p.quote
    FROM northlight_auth.brief b
    JOIN northlight.collection c ON c.id = b.collection_id AND c.name = of_collection
    JOIN northlight_auth.brief_sentence s ON s.brief_id = b.id
    JOIN northlight_auth.brief_passage p ON p.brief_id = s.brief_id AND p.place = s.place
    JOIN northlight.collection k ON k.id = p.collection_id
    WHERE b.coach_id = northlight_auth.person_as('coach') AND b.owner = of_owner
      AND b.owner = ANY (northlight_auth.own_clients(b.system))
    ORDER BY s.place, p.number
$$;

CREATE FUNCTION northlight_auth.drop_brief(of_collection text, of_owner text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (
        DELETE FROM northlight_auth.brief b USING northlight.collection c
        WHERE c.id = b.collection_id AND c.name = of_collection AND b.owner = of_owner
          AND b.coach_id = northlight_auth.person_as('coach')
          AND b.owner = ANY (northlight_auth.own_clients(b.system)) RETURNING b.id)
    SELECT EXISTS (SELECT FROM gone)
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.drop_unfounded, northlight_auth.keep_brief,
    northlight_auth.own_brief, northlight_auth.drop_brief FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.keep_brief, northlight_auth.own_brief,
    northlight_auth.drop_brief TO northlight_coach;
