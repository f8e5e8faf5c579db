-- May this person, with the session that they hold, work in this assignment? Shared by every hot path.
--
-- verdict: ok | signed_out | not_found | suspended | not_yours | campaign_not_started | campaign_archived |
--          campaign_closed. `initials` is false when the campaign takes replies only.
CREATE OR REPLACE FUNCTION texting_may_act_v1(p_user bigint, p_epoch int, p_assignment bigint)
RETURNS TABLE (verdict text, organization bigint, campaign bigint, channel bigint, initials boolean, person_role int)
LANGUAGE sql STABLE AS $$
    SELECT CASE
             WHEN u.id IS NULL OR u.is_suspended OR u.session_epoch <> p_epoch THEN 'signed_out'
             WHEN a.id IS NULL THEN 'not_found'
             WHEN m.role IS NULL AND NOT u.is_superadmin THEN 'not_found'
             WHEN m.role = 0 THEN 'suspended'
             WHEN a.user_id <> p_user AND coalesce(m.role, 0) < 30 AND NOT u.is_superadmin THEN 'not_yours'
             WHEN c.status = 'draft' THEN 'campaign_not_started'
             WHEN c.status = 'archived' THEN 'campaign_archived'
             WHEN c.status = 'closed' THEN 'campaign_closed'
             ELSE 'ok'
           END,
           a.organization_id, a.campaign_id, c.channel_id,
           c.status = 'active' AND (c.due_by IS NULL OR (now() AT TIME ZONE c.timezone)::date <= c.due_by),
           CASE WHEN u.is_superadmin THEN 50 ELSE m.role::int END
    FROM (SELECT 1) one
    LEFT JOIN accounts_user u ON u.id = p_user
    LEFT JOIN texting_assignment a ON a.id = p_assignment
    LEFT JOIN texting_campaign c ON c.id = a.campaign_id
    LEFT JOIN accounts_membership m ON m.organization_id = a.organization_id AND m.user_id = p_user
$$;
