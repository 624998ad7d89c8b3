-- A hub where a community keeps what its members publish.
--
-- Vectors have the 256 dimensions of the default model. With a model of other dimensions the
-- column stays NULL and the vectors live in northlight.embedding.
-- Content with `deleted_at` is gone for every reader: no function here finds or counts it.

CREATE SCHEMA community;
SELECT set_config('search_path', format('community, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

CREATE TYPE visibility AS ENUM ('private', 'aws_only', 'aws_community', 'public');
CREATE TYPE content_type AS ENUM ('blog', 'youtube', 'github', 'conference_talk', 'podcast',
                                  'social', 'whitepaper', 'tutorial', 'workshop', 'book');
CREATE TYPE badge_type AS ENUM ('community_builder', 'hero', 'ambassador', 'user_group_leader');
CREATE TYPE event_type AS ENUM ('page_view', 'search', 'content_view', 'content_click',
                                'profile_view', 'export', 'login', 'registration');

CREATE TABLE users (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    cognito_sub         varchar(255) UNIQUE,
    email               varchar(255) UNIQUE,
    username            varchar(100) NOT NULL UNIQUE,
    profile_slug        varchar(100) NOT NULL UNIQUE,
    default_visibility  visibility NOT NULL DEFAULT 'private',
    is_admin            boolean NOT NULL DEFAULT false,
    is_aws_employee     boolean NOT NULL DEFAULT false,
    bio                 text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE content (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    title            varchar(500) NOT NULL CHECK (btrim(title) <> ''),
    description      text,
    content_type     content_type NOT NULL,
    visibility       visibility NOT NULL DEFAULT 'private',
    publish_date     timestamptz,
    capture_date     timestamptz NOT NULL DEFAULT now(),
    metrics          jsonb NOT NULL DEFAULT '{}',
    tags             text[] NOT NULL DEFAULT '{}',
    embedding        vector(256),
    is_claimed       boolean NOT NULL DEFAULT true,
    claimed_at       timestamptz,
    original_author  varchar(255),
    deleted_at       timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT content_unit_length CHECK (vector_norm(embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX content_of_user ON content (user_id);
CREATE INDEX content_published ON content (publish_date) WHERE deleted_at IS NULL;

CREATE TABLE content_urls (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    content_id  uuid NOT NULL REFERENCES content ON DELETE CASCADE,
    url         varchar(2048) NOT NULL CHECK (url ~* '^https?://'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (content_id, url)
);
CREATE INDEX content_at_url ON content_urls (url);

CREATE TABLE content_bookmarks (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    content_id  uuid NOT NULL REFERENCES content ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, content_id)
);
CREATE INDEX bookmark_of_content ON content_bookmarks (content_id);

CREATE TABLE user_follows (
    follower_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    following_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE CHECK (following_id <> follower_id),
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (follower_id, following_id)
);
CREATE INDEX follower_of_user ON user_follows (following_id);

CREATE TABLE content_analytics (
    content_id        uuid PRIMARY KEY REFERENCES content ON DELETE CASCADE,
    views             integer NOT NULL DEFAULT 0,
    likes             integer NOT NULL DEFAULT 0,
    shares            integer NOT NULL DEFAULT 0,
    comments          integer NOT NULL DEFAULT 0,
    engagement_score  numeric(10, 2) NOT NULL DEFAULT 0,
    updated_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE user_badges (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    badge_type      badge_type NOT NULL,
    awarded_at      timestamptz NOT NULL DEFAULT now(),
    awarded_by      uuid REFERENCES users ON DELETE SET NULL,
    awarded_reason  text,
    is_active       boolean NOT NULL DEFAULT true,
    revoked_at      timestamptz,
    revoked_by      uuid REFERENCES users ON DELETE SET NULL,
    revoked_reason  text,
    metadata        jsonb NOT NULL DEFAULT '{}',
    UNIQUE (user_id, badge_type)
);
CREATE INDEX badge_awarded_by ON user_badges (awarded_by);
CREATE INDEX badge_revoked_by ON user_badges (revoked_by);

CREATE TABLE audit_log (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id        uuid REFERENCES users ON DELETE SET NULL,
    action         varchar(100) NOT NULL,
    resource_type  varchar(100),
    resource_id    text,
    old_values     jsonb,
    new_values     jsonb,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_of_user ON audit_log (user_id);

CREATE TABLE analytics_events (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    event_type  event_type NOT NULL,
    user_id     uuid REFERENCES users ON DELETE CASCADE,
    session_id  varchar(255),
    content_id  uuid REFERENCES content ON DELETE SET NULL,
    metadata    jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_of_user ON analytics_events (user_id);
CREATE INDEX event_of_content ON analytics_events (content_id);
CREATE INDEX event_at ON analytics_events (created_at);

CREATE TABLE duplicate_pairs (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    content_id_1      uuid NOT NULL REFERENCES content ON DELETE CASCADE,
    content_id_2      uuid NOT NULL REFERENCES content ON DELETE CASCADE,
    similarity_type   varchar(20) NOT NULL
                      CHECK (similarity_type IN ('title', 'url', 'embedding', 'combined')),
    similarity_score  numeric(5, 4) NOT NULL CHECK (similarity_score BETWEEN 0 AND 1),
    resolution        varchar(20),
    resolved_at       timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CHECK (content_id_1 < content_id_2),
    UNIQUE (content_id_1, content_id_2, similarity_type)
);
CREATE INDEX duplicate_of_content ON duplicate_pairs (content_id_2);

CREATE TABLE saved_searches (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name        varchar(255) NOT NULL,
    query       text NOT NULL,
    filters     jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, name)
);

CREATE TABLE channels (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    channel_type  varchar(50) NOT NULL,
    url           varchar(2048) NOT NULL CHECK (url ~* '^https?://'),
    name          varchar(255),
    enabled       boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, url)
);

-- A new embedding is not an edit: the trigger listens to the other columns only.
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER touch BEFORE UPDATE OF title, description, content_type, visibility, publish_date,
    metrics, tags, is_claimed, claimed_at, original_author, deleted_at ON content FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at();

-- Nearest first, undeleted content only. NULL filters let everything through.
CREATE FUNCTION search_content_by_embedding(
    query_embedding vector, similarity_threshold double precision DEFAULT 0.8,
    max_results integer DEFAULT 10, content_types content_type[] DEFAULT NULL,
    visibility_filter visibility[] DEFAULT NULL)
RETURNS TABLE (id uuid, title varchar, description text, content_type content_type,
               visibility visibility, similarity double precision, user_id uuid, tags text[])
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
    -- An HNSW scan filters what it has found: it goes on until max_results are left.
    PERFORM set_config('hnsw.iterative_scan', 'strict_order', true);
    RETURN QUERY
    SELECT near.* FROM (
        SELECT c.id, c.title, c.description, c.content_type, c.visibility,
               1 - (c.embedding <=> query_embedding) AS nearness, c.user_id, c.tags
          FROM content c
         WHERE c.embedding IS NOT NULL AND c.deleted_at IS NULL
           AND (content_types IS NULL OR c.content_type = ANY (content_types))
           AND (visibility_filter IS NULL OR c.visibility = ANY (visibility_filter))
         ORDER BY c.embedding <=> query_embedding LIMIT max_results) near
     WHERE near.nearness >= similarity_threshold
     ORDER BY near.nearness DESC, near.id;
END $$;

-- Counts of rows, each taken in its own table.
CREATE FUNCTION get_user_stats(user_uuid uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH own AS (
        SELECT * FROM content WHERE user_id = user_uuid AND deleted_at IS NULL
    )
    SELECT jsonb_build_object(
        'total_content', (SELECT count(*) FROM own),
        'content_by_type', (SELECT coalesce(jsonb_object_agg(content_type, n), '{}')
            FROM (SELECT content_type, count(*) AS n FROM own GROUP BY content_type) t),
        'content_by_visibility', (SELECT coalesce(jsonb_object_agg(visibility, n), '{}')
            FROM (SELECT visibility, count(*) AS n FROM own GROUP BY visibility) v),
        'total_views', (SELECT coalesce(sum(views), 0)
            FROM content_analytics a JOIN own ON own.id = a.content_id),
        'bookmarks_received', (SELECT count(*)
            FROM content_bookmarks b JOIN own ON own.id = b.content_id),
        'followers', (SELECT count(*) FROM user_follows WHERE following_id = user_uuid),
        'following', (SELECT count(*) FROM user_follows WHERE follower_id = user_uuid),
        'badges', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'badge_type', badge_type, 'awarded_at', awarded_at)
                       ORDER BY awarded_at, badge_type), '[]')
            FROM user_badges WHERE user_id = user_uuid AND is_active))
$$;

-- Everything kept about one person (GDPR article 15), deleted content included; NULL if unknown.
CREATE FUNCTION export_user_data(user_uuid uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT jsonb_build_object(
        'user', to_jsonb(u),
        'content', (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'embedding' || jsonb_build_object(
                       'urls', (SELECT coalesce(jsonb_agg(url ORDER BY url), '[]')
                                  FROM content_urls WHERE content_id = c.id),
                       'analytics', (SELECT to_jsonb(a) - 'content_id'
                                       FROM content_analytics a WHERE content_id = c.id))
                       ORDER BY c.created_at, c.id), '[]')
            FROM content c WHERE user_id = u.id),
        'bookmarks', (SELECT coalesce(jsonb_agg(to_jsonb(b) - 'user_id'), '[]')
            FROM content_bookmarks b WHERE user_id = u.id),
        'following', (SELECT coalesce(jsonb_agg(following_id), '[]')
            FROM user_follows WHERE follower_id = u.id),
        'followers', (SELECT coalesce(jsonb_agg(follower_id), '[]')
            FROM user_follows WHERE following_id = u.id),
        'badges', (SELECT coalesce(jsonb_agg(to_jsonb(b) - 'user_id'), '[]')
            FROM user_badges b WHERE user_id = u.id),
        'saved_searches', (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'user_id'), '[]')
            FROM saved_searches s WHERE user_id = u.id),
        'channels', (SELECT coalesce(jsonb_agg(to_jsonb(h) - 'user_id'), '[]')
            FROM channels h WHERE user_id = u.id),
        'events', (SELECT coalesce(jsonb_agg(to_jsonb(e) - 'user_id'), '[]')
            FROM analytics_events e WHERE user_id = u.id),
        'audit_log', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'user_id'), '[]')
            FROM audit_log l WHERE user_id = u.id))
      FROM users u WHERE u.id = user_uuid
$$;

-- Removes one person (GDPR article 17): rows go with the person by their foreign keys. The audit
-- log keeps that something happened, without who and without the values. False if unknown.
CREATE FUNCTION erase_user_data(user_uuid uuid) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE audit_log SET old_values = NULL, new_values = NULL, resource_id = NULL
     WHERE user_id = user_uuid OR resource_id = user_uuid::text
        OR resource_id IN (SELECT id::text FROM content WHERE user_id = user_uuid);
    DELETE FROM users WHERE id = user_uuid;
    RETURN FOUND;
END $$;
