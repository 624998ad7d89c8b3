-- A partition is of one space, so what finds a row in it begins with the row: its views do not name the space, and with the
-- space first a lookup of one row is three (PostgreSQL 18 skips through the spaces) or reads the whole index (before).
ALTER TABLE northlight.embedding DROP CONSTRAINT embedding_pkey, ADD PRIMARY KEY (row_id, space_id);
ALTER TABLE northlight.sign DROP CONSTRAINT sign_pkey, ADD PRIMARY KEY (row_id, space_id);
