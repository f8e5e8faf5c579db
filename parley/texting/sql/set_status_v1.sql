-- Close (skip) or reopen a conversation, with the answers given so far; or take back the question
-- whether a reply was an opt-out.
CREATE OR REPLACE FUNCTION texting_set_status_v1(
    p_user bigint, p_epoch int, p_assignment bigint, p_contact bigint, p_status int, p_answers jsonb, p_not_opt_out boolean
) RETURNS TABLE (verdict text, contact_status int, campaign_id bigint, conversation_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_may record;
    v_contact record;
BEGIN
    SELECT * INTO v_may FROM texting_may_act_v1(p_user, p_epoch, p_assignment);
    IF v_may.verdict <> 'ok' THEN
        RETURN QUERY SELECT v_may.verdict, NULL::int, v_may.campaign, NULL::bigint;
        RETURN;
    END IF;
    -- Conversation before contact: the order in which inbound messages lock them.
    PERFORM 1 FROM conversations_conversation v
    WHERE v.id = (SELECT c.conversation_id FROM texting_contact c WHERE c.id = p_contact) FOR NO KEY UPDATE;
    SELECT c.* INTO v_contact FROM texting_contact c
    WHERE c.id = p_contact AND c.campaign_id = v_may.campaign FOR NO KEY UPDATE;
    IF NOT FOUND OR v_contact.assignment_id IS DISTINCT FROM p_assignment THEN
        RETURN QUERY SELECT 'assignment_changed', NULL::int, v_may.campaign, NULL::bigint;
        RETURN;
    END IF;
    IF p_answers IS NOT NULL THEN
        PERFORM texting_save_answers_v1(p_contact, v_may.campaign, v_may.organization, p_user, p_answers);
    END IF;
    IF p_status IS NOT NULL AND p_status <> v_contact.status OR p_not_opt_out THEN
        UPDATE texting_contact c
        SET status = coalesce(p_status, c.status), likely_opt_out = c.likely_opt_out AND NOT coalesce(p_not_opt_out, false),
            updated_at = clock_timestamp()
        WHERE c.id = p_contact;
        IF p_status = 4 AND v_contact.status <> 4 THEN
            INSERT INTO texting_tally (campaign_id, kind, count, squashed) VALUES (v_may.campaign, 7, 1, false);
        END IF;
    END IF;
    RETURN QUERY SELECT 'ok', coalesce(p_status, v_contact.status::int), v_may.campaign, v_contact.conversation_id;
END $$;
