-- What the product role reads: weekly releases of rounded counts, frozen once made. A cell that
-- says too much, or that would let another be worked out, has no number (docs/decisions/releases.md).

CREATE TABLE northlight.release (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection  text NOT NULL,             -- its name; a release outlives a declaration
    week        date NOT NULL CHECK (extract(isodow FROM week) = 1),  -- its Monday, in UTC
    revision    integer NOT NULL DEFAULT 1 CHECK (revision > 0),      -- a correction is a new release
    made_at     timestamptz NOT NULL DEFAULT now(),
    rule        jsonb NOT NULL,            -- people, coaches, share, base, and what the audit found
    dimensions  jsonb NOT NULL,            -- [{name, values: [{key, label}]}], also of empty values
    UNIQUE (collection, week, revision)
);

CREATE TABLE northlight.release_cell (
    release_id      integer NOT NULL REFERENCES northlight.release,
    place           integer NOT NULL,      -- in the order of the dimensions
    measure         text NOT NULL CHECK (measure = 'responses'),
    dim1            text,
    value1          text,
    dim2            text,
    value2          text,
    -- NULL: fewer than `rule.people`, or hidden so that such a cell cannot be worked out.
    people_rounded  integer CHECK (people_rounded >= 5),
    rows_rounded    integer CHECK (rows_rounded >= 5),
    -- The release that decided on this number: this one, or an earlier one that still stands
    -- because fewer than `rule.people` persons make the difference.
    decided_in      integer NOT NULL REFERENCES northlight.release,
    PRIMARY KEY (release_id, place),
    CHECK ((people_rounded IS NULL) = (rows_rounded IS NULL)),
    CHECK ((dim1 IS NULL) = (value1 IS NULL) AND (dim2 IS NULL) = (value2 IS NULL)),
    CHECK (dim1 IS NOT NULL OR dim2 IS NULL)
);

-- Who was in a release with which values: what the next one is compared with. Personal, so only
-- the owner of the schema may read it, and erasing a person removes it.
CREATE TABLE northlight_auth.release_basis (
    release_id  integer NOT NULL REFERENCES northlight.release,
    system      text NOT NULL,
    owner       text NOT NULL,
    profile     text[] NOT NULL,           -- a value's key for each dimension, in their order
    PRIMARY KEY (release_id, system, owner)
);
CREATE INDEX basis_of_owner ON northlight_auth.release_basis (system, owner);

-- Frozen: nothing is changed or taken away, and cells come only in the transaction of the release.
CREATE FUNCTION northlight_auth.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a release is frozen; make a correction instead' USING ERRCODE = '23514';
END $$;

CREATE FUNCTION northlight_auth.refuse_late_cell() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM northlight.release r
                   WHERE r.id = NEW.release_id AND r.made_at = transaction_timestamp()) THEN
        RAISE EXCEPTION 'a release is frozen; make a correction instead' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION northlight_auth.date_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.made_at := transaction_timestamp();
    IF NEW.week + 7 > (transaction_timestamp() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'the week of % is not over', NEW.week USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER dated BEFORE INSERT ON northlight.release
    FOR EACH ROW EXECUTE FUNCTION northlight_auth.date_release();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON northlight.release
    FOR EACH STATEMENT EXECUTE FUNCTION northlight_auth.refuse_change();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON northlight.release_cell
    FOR EACH STATEMENT EXECUTE FUNCTION northlight_auth.refuse_change();
CREATE TRIGGER in_time BEFORE INSERT ON northlight.release_cell
    FOR EACH ROW EXECUTE FUNCTION northlight_auth.refuse_late_cell();

REVOKE EXECUTE ON FUNCTION northlight_auth.refuse_change(), northlight_auth.refuse_late_cell(),
    northlight_auth.date_release() FROM PUBLIC;

-- What is read: by the command line and the jobs here, by the product role in its own schema, and
-- there nothing without a token signed for it.
CREATE VIEW northlight.released AS
    SELECT r.id, r.collection, r.week, r.revision, r.made_at, r.rule FROM northlight.release r;

CREATE VIEW northlight.released_cell AS
    SELECT c.release_id, c.place, c.measure, c.dim1, c.value1, c.dim2, c.value2,
           c.people_rounded, c.rows_rounded, d.week AS as_of
    FROM northlight.release_cell c JOIN northlight.release d ON d.id = c.decided_in;

CREATE VIEW northlight_product.released WITH (security_barrier) AS
    SELECT r.* FROM northlight.released r
    WHERE (SELECT northlight_auth.person_as('product')) IS NOT NULL;

CREATE VIEW northlight_product.released_cell WITH (security_barrier) AS
    SELECT c.* FROM northlight.released_cell c
    WHERE (SELECT northlight_auth.person_as('product')) IS NOT NULL;

GRANT SELECT ON northlight_product.released, northlight_product.released_cell
    TO northlight_product;
