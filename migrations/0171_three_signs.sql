-- Three bits of each number in place of one: whether it is above a step under zero, zero, and a step over
-- (queries/embeddings/signs.py). A quarter of the candidates finds more of what is near.
DO $$
DECLARE
    space record;
    line text;
BEGIN
    FOR space IN SELECT id, dimensions FROM northlight.space WHERE storage = 'own' LOOP
        line := format('array_fill((0.75 / sqrt(%1$s))::real, ARRAY[%1$s])::halfvec(%1$s)', space.dimensions);
        EXECUTE format('TRUNCATE northlight.sign_%s', space.id);
        EXECUTE format('INSERT INTO northlight.sign_%1$s SELECT space_id, row_id, binary_quantize(embedding + %2$s) '
                       '|| binary_quantize(embedding) || binary_quantize(embedding - %2$s) '
                       'FROM northlight.embedding_%1$s WHERE embedding IS NOT NULL', space.id, line);
    END LOOP;
END $$;
