-- What agents and people add to a team's knowledge, with who and when; and how a pattern drifted.

SELECT set_config('search_path', format('nexus, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

-- Everything that was added or changed through Northlight. Never changed, never taken away.
CREATE TABLE changes (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    person   text NOT NULL,                 -- the name; the id is in `person_id`
    person_id uuid NOT NULL,
    action   text NOT NULL,
    subject  text NOT NULL,                 -- repository and what of it
    detail   jsonb NOT NULL                 -- {before, after}
);
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of changes is never rewritten' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- What a pattern said at each analysis, and how far its meaning moved since the one before: the
-- cosine distance of the embeddings, NULL for the first and where either was not embedded.
CREATE TABLE pattern_versions (
    pattern_id  integer NOT NULL REFERENCES patterns ON DELETE CASCADE,
    seen_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    said        text NOT NULL,
    embedding   vector(256),
    moved       double precision,
    PRIMARY KEY (pattern_id, seen_at)
);
INSERT INTO pattern_versions (pattern_id, seen_at, said, embedding)
SELECT id, created_at, concat_ws(E'\n\n', description, context), embedding FROM patterns;

CREATE FUNCTION keep_version() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO pattern_versions (pattern_id, said, embedding)
    VALUES (NEW.id, concat_ws(E'\n\n', NEW.description, NEW.context), NULL);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_first AFTER INSERT ON patterns FOR EACH ROW EXECUTE FUNCTION keep_version();
CREATE TRIGGER keep_version AFTER UPDATE OF description, context ON patterns FOR EACH ROW
    WHEN ((OLD.description, OLD.context) IS DISTINCT FROM (NEW.description, NEW.context))
    EXECUTE FUNCTION keep_version();

-- The embedding comes later than the text: then the newest version gets it, and its distance.
CREATE FUNCTION measure_version() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.embedding IS NOT DISTINCT FROM NEW.embedding THEN
        RETURN NEW;
    END IF;
    UPDATE pattern_versions v SET embedding = NEW.embedding, moved = (
        SELECT b.embedding <=> NEW.embedding FROM pattern_versions b
        WHERE b.pattern_id = v.pattern_id AND b.seen_at < v.seen_at
        ORDER BY b.seen_at DESC LIMIT 1)
    WHERE v.pattern_id = NEW.id AND v.seen_at = (
        SELECT max(n.seen_at) FROM pattern_versions n WHERE n.pattern_id = NEW.id);
    RETURN NEW;
END $$;
-- Vectors are compared in the function: a dump spells no schema for the operator of a WHEN.
CREATE TRIGGER measure_version AFTER UPDATE OF embedding ON patterns FOR EACH ROW
    WHEN (NEW.embedding IS NOT NULL)
    EXECUTE FUNCTION measure_version();

-- The repository, made when it is not known yet. Names are matched as they are written.
CREATE FUNCTION repository_named(of_name text) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    found integer;
BEGIN
    INSERT INTO repositories (name) VALUES (btrim(of_name)) ON CONFLICT (name) DO NOTHING;
    SELECT r.id INTO STRICT found FROM repositories r WHERE r.name = btrim(of_name);
    RETURN found;
END $$;

-- Adds or changes one row of a table of a repository, for a signed-in engineer or operator; what
-- was there before and what is there now is kept. Of an existing row only what is told changes.
-- Whether the row is new.
CREATE FUNCTION northlight_auth.add_knowledge(kind text, repository text, told jsonb)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who      northlight_auth.claims := northlight_auth.claims();
    called   text;
    repo     integer;
    key      text;
    of_table text;
    before   jsonb;
    after    jsonb;
    columns  text;
    settings text;
BEGIN
    IF who.person_id IS NULL OR who.role NOT IN ('engineer', 'operator') THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    IF coalesce(btrim(repository), '') = '' OR length(repository) > 255 THEN
        RAISE EXCEPTION 'a repository has a name of 1 to 255 letters' USING ERRCODE = '22023';
    END IF;
    SELECT t.of_table, t.key INTO of_table, key FROM (VALUES
        ('lesson', 'lessons_learned', 'title'),
        ('dependency', 'dependencies', 'dependency_name'),
        ('deployment', 'deployment_scripts', 'name'),
        ('issue', 'runtime_issues', 'issue_id')) AS t (name, of_table, key) WHERE t.name = kind;
    IF of_table IS NULL OR coalesce(btrim(told ->> key), '') = '' THEN
        RAISE EXCEPTION 'a % needs its %', kind, coalesce(key, 'kind') USING ERRCODE = '22023';
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(told) k WHERE k IN ('id', 'repo_id', 'created_at')
               OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attname = k AND a.attnum > 0
                              AND a.attrelid = format('nexus.%I', of_table)::regclass)) THEN
        RAISE EXCEPTION 'a % has no such field', kind USING ERRCODE = '22023';
    END IF;
    repo := nexus.repository_named(repository);
    told := told || jsonb_build_object('repo_id', repo);
    IF kind = 'dependency' THEN
        told := jsonb_build_object('dependency_type', 'runtime') || told;
    END IF;
    EXECUTE format(
        'SELECT to_jsonb(t) FROM nexus.%1$I t WHERE t.%2$I = $1 ->> %2$L '
        'AND (t.repo_id = ($1 ->> ''repo_id'')::integer OR %2$L = ''issue_id'')%3$s FOR UPDATE',
        of_table, key,
        CASE kind WHEN 'dependency' THEN ' AND t.dependency_type = $1 ->> ''dependency_type''' ELSE '' END)
        INTO before USING told;
    SELECT string_agg(format('%I', k), ', ' ORDER BY k), string_agg(format('%1$I = n.%1$I', k), ', ' ORDER BY k)
        INTO columns, settings FROM jsonb_object_keys(told) k;
    IF before IS NULL THEN
        EXECUTE format('INSERT INTO nexus.%1$I AS t (%2$s) SELECT %2$s FROM '
                       'jsonb_populate_record(NULL::nexus.%1$I, $1) RETURNING to_jsonb(t)',
                       of_table, columns) INTO after USING told;
    ELSE
        EXECUTE format('UPDATE nexus.%1$I t SET %2$s FROM jsonb_populate_record(NULL::nexus.%1$I, $1) n '
                       'WHERE t.id = ($2 ->> ''id'')::integer RETURNING to_jsonb(t)',
                       of_table, settings) INTO after USING told, before;
    END IF;
    SELECT p.name INTO called FROM northlight_auth.person p WHERE p.id = who.person_id;
    INSERT INTO nexus.changes (person, person_id, action, subject, detail)
    VALUES (called, who.person_id, kind || CASE WHEN before IS NULL THEN ' added' ELSE ' changed' END,
            btrim(repository) || ': ' || (told ->> key),
            jsonb_build_object('before', before, 'after', after));
    RETURN before IS NULL;
END $$;
REVOKE EXECUTE ON FUNCTION northlight_auth.add_knowledge(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.add_knowledge(text, text, jsonb)
    TO northlight_engineer, northlight_operator;
