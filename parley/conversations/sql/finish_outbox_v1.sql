-- Write the outcomes of a batch of calls. A message's status only rises; an outbox row goes with its
-- outcome. A failure of a row that another worker or a report has settled in the meantime changes nothing.
-- Returns what the programs must hear: the messages that failed now.
CREATE OR REPLACE FUNCTION conversations_finish_outbox_v1(
    p_outcomes jsonb, p_look_up_after double precision
) RETURNS TABLE (
    message_id bigint, conversation_id bigint, organization_id bigint, program text, subject_key text, purpose text,
    error_code text, address_kind text, address text, unreachable boolean, opted_out boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH outcome AS (
        SELECT * FROM jsonb_to_recordset(p_outcomes) AS o(
            outbox_id bigint, message_id bigint, result text, provider_id text, error_code text,
            retry_after double precision, segments int, local_address text, unreachable boolean, opted_out boolean)
    ), gone AS (
        DELETE FROM conversations_outbox b USING outcome o
        WHERE b.id = o.outbox_id AND o.result IN ('sent', 'failed', 'unconfirmed')
        RETURNING b.id
    ), back AS (
        -- Only a row that is still ours to give back: a report may have settled it.
        UPDATE conversations_outbox b
        SET state = CASE o.result WHEN 'unanswered' THEN 2 ELSE 0 END,
            send_after = CASE WHEN o.result = 'later'
                              THEN clock_timestamp() + make_interval(secs => coalesce(o.retry_after, 30)) ELSE b.send_after END,
            look_up_at = CASE WHEN o.result = 'unanswered'
                              THEN least(b.look_up_at, clock_timestamp() + make_interval(secs => p_look_up_after)) END,
            worker = NULL, leased_until = NULL
        FROM outcome o
        WHERE b.id = o.outbox_id AND o.result IN ('later', 'unanswered', 'stop_channel', 'moved')
    ), told AS (
        UPDATE conversations_message m
        SET status = CASE o.result WHEN 'sent' THEN 40 WHEN 'failed' THEN 60 WHEN 'unconfirmed' THEN 30 ELSE 20 END,
            provider_id = coalesce(m.provider_id, o.provider_id),
            error_code = coalesce(o.error_code, m.error_code),
            segments = coalesce(o.segments, m.segments),
            sent_at = CASE WHEN o.result = 'sent' THEN coalesce(m.sent_at, clock_timestamp()) ELSE m.sent_at END,
            settled_at = CASE WHEN o.result = 'failed' THEN clock_timestamp() ELSE m.settled_at END
        FROM outcome o
        WHERE m.id = o.message_id
          AND m.status < CASE o.result WHEN 'sent' THEN 40 WHEN 'failed' THEN 40 WHEN 'unconfirmed' THEN 30
                                       WHEN 'unanswered' THEN 20 ELSE 0 END
        RETURNING m.id, m.conversation_id, m.organization_id, m.purpose, m.error_code, o.result, o.local_address,
                  o.unreachable, o.opted_out
    ), number_known AS (
        UPDATE conversations_conversation c SET local_address = t.local_address
        FROM told t WHERE c.id = t.conversation_id AND t.local_address IS NOT NULL
                      AND c.local_address IS DISTINCT FROM t.local_address
    )
    SELECT t.id, t.conversation_id, t.organization_id, c.program::text, c.subject_key::text, t.purpose::text,
           t.error_code::text, c.address_kind::text, c.address::text,
           coalesce(t.unreachable, false), coalesce(t.opted_out, false)
    FROM told t JOIN conversations_conversation c ON c.id = t.conversation_id
    WHERE t.result = 'failed';
END $$;
