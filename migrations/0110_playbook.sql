-- A time zone that nobody knows, in one person's preferences, no longer stops everybody's figures; and
-- a talk with the avatar is activity like any other.

SELECT set_config('search_path', format('playbook, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

CREATE FUNCTION zone_of(preferences jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    zone text := coalesce(preferences ->> 'timezone', 'UTC');
BEGIN
    PERFORM now() AT TIME ZONE zone;
    RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$;

CREATE OR REPLACE FUNCTION activity_runs(only_user varchar DEFAULT NULL)
RETURNS TABLE (user_id varchar, exercise_id uuid, first_day date, last_day date, days integer)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH day AS (
        SELECT r.user_id, r.exercise_id, (r.created_at AT TIME ZONE
               zone_of(u.preferences))::date AS day
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

CREATE OR REPLACE FUNCTION get_user_progress_summary(target_user varchar, today date DEFAULT NULL)
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
     CROSS JOIN (SELECT coalesce(today, (now() AT TIME ZONE zone_of(
                            (SELECT preferences FROM user_profiles
                              WHERE user_id = target_user)))::date) AS day) here
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

DROP MATERIALIZED VIEW user_activity_summary;
CREATE MATERIALIZED VIEW user_activity_summary AS
SELECT u.user_id, responses.total_responses, responses.exercises_tried, responses.active_days,
       entries.total_entries, entries.highlights, sessions.total_sessions,
       sessions.total_session_seconds, media.total_media, avatar.total_avatar_interactions,
       least(responses.first_at, entries.first_at, sessions.first_at, avatar.first_at)
           AS first_activity_at,
       greatest(responses.last_at, entries.last_at, sessions.last_at, avatar.last_at)
           AS last_activity_at
  FROM user_profiles u
 CROSS JOIN LATERAL (SELECT count(*) AS total_responses,
                            count(DISTINCT exercise_id) AS exercises_tried,
                            count(DISTINCT (created_at AT TIME ZONE zone_of(
                                u.preferences))::date) AS active_days,
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
 CROSS JOIN LATERAL (SELECT count(*) AS total_avatar_interactions,
                            min(created_at) AS first_at, max(created_at) AS last_at
                       FROM avatar_interactions WHERE user_id = u.user_id) avatar;
CREATE UNIQUE INDEX summary_of_user ON user_activity_summary (user_id);
