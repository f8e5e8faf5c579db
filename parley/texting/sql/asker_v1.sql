-- The first statement of a claim: lock the assignment, then count afresh what the strategies decide by.
-- (In one plain statement the counts would be read on the snapshot from before the lock was had.)
-- Nothing is counted further than it matters: the texter's history may be long.
CREATE OR REPLACE FUNCTION texting_asker_v1(p_user bigint, p_epoch int, p_assignment bigint, p_lock boolean, p_groups int[])
RETURNS TABLE (
    verdict text, organization bigint, campaign bigint, texter bigint, person_role int, initials boolean,
    dynamic boolean, batch_size int, max_contacts int, strategies text[],
    held int, unsent int, unanswered int, has_history boolean
) LANGUAGE plpgsql AS $$
DECLARE
    v_may record;
    v_assignment record;
    v_campaign record;
BEGIN
    SELECT * INTO v_may FROM texting_may_act_v1(p_user, p_epoch, p_assignment);
    IF v_may.verdict <> 'ok' THEN
        RETURN QUERY SELECT v_may.verdict, v_may.organization, v_may.campaign, NULL::bigint, v_may.person_role,
            false, false, 0, 0, NULL::text[], 0, 0, 0, false;
        RETURN;
    END IF;
    IF p_lock THEN
        PERFORM 1 FROM texting_assignment a WHERE a.id = p_assignment FOR NO KEY UPDATE;
    END IF;
    SELECT a.user_id, a.max_contacts INTO v_assignment FROM texting_assignment a WHERE a.id = p_assignment;
    SELECT c.use_dynamic_assignment, c.batch_size, c.batch_strategies INTO v_campaign
    FROM texting_campaign c WHERE c.id = v_may.campaign;
    RETURN QUERY SELECT
        'ok', v_may.organization, v_may.campaign, v_assignment.user_id::bigint, v_may.person_role, v_may.initials,
        v_campaign.use_dynamic_assignment::boolean, v_campaign.batch_size::int, v_assignment.max_contacts::int,
        v_campaign.batch_strategies::text[],
        CASE WHEN v_assignment.max_contacts IS NULL THEN 0 ELSE
            (SELECT count(*)::int FROM (SELECT 1 FROM texting_contact c WHERE c.assignment_id = p_assignment
                                        LIMIT v_assignment.max_contacts + 1) h) END,
        (SELECT count(*)::int FROM (SELECT 1 FROM texting_contact c WHERE c.assignment_id = p_assignment AND c.status = 0
                                    LIMIT v_campaign.batch_size + 1) u),
        (SELECT count(*)::int FROM (SELECT 1 FROM texting_contact c WHERE c.assignment_id = p_assignment AND c.status = 2
                                      AND NOT c.opted_out
                                      AND (p_groups IS NULL OR c.hours_group_id = ANY (p_groups)) LIMIT 200) r),
        EXISTS (SELECT 1 FROM texting_contact c WHERE c.assignment_id = p_assignment);
END $$;
