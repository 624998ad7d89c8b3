-- Coaching: people answer exercises and keep what they learned in a playbook.
--
-- Vectors have the 256 dimensions of the default model. With a model of other dimensions these
-- columns stay NULL and the vectors live in northlight.embedding; nothing here has to change.
-- A vector has unit length or is NULL, which means "not yet": never a zero vector.
-- HNSW indexes are built after a load, not here.

CREATE SCHEMA playbook;
SELECT set_config('search_path', format('playbook, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

CREATE TABLE user_profiles (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          varchar(255) NOT NULL UNIQUE,
    first_name       varchar(255) NOT NULL,
    last_name        varchar(255) NOT NULL,
    email            varchar(255) NOT NULL UNIQUE,
    preferences      jsonb NOT NULL DEFAULT '{}',   -- `timezone` decides where a person's day ends
    avatar_settings  jsonb NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

-- Categories are data: every programme has its own.
CREATE TABLE exercises (
    id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    title                   varchar(500) NOT NULL,
    description             text NOT NULL,
    category                varchar(100) NOT NULL,
    question                text NOT NULL,
    prompt_type             varchar(50) NOT NULL DEFAULT 'text'
                            CHECK (prompt_type IN ('text', 'audio', 'video')),
    is_active               boolean NOT NULL DEFAULT true,
    display_order           integer NOT NULL DEFAULT 0,
    estimated_time_minutes  integer DEFAULT 10,
    metadata                jsonb NOT NULL DEFAULT '{}',
    question_embedding      vector(256),
    created_at              timestamptz NOT NULL DEFAULT now(),
    updated_at              timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT question_unit_length CHECK (vector_norm(question_embedding) BETWEEN 0.998 AND 1.002)
);

CREATE TABLE exercise_responses (
    id                       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    exercise_id              uuid NOT NULL REFERENCES exercises ON DELETE CASCADE,
    user_id                  varchar(255) NOT NULL
                             REFERENCES user_profiles (user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    response_text            text,
    audio_s3_key             varchar(1024),
    video_s3_key             varchar(1024),
    image_s3_keys            text[] NOT NULL DEFAULT '{}',
    s3_bucket                varchar(255),
    analysis_result          jsonb NOT NULL DEFAULT '{}',
    insights                 text[] NOT NULL DEFAULT '{}',
    mood                     varchar(100),
    tags                     text[] NOT NULL DEFAULT '{}',
    completion_time_seconds  integer CHECK (completion_time_seconds >= 0),
    confidence_rating        integer CHECK (confidence_rating BETWEEN 1 AND 10),
    sentiment_score          numeric(3, 2) CHECK (sentiment_score BETWEEN -1 AND 1),
    response_embedding       vector(256),
    pinecone_id              varchar(255),
    metadata                 jsonb NOT NULL DEFAULT '{}',
    created_at               timestamptz NOT NULL DEFAULT now(),
    updated_at               timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT response_unit_length CHECK (vector_norm(response_embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX response_of_exercise ON exercise_responses (exercise_id);
CREATE INDEX response_of_user ON exercise_responses (user_id, created_at);
CREATE INDEX response_at ON exercise_responses (created_at);
CREATE INDEX response_in_pinecone ON exercise_responses (pinecone_id) WHERE pinecone_id IS NOT NULL;

CREATE TABLE playbook_entries (
    id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id               varchar(255) NOT NULL
                          REFERENCES user_profiles (user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    exercise_response_id  uuid REFERENCES exercise_responses ON DELETE SET NULL,
    title                 varchar(500) NOT NULL,
    content               text NOT NULL,
    category              varchar(100) NOT NULL,
    insights              text[] NOT NULL DEFAULT '{}',
    audio_s3_keys         text[] NOT NULL DEFAULT '{}',
    video_s3_keys         text[] NOT NULL DEFAULT '{}',
    image_s3_keys         text[] NOT NULL DEFAULT '{}',
    document_s3_keys      text[] NOT NULL DEFAULT '{}',
    s3_bucket             varchar(255),
    mood                  varchar(100),
    tags                  text[] NOT NULL DEFAULT '{}',
    is_highlight          boolean NOT NULL DEFAULT false,
    view_count            integer NOT NULL DEFAULT 0,
    last_viewed_at        timestamptz,
    content_embedding     vector(256),
    pinecone_id           varchar(255),
    metadata              jsonb NOT NULL DEFAULT '{}',
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT entry_unit_length CHECK (vector_norm(content_embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX entry_of_user ON playbook_entries (user_id, created_at);
CREATE INDEX entry_of_response ON playbook_entries (exercise_response_id);
CREATE INDEX entry_at ON playbook_entries (created_at);
CREATE INDEX entry_in_pinecone ON playbook_entries (pinecone_id) WHERE pinecone_id IS NOT NULL;

CREATE TABLE media_assets (
    id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id               varchar(255) NOT NULL
                          REFERENCES user_profiles (user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    s3_key                varchar(1024) NOT NULL,
    s3_bucket             varchar(255) NOT NULL,
    file_name             varchar(500) NOT NULL,
    file_type             varchar(100) NOT NULL,
    file_size             bigint NOT NULL CHECK (file_size >= 0),
    mime_type             varchar(255) NOT NULL,
    exercise_id           uuid REFERENCES exercises ON DELETE SET NULL,
    exercise_response_id  uuid REFERENCES exercise_responses ON DELETE CASCADE,
    playbook_entry_id     uuid REFERENCES playbook_entries ON DELETE CASCADE,
    category              varchar(100),
    tags                  text[] NOT NULL DEFAULT '{}',
    description           text,
    metadata              jsonb NOT NULL DEFAULT '{}',
    content_embedding     vector(256),
    uploaded_at           timestamptz NOT NULL DEFAULT now(),
    last_accessed_at      timestamptz,
    access_count          integer NOT NULL DEFAULT 0,
    UNIQUE (s3_bucket, s3_key),
    CONSTRAINT media_unit_length CHECK (vector_norm(content_embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX media_of_user ON media_assets (user_id);
CREATE INDEX media_of_exercise ON media_assets (exercise_id);
CREATE INDEX media_of_response ON media_assets (exercise_response_id);
CREATE INDEX media_of_entry ON media_assets (playbook_entry_id);

CREATE TABLE user_insights (
    id                         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                    varchar(255) NOT NULL UNIQUE
                               REFERENCES user_profiles (user_id)
                               ON UPDATE CASCADE ON DELETE CASCADE,
    overall_mood               varchar(100),
    growth_areas               text[] NOT NULL DEFAULT '{}',
    strengths                  text[] NOT NULL DEFAULT '{}',
    recommendations            text[] NOT NULL DEFAULT '{}',
    progress_metrics           jsonb NOT NULL DEFAULT '{}',
    total_exercises_completed  integer NOT NULL DEFAULT 0,
    streak_days                integer NOT NULL DEFAULT 0,  -- up to last_exercise_date
    last_exercise_date         timestamptz,
    ai_analysis                jsonb NOT NULL DEFAULT '{}',
    personality_profile        jsonb NOT NULL DEFAULT '{}',
    avatar_context             jsonb NOT NULL DEFAULT '{}',
    insights_embedding         vector(256),
    last_updated               timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT insights_unit_length CHECK (vector_norm(insights_embedding) BETWEEN 0.998 AND 1.002)
);

CREATE TABLE user_sessions (
    id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id              varchar(255) NOT NULL
                         REFERENCES user_profiles (user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    session_type         varchar(50) NOT NULL CHECK (session_type IN
                         ('exercise', 'reflection', 'goal_setting', 'review', 'avatar_chat')),
    start_time           timestamptz NOT NULL,
    end_time             timestamptz CHECK (end_time >= start_time),
    duration_seconds     integer CHECK (duration_seconds >= 0),
    exercise_ids         uuid[] NOT NULL DEFAULT '{}',
    mood                 varchar(100),
    notes                text,
    completion_status    varchar(50) NOT NULL DEFAULT 'started' CHECK (completion_status IN
                         ('started', 'completed', 'paused', 'abandoned')),
    metadata             jsonb NOT NULL DEFAULT '{}',
    created_at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_of_user ON user_sessions (user_id, start_time);

CREATE TABLE user_progress (
    id                               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id                          varchar(255) NOT NULL
                                     REFERENCES user_profiles (user_id)
                                     ON UPDATE CASCADE ON DELETE CASCADE,
    exercise_id                      uuid NOT NULL REFERENCES exercises ON DELETE CASCADE,
    completion_count                 integer NOT NULL DEFAULT 0,
    last_completed_at                timestamptz,
    average_completion_time_seconds  integer,
    average_mood_rating              numeric(4, 2),  -- mean confidence, 1..10
    best_streak                      integer NOT NULL DEFAULT 0,
    current_streak                   integer NOT NULL DEFAULT 0,
    total_time_spent_seconds         integer NOT NULL DEFAULT 0,
    insights                         text[] NOT NULL DEFAULT '{}',
    ai_recommendations               jsonb NOT NULL DEFAULT '{}',
    progress_embedding               vector(256),
    created_at                       timestamptz NOT NULL DEFAULT now(),
    updated_at                       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, exercise_id),
    CONSTRAINT progress_unit_length CHECK (vector_norm(progress_embedding) BETWEEN 0.998 AND 1.002)
);
CREATE INDEX progress_of_exercise ON user_progress (exercise_id);

CREATE TABLE avatar_interactions (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id             varchar(255) NOT NULL
                        REFERENCES user_profiles (user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    session_id          uuid REFERENCES user_sessions ON DELETE SET NULL,
    user_message        text NOT NULL,
    avatar_response     text NOT NULL,
    context_used        jsonb NOT NULL DEFAULT '{}',
    pinecone_query_ids  text[] NOT NULL DEFAULT '{}',
    interaction_type    varchar(50) NOT NULL DEFAULT 'chat',
    sentiment_score     numeric(3, 2) CHECK (sentiment_score BETWEEN -1 AND 1),
    metadata            jsonb NOT NULL DEFAULT '{}',
    created_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX avatar_of_user ON avatar_interactions (user_id, created_at);
CREATE INDEX avatar_of_session ON avatar_interactions (session_id);

CREATE TABLE embeddings_cache (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    content_hash   varchar(64) NOT NULL,
    content_type   varchar(50) NOT NULL,
    embedding      vector(256) NOT NULL,
    model_version  varchar(100) NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (content_hash),
    CONSTRAINT cached_unit_length CHECK (vector_norm(embedding) BETWEEN 0.998 AND 1.002)
);

-- A new embedding or a view counter is not an edit: the trigger listens to the other columns only.
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT table_name, string_agg(quote_ident(column_name), ', ') AS edited
          FROM information_schema.columns c
         WHERE table_schema = 'playbook'
           AND table_name IN ('user_profiles', 'exercises', 'exercise_responses',
                              'playbook_entries', 'user_progress')
           AND column_name NOT IN ('id', 'view_count', 'last_viewed_at', 'pinecone_id',
                                   'created_at', 'updated_at')
           AND column_name NOT LIKE '%\_embedding'
         GROUP BY table_name
    LOOP
        EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE OF %s ON %I FOR EACH ROW '
                       'WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()',
                       one.edited, one.table_name);
    END LOOP;
END $$;

-- Each count is taken in its own table: joined together they would multiply one another.
CREATE MATERIALIZED VIEW exercise_completion_stats AS
SELECT e.id AS exercise_id, e.title, e.category,
       count(r.id) AS total_completions,
       count(DISTINCT r.user_id) AS unique_users,
       avg(r.completion_time_seconds)::integer AS avg_completion_time_seconds,
       round(avg(r.confidence_rating), 2) AS avg_confidence,
       round(avg(r.sentiment_score), 2) AS avg_sentiment,
       max(r.created_at) AS last_completed_at
  FROM exercises e LEFT JOIN exercise_responses r ON r.exercise_id = e.id
 GROUP BY e.id;
CREATE UNIQUE INDEX stats_of_exercise ON exercise_completion_stats (exercise_id);

CREATE MATERIALIZED VIEW user_activity_summary AS
SELECT u.user_id, responses.total_responses, responses.exercises_tried, responses.active_days,
       entries.total_entries, entries.highlights, sessions.total_sessions,
       sessions.total_session_seconds, media.total_media, avatar.total_avatar_interactions,
       least(responses.first_at, entries.first_at, sessions.first_at) AS first_activity_at,
       greatest(responses.last_at, entries.last_at, sessions.last_at) AS last_activity_at
  FROM user_profiles u
 CROSS JOIN LATERAL (SELECT count(*) AS total_responses,
                            count(DISTINCT exercise_id) AS exercises_tried,
                            count(DISTINCT (created_at AT TIME ZONE coalesce(
                                u.preferences ->> 'timezone', 'UTC'))::date) AS active_days,
                            min(created_at) AS first_at, max(created_at) AS last_at
                       FROM exercise_responses WHERE user_id = u.user_id) responses
 CROSS JOIN LATERAL (SELECT count(*) AS total_entries,
                            count(*) FILTER (WHERE is_highlight) AS highlights,
                            min(created_at) AS first_at, max(created_at) AS last_at
                       FROM playbook_entries WHERE user_id = u.user_id) entries
 CROSS JOIN LATERAL (SELECT count(*) AS total_sessions,
                            coalesce(sum(duration_seconds), 0) AS total_session_seconds,
                            min(start_time) AS first_at, max(start_time) AS last_at
                       FROM user_sessions WHERE user_id = u.user_id) sessions
 CROSS JOIN LATERAL (SELECT count(*) AS total_media
                       FROM media_assets WHERE user_id = u.user_id) media
 CROSS JOIN LATERAL (SELECT count(*) AS total_avatar_interactions
                       FROM avatar_interactions WHERE user_id = u.user_id) avatar;
CREATE UNIQUE INDEX summary_of_user ON user_activity_summary (user_id);

CREATE FUNCTION refresh_analytics_views() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY exercise_completion_stats;
    REFRESH MATERIALIZED VIEW CONCURRENTLY user_activity_summary;
END $$;

-- Runs of days in a row on which a person answered, each day ending where the person lives.
CREATE FUNCTION activity_runs(only_user varchar DEFAULT NULL)
RETURNS TABLE (user_id varchar, exercise_id uuid, first_day date, last_day date, days integer)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH day AS (
        SELECT r.user_id, r.exercise_id, (r.created_at AT TIME ZONE
               coalesce(u.preferences ->> 'timezone', 'UTC'))::date AS day
          FROM exercise_responses r JOIN user_profiles u USING (user_id)
         WHERE only_user IS NULL OR r.user_id = only_user
    ), active AS (  -- of each exercise, and of any exercise (NULL)
        SELECT user_id, exercise_id, day FROM day UNION SELECT user_id, NULL, day FROM day
    ), island AS (
        SELECT user_id, exercise_id, day, day - row_number() OVER (
               PARTITION BY user_id, exercise_id ORDER BY day)::integer AS start
          FROM active
    )
    SELECT user_id, exercise_id, min(day), max(day), count(*)::integer
      FROM island GROUP BY user_id, exercise_id, start
$$;
COMMENT ON FUNCTION activity_runs IS
    'Runs of consecutive active days of each person; exercise_id NULL is any exercise.';

CREATE FUNCTION get_user_progress_summary(target_user varchar, today date DEFAULT NULL)
RETURNS TABLE (total_exercises_completed bigint, exercises_tried bigint, total_entries bigint,
               total_time_seconds bigint, average_confidence numeric, average_sentiment numeric,
               current_streak integer, longest_streak integer, favourite_category varchar,
               last_activity_at timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT responses.*, entries.total, responses_time.seconds, responses_time.confidence,
           responses_time.sentiment, streak.current, streak.longest, favourite.category,
           responses_time.last_at
      FROM (SELECT count(*), count(DISTINCT exercise_id)
              FROM exercise_responses WHERE user_id = target_user) responses
     CROSS JOIN (SELECT coalesce(sum(completion_time_seconds), 0) AS seconds,
                        round(avg(confidence_rating), 2) AS confidence,
                        round(avg(sentiment_score), 2) AS sentiment, max(created_at) AS last_at
                   FROM exercise_responses WHERE user_id = target_user) responses_time
     CROSS JOIN (SELECT count(*) AS total
                   FROM playbook_entries WHERE user_id = target_user) entries
     CROSS JOIN (SELECT coalesce(today, (now() AT TIME ZONE coalesce(
                            (SELECT preferences ->> 'timezone' FROM user_profiles
                              WHERE user_id = target_user), 'UTC'))::date) AS day) here
     -- A run that reached yesterday can still go on today.
     CROSS JOIN LATERAL (SELECT coalesce(max(days) FILTER (
                                    WHERE last_day BETWEEN here.day - 1 AND here.day), 0)
                                    AS current,
                                coalesce(max(days), 0) AS longest
                           FROM activity_runs(target_user) WHERE exercise_id IS NULL) streak
      LEFT JOIN (SELECT e.category
                   FROM exercise_responses r JOIN exercises e ON e.id = r.exercise_id
                  WHERE r.user_id = target_user
                  GROUP BY e.category ORDER BY count(*) DESC, e.category LIMIT 1) favourite ON true
$$;

-- What follows from the responses, written only where it changed. NULL: of everybody.
CREATE FUNCTION recount_progress(only_user varchar DEFAULT NULL) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO user_progress AS kept (user_id, exercise_id, completion_count, last_completed_at,
           average_completion_time_seconds, average_mood_rating, total_time_spent_seconds,
           best_streak, current_streak)
    SELECT r.user_id, r.exercise_id, count(*), max(r.created_at),
           avg(r.completion_time_seconds)::integer, round(avg(r.confidence_rating), 2),
           coalesce(sum(r.completion_time_seconds), 0), max(run.best), max(run.current)
      FROM exercise_responses r
      JOIN (SELECT user_id, exercise_id, max(days) AS best,
                   (array_agg(days ORDER BY last_day DESC))[1] AS current
              FROM activity_runs(only_user) GROUP BY user_id, exercise_id) run
           USING (user_id, exercise_id)
     GROUP BY r.user_id, r.exercise_id
    ON CONFLICT (user_id, exercise_id) DO UPDATE SET
           completion_count = excluded.completion_count,
           last_completed_at = excluded.last_completed_at,
           average_completion_time_seconds = excluded.average_completion_time_seconds,
           average_mood_rating = excluded.average_mood_rating,
           total_time_spent_seconds = excluded.total_time_spent_seconds,
           best_streak = excluded.best_streak, current_streak = excluded.current_streak
     WHERE (kept.completion_count, kept.last_completed_at, kept.average_completion_time_seconds,
            kept.average_mood_rating, kept.total_time_spent_seconds, kept.best_streak,
            kept.current_streak)
           IS DISTINCT FROM
           (excluded.completion_count, excluded.last_completed_at,
            excluded.average_completion_time_seconds, excluded.average_mood_rating,
            excluded.total_time_spent_seconds, excluded.best_streak, excluded.current_streak);

    WITH tagged AS (
        SELECT user_id, tag, count(*) AS uses, avg(sentiment_score) AS sentiment
          FROM exercise_responses, unnest(tags) AS tag
         WHERE only_user IS NULL OR user_id = only_user
         GROUP BY user_id, tag
    ), topics AS (  -- what the person wrote about more than once, gladly or not
        SELECT user_id,
               (array_agg(tag ORDER BY sentiment DESC, tag) FILTER (WHERE sentiment > 0))[:3]
                   AS glad,
               (array_agg(tag ORDER BY sentiment, tag) FILTER (WHERE sentiment <= 0))[:3] AS hard
          FROM tagged WHERE uses > 1 GROUP BY user_id
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY created_at) AS place,
               count(*) OVER (PARTITION BY user_id) AS total
          FROM exercise_responses WHERE only_user IS NULL OR user_id = only_user
    ), found AS (
        SELECT user_id, count(*) AS total, max(created_at) AS last_at,
               (array_agg(mood ORDER BY created_at DESC) FILTER (WHERE mood IS NOT NULL))[1]
                   AS mood,
               jsonb_build_object(
                   'mean_confidence', round(avg(confidence_rating), 2),
                   'mean_sentiment', round(avg(sentiment_score), 2),
                   'first_half_sentiment',
                   round(avg(sentiment_score) FILTER (WHERE place * 2 <= numbered.total), 2),
                   'second_half_sentiment',
                   round(avg(sentiment_score) FILTER (WHERE place * 2 > numbered.total), 2))
                   AS metrics
          FROM numbered GROUP BY user_id
    ), streak AS (
        SELECT user_id, (array_agg(days ORDER BY last_day DESC))[1] AS days
          FROM activity_runs(only_user) WHERE exercise_id IS NULL GROUP BY user_id
    )
    INSERT INTO user_insights AS kept (user_id, overall_mood, growth_areas, strengths,
           progress_metrics, total_exercises_completed, streak_days, last_exercise_date)
    SELECT user_id, mood, coalesce(hard, '{}'), coalesce(glad, '{}'), metrics, total, days, last_at
      FROM found JOIN streak USING (user_id) LEFT JOIN topics USING (user_id)
    ON CONFLICT (user_id) DO UPDATE SET
           overall_mood = excluded.overall_mood, growth_areas = excluded.growth_areas,
           strengths = excluded.strengths, progress_metrics = excluded.progress_metrics,
           total_exercises_completed = excluded.total_exercises_completed,
           streak_days = excluded.streak_days, last_exercise_date = excluded.last_exercise_date,
           last_updated = now()
     WHERE (kept.overall_mood, kept.growth_areas, kept.strengths, kept.progress_metrics,
            kept.total_exercises_completed, kept.streak_days, kept.last_exercise_date)
           IS DISTINCT FROM
           (excluded.overall_mood, excluded.growth_areas, excluded.strengths,
            excluded.progress_metrics, excluded.total_exercises_completed, excluded.streak_days,
            excluded.last_exercise_date);
$$;

-- Nearest first. Without an owner it answers for the person in the setting `playbook.owner`;
-- everybody's responses must be asked for in so many words: owner => '*'.
CREATE FUNCTION find_similar_responses(
    query_embedding vector, similarity_threshold double precision DEFAULT 0.8,
    max_results integer DEFAULT 10,
    owner varchar DEFAULT current_setting('playbook.owner', true))
RETURNS TABLE (id uuid, user_id varchar, exercise_id uuid, response_text text, mood varchar,
               similarity double precision, created_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
    IF coalesce(owner, '') = '' THEN
        RAISE EXCEPTION 'find_similar_responses needs to know whose responses to search'
              USING HINT = 'Pass owner => ''user id'', set playbook.owner, or pass owner => ''*''.';
    END IF;
    -- One person's rows are compared one by one: an index scan that is filtered afterwards misses.
    -- Where an HNSW index serves everybody's, it goes on until max_results are found.
    PERFORM set_config('hnsw.iterative_scan', 'strict_order', true);
    RETURN QUERY
    SELECT near.* FROM (
        SELECT r.id, r.user_id, r.exercise_id, r.response_text, r.mood,
               1 - (r.response_embedding <=> query_embedding) AS nearness, r.created_at
          FROM exercise_responses r
         WHERE r.response_embedding IS NOT NULL AND (owner = '*' OR r.user_id = owner)
         ORDER BY r.response_embedding <=> query_embedding LIMIT max_results) near
     WHERE near.nearness >= similarity_threshold
     ORDER BY near.nearness DESC, near.id;
END $$;

CREATE FUNCTION find_similar_playbook_entries(
    query_embedding vector, target_user varchar,
    similarity_threshold double precision DEFAULT 0.8, max_results integer DEFAULT 10)
RETURNS TABLE (id uuid, title varchar, content text, category varchar,
               similarity double precision, created_at timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT near.* FROM (
        SELECT e.id, e.title, e.content, e.category,
               1 - (e.content_embedding <=> query_embedding) AS nearness, e.created_at
          FROM playbook_entries e
         WHERE e.content_embedding IS NOT NULL AND e.user_id = target_user
         ORDER BY e.content_embedding <=> query_embedding LIMIT max_results) near
     WHERE near.nearness >= similarity_threshold
     ORDER BY near.nearness DESC, near.id
$$;

-- The direction a person writes in: the mean of the person's response vectors.
CREATE FUNCTION interest_of(target_user varchar) RETURNS vector
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT avg(response_embedding) FROM exercise_responses
     WHERE user_id = target_user AND response_embedding IS NOT NULL
$$;

-- Own material that is nearest to what the person writes about. Kinds: 'exercise' (active ones
-- not answered yet), 'entry', 'media'.
CREATE FUNCTION get_content_recommendations(
    target_user varchar, content_kind varchar DEFAULT 'exercise', max_results integer DEFAULT 5)
RETURNS TABLE (content_id uuid, title varchar, description text, category varchar,
               similarity double precision)
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    interest vector := interest_of(target_user);
BEGIN
    IF content_kind = 'exercise' THEN
        RETURN QUERY SELECT e.id, e.title, e.description, e.category,
                            1 - (e.question_embedding <=> interest)
          FROM exercises e
         WHERE e.is_active AND e.question_embedding IS NOT NULL AND interest IS NOT NULL
           AND NOT EXISTS (SELECT FROM exercise_responses r
                            WHERE r.exercise_id = e.id AND r.user_id = target_user)
         ORDER BY e.question_embedding <=> interest, e.id LIMIT max_results;
    ELSIF content_kind = 'entry' THEN
        RETURN QUERY SELECT p.id, p.title, p.content, p.category,
                            1 - (p.content_embedding <=> interest)
          FROM playbook_entries p
         WHERE p.user_id = target_user AND p.content_embedding IS NOT NULL
           AND interest IS NOT NULL
         ORDER BY p.content_embedding <=> interest, p.id LIMIT max_results;
    ELSIF content_kind = 'media' THEN
        RETURN QUERY SELECT m.id, m.file_name, m.description, m.category,
                            1 - (m.content_embedding <=> interest)
          FROM media_assets m
         WHERE m.user_id = target_user AND m.content_embedding IS NOT NULL
           AND interest IS NOT NULL
         ORDER BY m.content_embedding <=> interest, m.id LIMIT max_results;
    ELSE
        RAISE EXCEPTION 'there are no recommendations of kind %', content_kind
              USING HINT = 'Kinds: exercise, entry, media.';
    END IF;
END $$;

-- What others marked as helpful, nearest to what this person writes about. It does not say who.
CREATE FUNCTION get_personalized_recommendations(target_user varchar, max_results integer DEFAULT 5)
RETURNS TABLE (entry_id uuid, title varchar, content text, category varchar,
               similarity double precision)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT p.id, p.title, p.content, p.category, 1 - (p.content_embedding <=> mine.interest)
      FROM (SELECT interest_of(target_user) AS interest OFFSET 0) mine, playbook_entries p
     WHERE p.is_highlight AND p.user_id <> target_user AND p.content_embedding IS NOT NULL
       AND mine.interest IS NOT NULL
     ORDER BY p.content_embedding <=> mine.interest, p.id LIMIT max_results
$$;

-- Words in one person's texts, best first; matched words stand between « and ».
CREATE FUNCTION search_own_texts(
    query text, target_user varchar, max_results integer DEFAULT 20,
    language regconfig DEFAULT 'simple')
RETURNS TABLE (kind text, id uuid, headline text, rank real, created_at timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH own AS (
        SELECT 'response' AS kind, id, response_text AS body, created_at
          FROM exercise_responses WHERE user_id = target_user AND response_text IS NOT NULL
         UNION ALL
        SELECT 'entry', id, title || E'\n' || content, created_at
          FROM playbook_entries WHERE user_id = target_user
    ), found AS (
        SELECT own.*, asked, ts_rank_cd(to_tsvector(language, body), asked) AS rank
          FROM own, websearch_to_tsquery(language, query) AS asked
         WHERE to_tsvector(language, body) @@ asked
         ORDER BY rank DESC, id LIMIT max_results
    )
    SELECT kind, id, ts_headline(language, body, asked, 'StartSel=«, StopSel=», MaxFragments=2'),
           rank, created_at
      FROM found ORDER BY rank DESC, id
$$;
