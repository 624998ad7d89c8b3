-- What people did to themes: every edit can be undone, and every later run respects it.

ALTER TABLE northlight.theme
    ADD COLUMN merged_into integer REFERENCES northlight.theme ON DELETE SET NULL;

CREATE TABLE northlight.theme_edit (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    run_id         integer REFERENCES northlight.run ON DELETE SET NULL,
    kind           text NOT NULL
                   CHECK (kind IN ('renamed', 'pinned', 'unpinned', 'merged', 'split', 'apart')),
    theme_id       integer NOT NULL REFERENCES northlight.theme ON DELETE CASCADE,
    other_id       integer REFERENCES northlight.theme ON DELETE CASCADE,
    detail         jsonb NOT NULL DEFAULT '{}',   -- how it was before
    made_by        text NOT NULL,
    made_at        timestamptz NOT NULL DEFAULT now(),
    undone_by      text,
    undone_at      timestamptz,
    CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
CREATE INDEX edit_of_collection ON northlight.theme_edit (collection_id, id);

-- The rows an edit moved from one theme to another, to move back when it is undone.
CREATE TABLE northlight.theme_edit_row (
    edit_id  integer NOT NULL REFERENCES northlight.theme_edit ON DELETE CASCADE,
    row_id   text NOT NULL,
    PRIMARY KEY (edit_id, row_id)
);

-- A run follows another. One that is proposed is stored and not shown until somebody accepts it.
ALTER TABLE northlight.run
    ADD COLUMN follows_id integer REFERENCES northlight.run ON DELETE SET NULL,
    ADD COLUMN proposed boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX one_proposed_run ON northlight.run (collection_id) WHERE proposed;

-- What only the command line and the jobs need to know of a run: every reader may see the run
-- itself, and themes' names are in the events.
CREATE TABLE northlight.run_note (
    run_id         integer PRIMARY KEY REFERENCES northlight.run ON DELETE CASCADE,
    refit_because  text,                          -- why a refit of this run would be worth it
    told           jsonb NOT NULL DEFAULT '{}',   -- what a proposed run would change
    events         jsonb NOT NULL DEFAULT '[]'    -- to be told when it is accepted
);

-- How a theme fares: new, growing, steady or fading, and the interval behind it.
ALTER TABLE northlight.theme_in_run
    ADD COLUMN state text CHECK (state IN ('new', 'growing', 'steady', 'fading')),
    ADD COLUMN trend jsonb;

-- The instructions and the model behind a name that a model gave.
ALTER TABLE northlight.theme ADD COLUMN named_with jsonb;
