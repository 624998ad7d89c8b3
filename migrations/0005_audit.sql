-- Who searched or opened what: written in the transaction of the read itself, by a function that
-- only adds. Each person's entries are a chain: an entry's digest covers the one before it, so an
-- entry that is changed, removed or put between others breaks the chain at that place.

CREATE TABLE northlight_auth.audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   uuid NOT NULL,             -- no foreign key: the trail outlives the person
    place       bigint NOT NULL,           -- in the person's chain, from 1
    at          timestamptz NOT NULL,
    role        text NOT NULL,
    action      text NOT NULL,             -- search, open, neighbours, members, export, ...
    collection  text NOT NULL,
    scope       text NOT NULL,             -- the filters in words; never the question
    question    text,                      -- a keyed digest of the question: alike if asked alike
    row_count   integer NOT NULL,
    digest      text NOT NULL,
    UNIQUE (person_id, place)
);
CREATE INDEX audit_by_time ON northlight_auth.audit (at);

-- The end of each chain, so that entries cut off the end are missed.
CREATE TABLE northlight_auth.audit_end (
    person_id  uuid PRIMARY KEY,
    place      bigint NOT NULL,
    digest     text NOT NULL
);

CREATE FUNCTION northlight_auth.audit_digest(entry northlight_auth.audit, before text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', before, (entry).person_id, (entry).place,
        extract(epoch FROM (entry).at), (entry).role, (entry).action, (entry).collection,
        (entry).scope, coalesce((entry).question, '-'), (entry).row_count), 'UTF8')), 'hex')
$$;

-- Adds an entry for the person behind this transaction. Nobody behind it: an error, and the read
-- that wanted to be recorded fails with it.
CREATE FUNCTION northlight_auth.record(
    action text, collection text, scope text, question text, row_count integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who   northlight_auth.claims := northlight_auth.claims();
    last  northlight_auth.audit_end;
    entry northlight_auth.audit;
BEGIN
    IF who.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    INSERT INTO northlight_auth.audit_end (person_id, place, digest)
    VALUES (who.person_id, 0, '') ON CONFLICT DO NOTHING;
    SELECT e.* INTO last FROM northlight_auth.audit_end e
    WHERE e.person_id = who.person_id FOR UPDATE;
    entry.person_id := who.person_id;
    entry.place := last.place + 1;
    entry.at := clock_timestamp();
    entry.role := who.role;
    entry.action := record.action;
    entry.collection := record.collection;
    entry.scope := record.scope;
    entry.question := northlight_auth.keyed('question|' || lower(btrim(record.question)), 0);
    entry.row_count := record.row_count;
    entry.digest := northlight_auth.audit_digest(entry, last.digest);
    INSERT INTO northlight_auth.audit
        (person_id, place, at, role, action, collection, scope, question, row_count, digest)
    VALUES (entry.person_id, entry.place, entry.at, entry.role, entry.action, entry.collection,
            entry.scope, entry.question, entry.row_count, entry.digest);
    UPDATE northlight_auth.audit_end e SET place = entry.place, digest = entry.digest
    WHERE e.person_id = who.person_id;
END $$;

-- Entries whose chain does not hold, and chains whose end is missing. Empty when all is well.
CREATE FUNCTION northlight_auth.broken_audit() RETURNS TABLE (person_id uuid, place bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.person_id, a.place FROM (
        SELECT e.*, coalesce(lag(e.digest) OVER chain, '') AS before,
               coalesce(lag(e.place) OVER chain, 0) AS place_before
        FROM northlight_auth.audit e WINDOW chain AS (PARTITION BY e.person_id ORDER BY e.place)) a
    WHERE a.place <> a.place_before + 1
       OR a.digest <> northlight_auth.audit_digest(ROW(a.id, a.person_id, a.place, a.at, a.role,
              a.action, a.collection, a.scope, a.question, a.row_count, a.digest)
              ::northlight_auth.audit, a.before)
    UNION ALL
    SELECT e.person_id, e.place FROM northlight_auth.audit_end e
    WHERE e.place > 0 AND NOT EXISTS (SELECT FROM northlight_auth.audit a
        WHERE a.person_id = e.person_id AND a.place = e.place AND a.digest = e.digest)
    UNION ALL
    SELECT a.person_id, a.place FROM northlight_auth.audit a
    WHERE NOT EXISTS (SELECT FROM northlight_auth.audit_end e
        WHERE e.person_id = a.person_id AND e.place >= a.place)
$$;

-- How often a person did something lately; over the limit is refused, and so is what cannot count.
CREATE TABLE northlight_auth.spent (
    person_id  uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    kind       text NOT NULL,
    minute     timestamptz NOT NULL,
    times      integer NOT NULL,
    PRIMARY KEY (person_id, kind, minute)
);

CREATE TABLE northlight_auth.allowance (
    kind      text PRIMARY KEY,
    times     integer NOT NULL CHECK (times > 0),
    minutes   integer NOT NULL CHECK (minutes > 0)
);
INSERT INTO northlight_auth.allowance VALUES
    ('search', 60, 1), ('open', 600, 1), ('export', 20, 60), ('model', 60, 60);

CREATE FUNCTION northlight_auth.spend(of_kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who     northlight_auth.claims := northlight_auth.claims();
    allowed northlight_auth.allowance;
    used    bigint;
BEGIN
    IF who.person_id IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    SELECT a.* INTO STRICT allowed FROM northlight_auth.allowance a WHERE a.kind = of_kind;
    -- The upsert holds the row until commit, so two requests at once are counted one after another.
    INSERT INTO northlight_auth.spent AS s (person_id, kind, minute, times)
    VALUES (who.person_id, of_kind, date_trunc('minute', clock_timestamp()), 1)
    ON CONFLICT (person_id, kind, minute) DO UPDATE SET times = s.times + 1;
    SELECT sum(s.times) INTO used FROM northlight_auth.spent s
    WHERE s.person_id = who.person_id AND s.kind = of_kind
      AND s.minute > clock_timestamp() - make_interval(mins => allowed.minutes);
    IF used > allowed.times THEN
        RAISE EXCEPTION 'limit reached: % % in % minutes', allowed.times, of_kind, allowed.minutes
            USING ERRCODE = '54000';
    END IF;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA northlight_auth FROM PUBLIC;

-- What a reader's views and transactions call. Functions that answer for one role go to that role.
GRANT USAGE ON SCHEMA northlight_auth TO northlight_coach, northlight_analyst, northlight_engineer,
    northlight_operator, northlight_product;
GRANT EXECUTE ON FUNCTION northlight_auth.claims(), northlight_auth.person_as(text),
    northlight_auth.record(text, text, text, text, integer), northlight_auth.spend(text)
    TO northlight_coach, northlight_analyst, northlight_engineer, northlight_operator,
    northlight_product;
GRANT EXECUTE ON FUNCTION northlight_auth.own_clients(text) TO northlight_coach;
GRANT EXECUTE ON FUNCTION northlight_auth.may_read(text, text, text)
    TO northlight_analyst, northlight_engineer, northlight_operator;
-- Not pseudonym() and not withdrawn(): called by hand they would tell an analyst who somebody is.
GRANT EXECUTE ON FUNCTION northlight_auth.masked(text) TO northlight_analyst;
