-- Say something: take the idempotency key, raise the conversation's sequence, write the message and
-- its outbox row. One transaction, all or nothing. The caller has checked who may say it and when.
--
-- verdict: queued    - written now
--          repeated  - the key was used for the same words: the earlier message is returned
--          conflict  - the key was used for other words: nothing is written
--          opted_out - the address has stopped us, and the purpose is not exempt
--
-- Locks the conversation's row until the end of the transaction: that keeps its order.
CREATE OR REPLACE FUNCTION conversations_queue_message_v1(
    p_organization bigint, p_channel bigint, p_program text, p_subject_key text, p_kind text,
    p_address_kind text, p_address text, p_conversation bigint,
    p_author bigint, p_purpose text, p_text text, p_media jsonb, p_payload jsonb,
    p_urgency int, p_send_after timestamptz, p_send_before timestamptz,
    p_key text, p_segments int, p_visible_to text
) RETURNS TABLE (verdict text, message_id bigint, conversation_id bigint, message_sequence int)
LANGUAGE plpgsql AS $$
DECLARE
    v_digest bigint := hashtextextended(p_text || p_media::text, 0);
    v_conversation bigint := p_conversation;
    v_sequence int;
    v_message bigint;
    v_known record;
BEGIN
    IF p_purpose <> 'opt_out_confirmation'
       AND conversations_opted_out_v1(p_organization, p_address_kind, p_address, p_channel, p_program) THEN
        RETURN QUERY SELECT 'opted_out', NULL::bigint, p_conversation, NULL::int;
        RETURN;
    END IF;

    v_message := nextval(pg_get_serial_sequence('conversations_message', 'id'));
    IF p_key IS NOT NULL THEN
        -- A second request with the key waits here for the first one's commit.
        INSERT INTO conversations_idempotencykey (key, organization_id, digest, message_id, created_at)
        VALUES (p_key, p_organization, v_digest, v_message, now())
        ON CONFLICT (key) DO NOTHING;
        IF NOT FOUND THEN
            SELECT k.digest, m.id, m.conversation_id, m.sequence INTO v_known
            FROM conversations_idempotencykey k LEFT JOIN conversations_message m ON m.id = k.message_id
            WHERE k.key = p_key;
            RETURN QUERY SELECT CASE WHEN v_known.digest = v_digest THEN 'repeated' ELSE 'conflict' END,
                v_known.id::bigint, v_known.conversation_id::bigint, v_known.sequence::int;
            RETURN;
        END IF;
    END IF;

    IF v_conversation IS NULL THEN
        INSERT INTO conversations_conversation AS c
            (organization_id, channel_id, program, subject_key, kind, address_kind, address, title,
             last_sequence, last_outbound_at, created_at)
        VALUES (p_organization, p_channel, p_program, p_subject_key, p_kind, p_address_kind, p_address, '',
                1, clock_timestamp(), now())
        ON CONFLICT (channel_id, program, subject_key, address) DO UPDATE
            SET last_sequence = c.last_sequence + 1, last_outbound_at = clock_timestamp()
        RETURNING c.id, c.last_sequence INTO v_conversation, v_sequence;
    ELSE
        UPDATE conversations_conversation c
        SET last_sequence = c.last_sequence + 1, last_outbound_at = clock_timestamp()
        WHERE c.id = v_conversation
        RETURNING c.last_sequence INTO v_sequence;
    END IF;

    INSERT INTO conversations_message
        (id, organization_id, conversation_id, channel_id, sequence, direction, purpose, text, media, payload,
         author_id, status, segments, recognised, created_at)
    VALUES (v_message, p_organization, v_conversation, p_channel, v_sequence, 2, p_purpose, p_text, p_media,
            -- outlives the outbox row: a text that staff send again keeps to the same hours
            CASE WHEN p_send_before IS NULL THEN p_payload
                 ELSE p_payload || jsonb_build_object('send_before', p_send_before) END,
            p_author, 10, p_segments, '', clock_timestamp());

    INSERT INTO conversations_outbox
        (organization_id, message_id, channel_id, conversation_id, sequence, operation, visible_to, urgency,
         send_after, send_before, state, attempts)
    VALUES (p_organization, v_message, p_channel, v_conversation, v_sequence, 'send', p_visible_to, p_urgency,
            coalesce(p_send_after, clock_timestamp()), p_send_before, 0, 0);

    RETURN QUERY SELECT 'queued', v_message, v_conversation, v_sequence;
END $$;
