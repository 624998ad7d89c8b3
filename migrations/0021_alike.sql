-- Pairs of similar rows, so that readers, who reach no vector, see which of their rows are alike.
-- Each pair stands here twice, once from either row, and one way holds the other: whichever row is
-- forgotten, both go.
CREATE TABLE northlight.alike (
    space_id    integer NOT NULL REFERENCES northlight.space ON DELETE CASCADE,
    row_id      text NOT NULL,
    other_id    text NOT NULL,
    similarity  real NOT NULL CHECK (similarity BETWEEN -1 AND 1),
    PRIMARY KEY (space_id, row_id, other_id),
    FOREIGN KEY (space_id, other_id, row_id) REFERENCES northlight.alike ON DELETE CASCADE
);

-- The similarity from which on every pair is kept; NULL before the rows were compared.
ALTER TABLE northlight.space ADD COLUMN alike_from real;
