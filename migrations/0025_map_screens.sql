-- What the map's screen needs to open as fast at a million rows as at ten thousand.

-- Every row's place in the samples that are drawn: the first points along this index are as good a
-- sample as any, and the same one each time.
CREATE INDEX point_in_draw_order ON northlight.point (run_id, hashtext(row_id), row_id);

-- When a run was last told anything new: rows placed, themes edited. Caches of what readers saw
-- are keyed by it.
ALTER TABLE northlight.run ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();

CREATE FUNCTION northlight.run_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION northlight.theme_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE northlight.run r SET changed_at = clock_timestamp()
    WHERE r.current AND r.collection_id IN (SELECT t.collection_id FROM told t);
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION northlight.run_changed(), northlight.theme_told() FROM PUBLIC;

CREATE TRIGGER run_changed BEFORE UPDATE ON northlight.run
    FOR EACH ROW EXECUTE FUNCTION northlight.run_changed();
CREATE TRIGGER theme_told AFTER INSERT ON northlight.theme_event
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION northlight.theme_told();
