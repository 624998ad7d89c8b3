-- The originals' entry points where `embed` has built an HNSW index. It serves an ORDER BY of the
-- bare distance to one vector, and a filter on what it finds needs a scan that goes on. One
-- person's rows are few: `+ 0` keeps them off it, and all of them are compared.

SELECT set_config('search_path', format('playbook, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

CREATE OR REPLACE FUNCTION find_similar_responses(
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
    ELSIF owner = '*' THEN
        PERFORM set_config('hnsw.iterative_scan', 'strict_order', true);
        RETURN QUERY
        SELECT near.* FROM (
            SELECT r.id, r.user_id, r.exercise_id, r.response_text, r.mood,
                   1 - (r.response_embedding <=> query_embedding) AS nearness, r.created_at
              FROM exercise_responses r WHERE r.response_embedding IS NOT NULL
             ORDER BY r.response_embedding <=> query_embedding LIMIT max_results) near
         WHERE near.nearness >= similarity_threshold
         ORDER BY near.nearness DESC, near.id;
    ELSE
        RETURN QUERY
        SELECT near.* FROM (
            SELECT r.id, r.user_id, r.exercise_id, r.response_text, r.mood,
                   1 - (r.response_embedding <=> query_embedding) AS nearness, r.created_at
              FROM exercise_responses r
             WHERE r.response_embedding IS NOT NULL AND r.user_id = owner
             ORDER BY (r.response_embedding <=> query_embedding) + 0 LIMIT max_results) near
         WHERE near.nearness >= similarity_threshold
         ORDER BY near.nearness DESC, near.id;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION find_similar_playbook_entries(
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
         ORDER BY (e.content_embedding <=> query_embedding) + 0 LIMIT max_results) near
     WHERE near.nearness >= similarity_threshold
     ORDER BY near.nearness DESC, near.id
$$;

-- What others marked as helpful, nearest to what this person writes about. It does not say who.
CREATE OR REPLACE FUNCTION get_personalized_recommendations(
    target_user varchar, max_results integer DEFAULT 5)
RETURNS TABLE (entry_id uuid, title varchar, content text, category varchar,
               similarity double precision)
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    interest vector := interest_of(target_user);
BEGIN
    IF interest IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('hnsw.iterative_scan', 'strict_order', true);
    RETURN QUERY
    SELECT near.* FROM (
        SELECT p.id, p.title, p.content, p.category,
               1 - (p.content_embedding <=> interest) AS nearness
          FROM playbook_entries p
         WHERE p.is_highlight AND p.user_id <> target_user AND p.content_embedding IS NOT NULL
         ORDER BY p.content_embedding <=> interest LIMIT max_results) near
     ORDER BY near.nearness DESC, near.id;
END $$;

SELECT set_config('search_path', format('nexus, %I', nspname), true)
  FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector';

-- The patterns nearest to one, of those that came after it.
CREATE FUNCTION nearest_later_patterns(pattern integer, near vector, max_results integer DEFAULT 20)
RETURNS TABLE (id integer, name varchar, repo_id integer, distance double precision)
LANGUAGE plpgsql STABLE ROWS 20 SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM set_config('hnsw.iterative_scan', 'strict_order', true);
    RETURN QUERY
    SELECT other.id, other.name, other.repo_id, other.embedding <=> near
      FROM patterns other
     WHERE other.id > pattern AND other.embedding IS NOT NULL
     ORDER BY other.embedding <=> near LIMIT max_results;
END $$;

-- Pairs above 0.8, each once, of a pattern and the 20 nearest that came after it. One
-- nearest-neighbour search a pattern: asked for one pattern (WHERE pattern1_id = ...), or with a
-- LIMIT, it does no more than that.
CREATE OR REPLACE VIEW pattern_similarity_view AS
SELECT p1.id AS pattern1_id, p1.name AS pattern1_name, p1.repo_id AS repo1_id,
       p2.id AS pattern2_id, p2.name::varchar(500) AS pattern2_name, p2.repo_id AS repo2_id,
       1 - p2.distance AS similarity_score
  FROM patterns p1 CROSS JOIN LATERAL nearest_later_patterns(p1.id, p1.embedding) p2
 WHERE p1.embedding IS NOT NULL AND p2.distance < 0.2;
