-- What somebody decided about two pieces of content that are alike, and that it was decided.

CREATE FUNCTION northlight_auth.resolve_duplicate(
    first text, second text, kind text, resolution text, score double precision) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who    northlight_auth.claims := northlight_auth.claims();
    before text;
BEGIN
    IF who.person_id IS NULL OR who.role NOT IN ('engineer', 'operator') THEN
        RAISE EXCEPTION 'identity refused' USING ERRCODE = '28000';
    END IF;
    SELECT d.resolution INTO before FROM community.duplicate_pairs d
    WHERE d.content_id_1 = first::uuid AND d.content_id_2 = second::uuid
      AND d.similarity_type = kind FOR UPDATE;
    INSERT INTO community.duplicate_pairs AS d
        (content_id_1, content_id_2, similarity_type, similarity_score, resolution, resolved_at)
    VALUES (first::uuid, second::uuid, kind, least(greatest(score, 0), 1), resolve_duplicate.resolution,
            clock_timestamp())
    ON CONFLICT (content_id_1, content_id_2, similarity_type)
    DO UPDATE SET resolution = excluded.resolution, resolved_at = excluded.resolved_at;
    INSERT INTO community.audit_log (action, resource_type, resource_id, old_values, new_values)
    VALUES ('duplicate resolved', 'duplicate_pair', first || ' ' || second,
            jsonb_build_object('resolution', before),
            jsonb_build_object('resolution', resolve_duplicate.resolution,
                               'by', who.person_id));
END $$;
REVOKE EXECUTE ON FUNCTION northlight_auth.resolve_duplicate(text, text, text, text, double precision)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION northlight_auth.resolve_duplicate(text, text, text, text, double precision)
    TO northlight_engineer, northlight_operator;
