-- What a point was placed by: eight bytes of a digest of its row's embedding. A row that was
-- embedded anew no longer has this digest and is placed again. 0: not known.
ALTER TABLE northlight.point ADD COLUMN digest bigint NOT NULL DEFAULT 0;
