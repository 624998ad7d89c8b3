-- What a team knows about its repositories: patterns, decisions, components, lessons, issues.
--
-- Vectors have the 256 dimensions of the default model. With a model of other dimensions the
-- column stays NULL and the vectors live in northlight.embedding.
-- Every table that is written again after an analysis has the key by which it is.

CREATE SCHEMA nexus;
SELECT set_config('search_path', format('nexus, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

CREATE TABLE repositories (
    id               serial PRIMARY KEY,
    name             varchar(255) NOT NULL UNIQUE,
    problem_domain   text,
    last_analyzed    timestamptz DEFAULT now(),
    last_commit_sha  varchar(40),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

-- The embedding is of name, description and context together: by name alone nothing is alike.
CREATE TABLE patterns (
    id           serial PRIMARY KEY,
    repo_id      integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    name         varchar(500) NOT NULL,
    description  text,
    context      text,
    embedding    vector(256),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, name),
    CONSTRAINT pattern_unit_length CHECK (vector_norm(embedding) BETWEEN 0.998 AND 1.002)
);

CREATE TABLE technical_decisions (
    id            serial PRIMARY KEY,
    repo_id       integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    what          varchar(500) NOT NULL,
    why           text,
    alternatives  text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, what)
);

CREATE TABLE reusable_components (
    id          serial PRIMARY KEY,
    repo_id     integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    name        varchar(500) NOT NULL,
    purpose     text,
    location    text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, name)
);

CREATE TABLE keywords (
    id       serial PRIMARY KEY,
    keyword  varchar(200) NOT NULL UNIQUE
);

CREATE TABLE pattern_keywords (
    pattern_id  integer NOT NULL REFERENCES patterns ON DELETE CASCADE,
    keyword_id  integer NOT NULL REFERENCES keywords ON DELETE CASCADE,
    PRIMARY KEY (pattern_id, keyword_id)
);
CREATE INDEX pattern_of_keyword ON pattern_keywords (keyword_id);

CREATE TABLE dependencies (
    id                  serial PRIMARY KEY,
    repo_id             integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    dependency_name     varchar(500) NOT NULL,
    dependency_version  varchar(200),
    dependency_type     varchar(50) NOT NULL DEFAULT 'runtime',
    created_at          timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, dependency_name, dependency_type)
);
CREATE INDEX dependency_named ON dependencies (dependency_name);

CREATE TABLE repository_relationships (
    id                 serial PRIMARY KEY,
    source_repo_id     integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    target_repo_id     integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    relationship_type  varchar(50) NOT NULL,
    description        text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source_repo_id, target_repo_id, relationship_type)
);
CREATE INDEX relationship_to ON repository_relationships (target_repo_id);

CREATE TABLE deployment_scripts (
    id                     serial PRIMARY KEY,
    repo_id                integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    name                   varchar(500) NOT NULL,
    description            text,
    commands               jsonb NOT NULL DEFAULT '[]',
    environment_variables  jsonb NOT NULL DEFAULT '{}',
    created_at             timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, name)
);

CREATE TABLE lessons_learned (
    id           serial PRIMARY KEY,
    repo_id      integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    title        varchar(500) NOT NULL,
    description  text,
    category     varchar(100),
    impact       varchar(50),
    date         timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, title)
);

CREATE TABLE analysis_history (
    id                serial PRIMARY KEY,
    repo_id           integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    commit_sha        varchar(40),
    analyzed_at       timestamptz NOT NULL DEFAULT now(),
    patterns_count    integer NOT NULL DEFAULT 0,
    decisions_count   integer NOT NULL DEFAULT 0,
    components_count  integer NOT NULL DEFAULT 0
);
CREATE INDEX history_of_repo ON analysis_history (repo_id, analyzed_at);

CREATE TABLE test_frameworks (
    id                   serial PRIMARY KEY,
    repo_id              integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    framework_name       varchar(200) NOT NULL,
    coverage_percentage  numeric(5, 2) CHECK (coverage_percentage BETWEEN 0 AND 100),
    created_at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, framework_name)
);

CREATE TABLE security_patterns (
    id                     serial PRIMARY KEY,
    repo_id                integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    pattern_name           varchar(500) NOT NULL,
    description            text,
    authentication_method  varchar(200),
    compliance_standard    varchar(200),
    created_at             timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repo_id, pattern_name)
);

CREATE TABLE runtime_issues (
    id                 serial PRIMARY KEY,
    repo_id            integer NOT NULL REFERENCES repositories ON DELETE CASCADE,
    issue_id           varchar(255) NOT NULL UNIQUE,
    detected_at        timestamptz,       -- NULL: known, not yet seen running
    issue_type         varchar(100) NOT NULL,
    severity           varchar(50),
    service_type       varchar(100),
    log_snippet        text,
    root_cause         text,
    suggested_fix      text,
    pattern_reference  varchar(500),
    status             varchar(50) NOT NULL DEFAULT 'open',
    metrics            jsonb NOT NULL DEFAULT '{}',
    resolution_time    interval,
    created_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX issue_of_repo ON runtime_issues (repo_id);
CREATE INDEX issue_of_pattern ON runtime_issues (pattern_reference);

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON repositories FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at();

-- Pairs above 0.8, each once, of a pattern and the 20 nearest that came after it. One
-- nearest-neighbour search a pattern: asked for one pattern (WHERE pattern1_id = ...), or with a
-- LIMIT, it does no more than that; with an HNSW index (vector_cosine_ops) none compares all pairs.
CREATE VIEW pattern_similarity_view AS
SELECT p1.id AS pattern1_id, p1.name AS pattern1_name, p1.repo_id AS repo1_id,
       p2.id AS pattern2_id, p2.name AS pattern2_name, p2.repo_id AS repo2_id,
       1 - p2.distance AS similarity_score
  FROM patterns p1
 CROSS JOIN LATERAL (
       SELECT other.id, other.name, other.repo_id, other.embedding <=> p1.embedding AS distance
         FROM patterns other
        WHERE other.id > p1.id AND other.embedding IS NOT NULL
        ORDER BY other.embedding <=> p1.embedding LIMIT 20) p2
 WHERE p1.embedding IS NOT NULL AND p2.distance < 0.2;
