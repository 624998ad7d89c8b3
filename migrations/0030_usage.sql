-- Releases of usage: the same frozen tables, rule and audit, counted over one week or over four.

ALTER TABLE northlight.release ADD weeks integer NOT NULL DEFAULT 1 CHECK (weeks IN (1, 4));
ALTER TABLE northlight.release_cell DROP CONSTRAINT release_cell_measure_check;
ALTER TABLE northlight.release_cell
    ADD CONSTRAINT release_cell_measure_check CHECK (measure IN ('responses', 'actions'));

CREATE OR REPLACE FUNCTION northlight_auth.date_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.made_at := transaction_timestamp();
    IF NEW.week + 7 * NEW.weeks > (transaction_timestamp() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'the time from % is not over', NEW.week USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE VIEW northlight.released AS
    SELECT r.id, r.collection, r.week, r.revision, r.made_at, r.rule, r.weeks
    FROM northlight.release r;
CREATE OR REPLACE VIEW northlight_product.released WITH (security_barrier) AS
    SELECT r.* FROM northlight.released r
    WHERE (SELECT northlight_auth.person_as('product')) IS NOT NULL;

-- How often a person of Northlight opened a screen on a day, and how long the page took: what the
-- release of Northlight's own use is made from. Nothing of what was on the page.
CREATE TABLE northlight_auth.screen_use (
    person_id     uuid NOT NULL REFERENCES northlight_auth.person ON DELETE CASCADE,
    day           date NOT NULL,
    screen        text NOT NULL CHECK (length(screen) BETWEEN 1 AND 60),
    times         integer NOT NULL,
    milliseconds  bigint NOT NULL,
    PRIMARY KEY (person_id, day, screen)
);

CREATE FUNCTION northlight_auth.note_screen(of_screen text, took integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO northlight_auth.screen_use AS u (person_id, day, screen, times, milliseconds)
    SELECT (c).person_id, (clock_timestamp() AT TIME ZONE 'UTC')::date, of_screen, 1, greatest(took, 0)
    FROM (SELECT northlight_auth.claims() AS c) AS told WHERE (c).person_id IS NOT NULL
    ON CONFLICT (person_id, day, screen) DO UPDATE
    SET times = u.times + 1, milliseconds = u.milliseconds + excluded.milliseconds
$$;
REVOKE EXECUTE ON FUNCTION northlight_auth.note_screen(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.note_screen(text, integer) TO northlight_coach,
    northlight_analyst, northlight_engineer, northlight_operator, northlight_product;
