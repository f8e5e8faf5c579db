-- A texter sends one text: every check, the message, its outbox row and the contact's new status, in one
-- statement. Whether it is the first text is read from the contact, never taken from the client.
--
-- p_key null = the texter's page believes that it is the first text.
-- p_groups/p_closes: the hours groups that are open now and when each closes; null = hours not enforced.
--
-- verdict: queued | repeated | conflict | opted_out | off_hours | assignment_changed | already_texted |
--          campaign_closed_for_initials | channel_missing | those of texting_may_act_v1.
CREATE OR REPLACE FUNCTION texting_send_v1(
    p_user bigint, p_epoch int, p_assignment bigint, p_contact bigint, p_text text, p_media jsonb, p_segments int,
    p_key text, p_groups int[], p_closes timestamptz[], p_answers jsonb
) RETURNS TABLE (verdict text, message_id bigint, conversation_id bigint, message_sequence int, contact_status int,
                 campaign_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
    v_may record;
    v_contact record;
    v_conversation bigint;
    v_initial boolean;
    v_key text;
    v_place int;
    v_refused text;
    v_queued record;
    v_status int;
BEGIN
    SELECT * INTO v_may FROM texting_may_act_v1(p_user, p_epoch, p_assignment);
    IF v_may.verdict <> 'ok' THEN
        RETURN QUERY SELECT v_may.verdict, NULL::bigint, NULL::bigint, NULL::int, NULL::int, v_may.campaign;
        RETURN;
    END IF;

    -- Conversation before contact: the order in which inbound messages lock them.
    SELECT c.conversation_id INTO v_conversation FROM texting_contact c WHERE c.id = p_contact;
    IF v_conversation IS NOT NULL THEN
        PERFORM 1 FROM conversations_conversation c WHERE c.id = v_conversation FOR NO KEY UPDATE;
    END IF;
    SELECT c.* INTO v_contact FROM texting_contact c
    WHERE c.id = p_contact AND c.campaign_id = v_may.campaign FOR NO KEY UPDATE;
    IF NOT FOUND OR v_contact.assignment_id IS DISTINCT FROM p_assignment THEN
        RETURN QUERY SELECT 'assignment_changed', NULL::bigint, NULL::bigint, NULL::int, NULL::int, v_may.campaign;
        RETURN;
    END IF;

    v_initial := v_contact.status = 0;
    v_key := CASE WHEN v_initial OR p_key IS NULL THEN format('initial:%s:%s', p_contact, v_contact.pass_number)
                  ELSE format('reply:%s:%s', p_user, p_key) END;
    -- What was sent already is answered with what it was, whatever has changed since.
    SELECT k.digest, m.id, m.conversation_id, m.sequence INTO v_queued
    FROM conversations_idempotencykey k JOIN conversations_message m ON m.id = k.message_id
    WHERE k.key = v_key;
    IF FOUND THEN
        RETURN QUERY SELECT CASE WHEN v_queued.digest = hashtextextended(p_text || p_media::text, 0)
                                      AND v_queued.conversation_id = v_contact.conversation_id THEN 'repeated'
                                 WHEN p_key IS NULL THEN 'already_texted'
                                 ELSE 'conflict' END,
            v_queued.id::bigint, v_queued.conversation_id::bigint, v_queued.sequence::int, v_contact.status::int, v_may.campaign;
        RETURN;
    END IF;

    v_place := array_position(p_groups, v_contact.hours_group_id::int);
    v_refused := CASE
        WHEN p_key IS NULL AND NOT v_initial AND v_contact.opted_out THEN 'opted_out'
        WHEN p_key IS NULL AND NOT v_initial THEN 'already_texted'
        WHEN v_initial AND NOT v_may.initials THEN 'campaign_closed_for_initials'
        WHEN p_groups IS NOT NULL AND v_place IS NULL THEN 'off_hours'
        WHEN v_may.channel IS NULL THEN 'channel_missing'
    END;
    IF v_refused IS NOT NULL THEN
        RETURN QUERY SELECT v_refused, NULL::bigint, v_contact.conversation_id::bigint, NULL::int, v_contact.status::int,
                            v_may.campaign;
        RETURN;
    END IF;

    SELECT * INTO v_queued FROM conversations_queue_message_v1(
        v_may.organization, v_may.channel, 'texting', v_may.campaign::text, 'direct', 'phone', v_contact.cell,
        v_contact.conversation_id, p_user, CASE WHEN v_initial THEN 'initial' ELSE 'reply' END, p_text, p_media, '{}'::jsonb,
        CASE WHEN v_initial THEN 1 ELSE 0 END, NULL, p_closes[v_place], v_key, p_segments, NULL);
    IF v_queued.verdict <> 'queued' THEN
        IF v_queued.verdict = 'opted_out' THEN
            UPDATE texting_contact c SET status = 4, opted_out = true, updated_at = clock_timestamp() WHERE c.id = p_contact;
        END IF;
        RETURN QUERY SELECT v_queued.verdict, v_queued.message_id, v_queued.conversation_id, v_queued.message_sequence,
                            CASE WHEN v_queued.verdict = 'opted_out' THEN 4 ELSE v_contact.status::int END, v_may.campaign;
        RETURN;
    END IF;

    -- Needs response and in conversation become in conversation; all others messaged.
    v_status := CASE WHEN v_contact.status IN (2, 3) THEN 3 ELSE 1 END;
    UPDATE texting_contact c
    SET status = v_status, conversation_id = v_queued.conversation_id, likely_opt_out = false, updated_at = clock_timestamp()
    WHERE c.id = p_contact;
    INSERT INTO texting_tally (campaign_id, kind, count, squashed)
    SELECT v_may.campaign, k, 1, false FROM unnest(CASE WHEN v_initial THEN ARRAY[1, 2] ELSE ARRAY[1] END) k;
    IF p_answers IS NOT NULL THEN
        PERFORM texting_save_answers_v1(p_contact, v_may.campaign, v_may.organization, p_user, p_answers);
    END IF;
    RETURN QUERY SELECT 'queued', v_queued.message_id, v_queued.conversation_id, v_queued.message_sequence, v_status,
                        v_may.campaign;
END $$;
