-- The corners of a run's map. Rows placed later stand among their neighbours and so within it; it
-- stays when rows go. Every reader has the same frame, so a place in a link is the same place.
ALTER TABLE northlight.run ADD COLUMN frame box;

CREATE OR REPLACE FUNCTION northlight.run_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.changed_at := clock_timestamp();
    IF NEW.frame IS NULL THEN
        NEW.frame := (SELECT box(point(min(p.x), min(p.y)), point(max(p.x), max(p.y)))
                      FROM northlight.point p WHERE p.run_id = NEW.id);
    END IF;
    RETURN NEW;
END $$;

UPDATE northlight.run SET fingerprint = fingerprint;
