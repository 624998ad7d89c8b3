-- What a map is made of, and what a long fit has finished.

-- A digest is from now on worked out by the server (queries/map_rows.py), so that a change is found
-- without reading vectors. Of the points that are there it is not known.
UPDATE northlight.point SET digest = 0;

-- Owners whose rows are on no map: they withdrew consent to research. For the worker alone.
CREATE VIEW northlight.off_the_map AS
    SELECT w.system, w.owner FROM northlight_auth.withdrawal w WHERE w.purpose = 'research';

-- Finished parts of a fit of very many rows, until its run is stored: a worker that dies goes on
-- from here. Coordinates and labels only; NumPy's npz format.
CREATE TABLE northlight.fit_stage (
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    fingerprint    text NOT NULL,          -- of everything that decides the fit
    stage          text NOT NULL,
    arrays         bytea NOT NULL,
    kept_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, stage)
);
