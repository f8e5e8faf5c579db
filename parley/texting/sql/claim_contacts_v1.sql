-- The second statement of a claim: hand out up to p_limit waiting contacts whose hours are open,
-- walking the index contact_waiting in its own order, group by group. Rows that another claim holds are
-- skipped rather than waited for. The pick is materialized: as a plain subquery the planner may run it once for each
-- row that it joins, and every run hands out p_limit more.
CREATE OR REPLACE FUNCTION texting_claim_contacts_v1(p_assignment bigint, p_campaign bigint, p_groups int[], p_limit int)
RETURNS TABLE (contact_id bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF p_groups IS NULL THEN
        RETURN QUERY
        WITH pick AS MATERIALIZED (
            SELECT w.id FROM texting_contact w
            WHERE w.campaign_id = p_campaign AND w.assignment_id IS NULL AND w.status = 0
            ORDER BY w.hours_group_id, w.id LIMIT p_limit FOR UPDATE SKIP LOCKED)
        UPDATE texting_contact c SET assignment_id = p_assignment, claimed_at = clock_timestamp(), updated_at = clock_timestamp()
        FROM pick WHERE c.id = pick.id RETURNING c.id;
    ELSE
        RETURN QUERY
        WITH pick AS MATERIALIZED (
            SELECT w.id FROM unnest(p_groups) g(number)
            CROSS JOIN LATERAL (
                SELECT n.id FROM texting_contact n
                WHERE n.campaign_id = p_campaign AND n.hours_group_id = g.number
                  AND n.assignment_id IS NULL AND n.status = 0
                ORDER BY n.id LIMIT p_limit FOR UPDATE SKIP LOCKED) w
            LIMIT p_limit)
        UPDATE texting_contact c SET assignment_id = p_assignment, claimed_at = clock_timestamp(), updated_at = clock_timestamp()
        FROM pick WHERE c.id = pick.id RETURNING c.id;
    END IF;
END $$;
