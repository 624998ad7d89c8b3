-- Of each number of a vector its sign, one bit: compared for every row of a scope, they tell which vectors are worth
-- comparing in full (queries/search/nearest.py). One partition a space, as of the embeddings, and written with them.
CREATE TABLE northlight.sign (
    space_id  integer NOT NULL,
    row_id    text NOT NULL,
    signs     bit varying NOT NULL,
    PRIMARY KEY (space_id, row_id)
) PARTITION BY LIST (space_id);

-- Whether the vectors nearest by their signs hold those that are nearest: measured on the space's own vectors.
ALTER TABLE northlight.space ADD COLUMN signed boolean NOT NULL DEFAULT false;

DO $$
DECLARE
    space integer;
BEGIN
    FOR space IN SELECT id FROM northlight.space LOOP
        EXECUTE format('CREATE TABLE northlight.sign_%s (LIKE northlight.sign INCLUDING ALL)', space);
        EXECUTE format('INSERT INTO northlight.sign_%s SELECT space_id, row_id, binary_quantize(embedding) '
                       'FROM northlight.embedding_%s WHERE embedding IS NOT NULL', space, space);
        EXECUTE format('ALTER TABLE northlight.sign ATTACH PARTITION northlight.sign_%s FOR VALUES IN (%s)', space, space);
    END LOOP;
END $$;
