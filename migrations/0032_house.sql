-- What an operator looks at first, without a row of anybody; and when a reader was last here.

-- Workers, collections with their sizes and what of them is embedded and mapped, and versions. For
-- a signed-in operator; nobody's text is read. Rows are the planner's estimate.
CREATE FUNCTION northlight_auth.house() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF northlight_auth.person_as('operator') IS NULL THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    RETURN jsonb_build_object(
        'postgresql', current_setting('server_version'),
        'pgvector', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'vector'),
        'database', pg_database_size(current_database()),
        'migrations', (SELECT count(*) FROM public.northlight_migration),
        'workers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'name', w.name, 'seen_at', w.seen_at,
                        'silent', extract(epoch FROM clock_timestamp() - w.seen_at))
                        ORDER BY w.seen_at DESC), '[]') FROM northlight.worker w),
        'collections', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'name', c.name,
                'rows', greatest(t.reltuples, 0)::bigint,
                'bytes', pg_total_relation_size(t.oid),
                'model', s.model,
                'vectors', CASE WHEN s.storage = 'own' THEN (
                    SELECT greatest(p.reltuples, 0)::bigint FROM pg_class p
                    WHERE p.oid = to_regclass('northlight.embedding_' || s.id)) END,
                'embedded_at', s.embedded_at, 'mapped_at', r.created_at, 'mapped', r.rows)
                ORDER BY c.name), '[]')
            FROM northlight.collection c
            LEFT JOIN pg_class t ON t.oid = to_regclass(c.declaration ->> 'table')
            LEFT JOIN northlight.space s ON s.collection_id = c.id AND s.active
            LEFT JOIN northlight.run r ON r.collection_id = c.id AND r.current));
END $$;

-- When the reader's last visit ended: the latest sign of life that is older than half an hour.
CREATE FUNCTION northlight_auth.last_here() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(s.seen_at) FROM northlight_auth.session s
    WHERE s.person_id = (SELECT (c).person_id FROM (SELECT northlight_auth.claims() AS c) AS told)
      AND s.seen_at < clock_timestamp() - interval '30 minutes'
$$;

REVOKE EXECUTE ON FUNCTION northlight_auth.house(), northlight_auth.last_here() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.house() TO northlight_operator;
GRANT EXECUTE ON FUNCTION northlight_auth.last_here() TO northlight_coach, northlight_analyst,
    northlight_engineer, northlight_operator, northlight_product;
