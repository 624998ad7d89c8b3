-- Northlight's own schema: what it knows about the tables it explores. The tables themselves are never altered.

CREATE SCHEMA northlight;
COMMENT ON SCHEMA northlight IS 'Northlight: declarations, embeddings, words, maps, themes and jobs';

-- A declared collection. The TOML file is where it is written; this is what app and worker read.
CREATE TABLE northlight.collection (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE CHECK (name ~ '^[a-z][a-z0-9_]{0,47}$'),
    declaration  jsonb NOT NULL,
    declared_at  timestamptz NOT NULL DEFAULT now()
);

-- An embedding space: one collection under one model. At most one is active.
CREATE TABLE northlight.space (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    model          text NOT NULL,
    dimensions     integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    -- 'own': the vectors are in northlight.embedding; 'column': in the collection's own column.
    storage        text NOT NULL CHECK (storage IN ('own', 'column')),
    half           boolean NOT NULL,       -- halfvec, or the vector type of a column in place
    active         boolean NOT NULL DEFAULT false,
    embedded_at    timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, model, storage)
);
CREATE UNIQUE INDEX one_active_space ON northlight.space (collection_id) WHERE active;

-- One row for each row of a collection that the model has seen. Partitions (one a space) are made
-- when a space is, carry its dimensions as a CHECK, and get their HNSW index after the first load.
CREATE TABLE northlight.embedding (
    space_id      integer NOT NULL REFERENCES northlight.space ON DELETE CASCADE,
    row_id        text NOT NULL,
    content_hash  uuid NOT NULL,           -- md5 of the text that was embedded
    embedding     halfvec,                 -- NULL: refused, or kept in the collection's own column
    refused       text,                    -- why there is no embedding: 'empty', 'no known word', ...
    PRIMARY KEY (space_id, row_id),
    CONSTRAINT unit_length CHECK (l2_norm(embedding) BETWEEN 0.998 AND 1.002)
) PARTITION BY LIST (space_id);

-- The words of each row, for the words leg of a search. One partition a collection.
CREATE TABLE northlight.document (
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    row_id         text NOT NULL,
    content_hash   uuid NOT NULL,
    words          tsvector NOT NULL,
    PRIMARY KEY (collection_id, row_id)
) PARTITION BY LIST (collection_id);

-- In how many rows of a collection each lexeme occurs: rare words weigh more.
CREATE TABLE northlight.lexeme (
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    lexeme         text NOT NULL,
    rows           integer NOT NULL,
    PRIMARY KEY (collection_id, lexeme)
);

-- A run of the theme engine. Points and theme figures belong to a run; themes outlive runs.
CREATE TABLE northlight.run (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    space_id       integer NOT NULL REFERENCES northlight.space ON DELETE CASCADE,
    fingerprint    text NOT NULL,          -- everything that decided the result
    parameters     jsonb NOT NULL,
    rows           integer NOT NULL,
    unsorted       integer NOT NULL,
    quality        jsonb NOT NULL DEFAULT '{}',
    current        boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_current_run ON northlight.run (collection_id) WHERE current;

CREATE TABLE northlight.theme (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    name           text NOT NULL,
    named_by       text NOT NULL CHECK (named_by IN ('terms', 'person', 'model')),
    definition     text,
    pinned         boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL DEFAULT now(),
    retired_at     timestamptz
);
CREATE INDEX theme_of_collection ON northlight.theme (collection_id);

-- A theme as one run found it.
CREATE TABLE northlight.theme_in_run (
    run_id           integer NOT NULL REFERENCES northlight.run ON DELETE CASCADE,
    theme_id         integer NOT NULL REFERENCES northlight.theme ON DELETE CASCADE,
    parent_id        integer REFERENCES northlight.theme ON DELETE CASCADE,
    size             integer NOT NULL,
    owners           integer,
    terms            text[] NOT NULL,
    representatives  text[] NOT NULL,      -- row ids, most central first
    stability        real,                 -- 0..1, share of the theme found again under resampling
    separation       real,
    rival_id         integer,
    x                real NOT NULL,        -- where its label stands on the map
    y                real NOT NULL,
    centroid         halfvec NOT NULL,
    PRIMARY KEY (run_id, theme_id)
);

CREATE TABLE northlight.theme_event (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id  integer NOT NULL REFERENCES northlight.collection ON DELETE CASCADE,
    theme_id       integer NOT NULL REFERENCES northlight.theme ON DELETE CASCADE,
    run_id         integer REFERENCES northlight.run ON DELETE SET NULL,
    kind           text NOT NULL,          -- born, continued, split, merged, retired, renamed, ...
    detail         jsonb NOT NULL DEFAULT '{}',
    made_by        text NOT NULL,          -- 'engine', or who did it
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_of_theme ON northlight.theme_event (theme_id, id);

CREATE TABLE northlight.point (
    run_id      integer NOT NULL REFERENCES northlight.run ON DELETE CASCADE,
    row_id      text NOT NULL,
    x           real NOT NULL,
    y           real NOT NULL,
    theme_id    integer REFERENCES northlight.theme ON DELETE SET NULL,  -- NULL: unsorted
    membership  real NOT NULL,             -- 0..1, strength in its theme
    placed      boolean NOT NULL,          -- true: arrived after the fit, put beside its neighbours
    PRIMARY KEY (run_id, row_id)
);
CREATE INDEX point_of_theme ON northlight.point (run_id, theme_id);

-- Work that takes long. A worker claims with SKIP LOCKED and keeps a lease; the attempt number
-- fences off a worker that was paused past its lease. Only the server's clock is read.
CREATE TABLE northlight.job (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL,
    collection   text NOT NULL,            -- its name; a job outlives a declaration
    arguments    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(arguments) = 'object'),
    state        text NOT NULL DEFAULT 'waiting'
                 CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    cancel       boolean NOT NULL DEFAULT false,      -- asked for; the worker has yet to obey
    progress     real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    step         text NOT NULL DEFAULT '',
    message      text NOT NULL DEFAULT '',            -- what came of it, in a sentence
    worker       text,
    attempt      integer NOT NULL DEFAULT 0,          -- grows with every claim
    interrupted  integer NOT NULL DEFAULT 0,          -- how often its worker died on it
    lease_until  timestamptz,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    finished_at  timestamptz,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
-- Asking twice for the same unfinished work is one job.
CREATE UNIQUE INDEX one_unfinished_job ON northlight.job (kind, collection, arguments)
    WHERE state IN ('waiting', 'running') AND NOT cancel;
-- Two jobs never write the same collection at the same time.
CREATE UNIQUE INDEX one_running_job ON northlight.job (collection) WHERE state = 'running';

-- Workers as they were last seen: only for people. Whether a job is stuck is told by its lease.
CREATE TABLE northlight.worker (
    name         text PRIMARY KEY,
    started_at   timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now()
);

-- Long work that need not be done twice, with what it was done from.
CREATE TABLE northlight.milestone (
    name         text PRIMARY KEY,
    fingerprint  text NOT NULL,
    reached_at   timestamptz NOT NULL DEFAULT now()
);
