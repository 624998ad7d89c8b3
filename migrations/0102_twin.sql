-- A digital twin: one person's documents in chunks, the conversations about them, and what a
-- service without another store keeps beside: cache, limits, events.
--
-- Vectors have the 256 dimensions of the default model. With a model of other dimensions the
-- column stays NULL and the vectors live in northlight.embedding.

CREATE SCHEMA twin;
SELECT set_config('search_path', format('twin, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

-- A document that fits into one chunk has the id `doc`, the others `doc-chunk-N`. The metadata is
-- the caller's; the columns generated from it are there to be filtered and counted.
CREATE TABLE vectors (
    id            text PRIMARY KEY,
    embedding     vector(256),
    content       text NOT NULL,
    metadata      jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    title         text GENERATED ALWAYS AS (metadata ->> 'title') STORED,
    source        text GENERATED ALWAYS AS (metadata ->> 'source') STORED,
    user_id       text GENERATED ALWAYS AS (metadata ->> 'userId') STORED,
    document_id   text GENERATED ALWAYS AS (metadata ->> 'documentId') STORED,
    chunk_index   integer GENERATED ALWAYS AS ((metadata ->> 'chunkIndex')::integer) STORED,
    CONSTRAINT vectors_unit_length CHECK (vector_norm(embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX vectors_of_user ON vectors (user_id);
CREATE INDEX vectors_of_document ON vectors (document_id, chunk_index);

CREATE TABLE database_cache (
    key         text PRIMARY KEY,
    value       text NOT NULL,
    expires_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cache_expires ON database_cache (expires_at);

CREATE TABLE ingestion_metadata (
    id              text PRIMARY KEY,
    user_id         text NOT NULL,
    document_count  integer NOT NULL DEFAULT 0,
    documents       jsonb NOT NULL DEFAULT '[]',
    expires_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ingestion_of_user ON ingestion_metadata (user_id);
CREATE INDEX ingestion_expires ON ingestion_metadata (expires_at);

CREATE TABLE rate_limits (
    key         text PRIMARY KEY,
    count       integer NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX limit_expires ON rate_limits (expires_at);

CREATE TABLE conversations (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     text NOT NULL,
    title       text,
    metadata    jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, user_id)
);
CREATE INDEX conversation_of_user ON conversations (user_id);

-- The owner stands in every message, and the key keeps it the conversation's owner.
CREATE TABLE messages (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id  uuid NOT NULL,
    user_id          text NOT NULL,
    role             text NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
    content          text NOT NULL,
    metadata         jsonb NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX message_of_conversation ON messages (conversation_id, user_id, created_at);
CREATE INDEX message_of_user ON messages (user_id, created_at);

CREATE TABLE analytics (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type       text NOT NULL,
    conversation_id  uuid REFERENCES conversations ON DELETE SET NULL,
    user_id          text,
    event_data       jsonb NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX analytics_of_conversation ON analytics (conversation_id);
CREATE INDEX analytics_of_user ON analytics (user_id);

-- A new embedding is not an edit: the trigger listens to the other columns only.
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE OF content, metadata ON vectors FOR EACH ROW
    WHEN ((OLD.content, OLD.metadata) IS DISTINCT FROM (NEW.content, NEW.metadata)) EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER touch BEFORE UPDATE ON conversations FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at();

-- Nearest first, of one owner's documents only.
CREATE FUNCTION search_vectors(
    query_embedding vector, owner text, similarity_threshold double precision DEFAULT 0,
    max_results integer DEFAULT 5)
RETURNS TABLE (id text, title text, content text, metadata jsonb, similarity double precision)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT near.* FROM (
        SELECT v.id, v.title, v.content, v.metadata,
               1 - (v.embedding <=> query_embedding) AS nearness
          FROM vectors v
         WHERE v.user_id = owner AND v.embedding IS NOT NULL
         ORDER BY v.embedding <=> query_embedding LIMIT max_results) near
     WHERE near.nearness >= similarity_threshold
     ORDER BY near.nearness DESC, near.id
$$;

-- Chunks that a shorter version of the document no longer has; how many were removed.
CREATE FUNCTION remove_stale_chunks(document text, owner text, total_chunks integer)
RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM vectors
     WHERE document_id = document AND user_id = owner
       AND (chunk_index >= total_chunks OR (metadata ->> 'totalChunks')::integer <> total_chunks);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;

-- One more request under this key: true while the window has room. The window starts with its
-- first request; a refused request does not prolong it. An error is an error, never a yes.
CREATE FUNCTION take_request(limited_key text, most integer DEFAULT 10, seconds integer DEFAULT 60)
RETURNS boolean LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO rate_limits AS held (key, count, expires_at)
    VALUES (limited_key, 1, clock_timestamp() + make_interval(secs => seconds))
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN held.expires_at <= clock_timestamp() THEN 1 ELSE held.count + 1 END,
        expires_at = CASE WHEN held.expires_at <= clock_timestamp() THEN excluded.expires_at
                          ELSE held.expires_at END
    RETURNING count <= most
$$;

-- Removes what has expired; how many rows of each table.
CREATE FUNCTION cleanup_expired()
RETURNS TABLE (cached integer, ingestions integer, limits integer)
LANGUAGE sql SET search_path FROM CURRENT AS $$
    WITH gone_cached AS (DELETE FROM database_cache WHERE expires_at <= now() RETURNING 1),
         gone_ingestions AS (DELETE FROM ingestion_metadata WHERE expires_at <= now() RETURNING 1),
         gone_limits AS (DELETE FROM rate_limits WHERE expires_at <= now() RETURNING 1)
    SELECT (SELECT count(*) FROM gone_cached)::integer,
           (SELECT count(*) FROM gone_ingestions)::integer,
           (SELECT count(*) FROM gone_limits)::integer
$$;
