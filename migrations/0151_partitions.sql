-- A partition is of one space, or of one collection: to look for that once for every row that is stored took as long as to
-- store it. What goes with a space or a collection is removed by a trigger instead.
ALTER TABLE northlight.embedding DROP CONSTRAINT embedding_space_id_fkey;
ALTER TABLE northlight.document DROP CONSTRAINT document_collection_id_fkey;

CREATE FUNCTION northlight.remove_with_space() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM northlight.embedding WHERE space_id = OLD.id;
    DELETE FROM northlight.sign WHERE space_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER remove_with_space AFTER DELETE ON northlight.space
    FOR EACH ROW EXECUTE FUNCTION northlight.remove_with_space();

CREATE FUNCTION northlight.remove_with_collection() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM northlight.document WHERE collection_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER remove_with_collection AFTER DELETE ON northlight.collection
    FOR EACH ROW EXECUTE FUNCTION northlight.remove_with_collection();

REVOKE EXECUTE ON FUNCTION northlight.remove_with_space(), northlight.remove_with_collection() FROM PUBLIC;
