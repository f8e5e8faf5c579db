-- Up to p_limit waiting contacts inside open hours: probed, never counted further.
CREATE OR REPLACE FUNCTION texting_waiting_v1(p_campaign bigint, p_groups int[], p_limit int)
RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_count int;
BEGIN
    IF p_groups IS NULL THEN
        SELECT count(*) INTO v_count FROM (
            SELECT 1 FROM texting_contact w
            WHERE w.campaign_id = p_campaign AND w.assignment_id IS NULL AND w.status = 0 LIMIT p_limit) probed;
    ELSE
        SELECT count(*) INTO v_count FROM (
            SELECT 1 FROM unnest(p_groups) g(number)
            CROSS JOIN LATERAL (
                SELECT n.id FROM texting_contact n
                WHERE n.campaign_id = p_campaign AND n.hours_group_id = g.number
                  AND n.assignment_id IS NULL AND n.status = 0 LIMIT p_limit) w
            LIMIT p_limit) probed;
    END IF;
    RETURN v_count;
END $$;
