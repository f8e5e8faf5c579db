-- Delivery reports: the status only rises, the first report settles a missing answer. Several reports on
-- one message in a batch count as the highest. `message` is our own id from the callback address.
-- Returns the messages whose status rose.
CREATE OR REPLACE FUNCTION conversations_apply_reports_v1(p_rows jsonb)
RETURNS TABLE (message_id bigint, conversation_id bigint, organization_id bigint, program text, subject_key text,
               purpose text, message_status int, error_code text, address_kind text, address text,
               unreachable boolean, opted_out boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH report AS (
        SELECT r.*, coalesce(own.id, theirs.id) AS number
        FROM jsonb_to_recordset(p_rows) AS r(
            i int, account bigint, message bigint, provider_id text, status int, error_code text, segments int,
            local_address text, unreachable boolean, opted_out boolean)
        -- a callback can only speak of messages of its own account
        LEFT JOIN LATERAL (
            SELECT m.id FROM conversations_message m JOIN conversations_channel c ON c.id = m.channel_id
            WHERE m.id = r.message AND c.account_id = r.account
        ) own ON true
        LEFT JOIN LATERAL (
            SELECT m.id FROM conversations_channel c
            JOIN conversations_message m ON m.channel_id = c.id AND m.provider_id = r.provider_id
            WHERE own.id IS NULL AND c.account_id = r.account
            LIMIT 1
        ) theirs ON true
    ), highest AS (
        SELECT DISTINCT ON (number) * FROM report WHERE number IS NOT NULL ORDER BY number, status DESC, i
    ), settled AS (
        DELETE FROM conversations_outbox b USING highest h WHERE b.message_id = h.number AND b.operation = 'send'
    ), risen AS (
        UPDATE conversations_message m
        SET status = h.status,
            provider_id = coalesce(m.provider_id, h.provider_id),
            error_code = CASE WHEN h.status = 60 THEN coalesce(h.error_code, m.error_code) ELSE NULL END,
            segments = coalesce(h.segments, m.segments),
            sent_at = coalesce(m.sent_at, clock_timestamp()),
            settled_at = CASE WHEN h.status >= 50 THEN clock_timestamp() END
        FROM highest h WHERE m.id = h.number AND m.status < h.status AND m.status < 50
        RETURNING m.id, m.conversation_id, m.organization_id, m.purpose, m.status, m.error_code,
                  h.local_address, h.unreachable, h.opted_out
    ), number_known AS (
        UPDATE conversations_conversation c SET local_address = s.local_address
        FROM risen s WHERE c.id = s.conversation_id AND s.local_address IS NOT NULL
                       AND c.local_address IS DISTINCT FROM s.local_address
    )
    SELECT s.id, s.conversation_id, s.organization_id, c.program::text, c.subject_key::text, s.purpose::text, s.status::int,
           s.error_code::text, c.address_kind::text, c.address::text,
           coalesce(s.unreachable, false), coalesce(s.opted_out, false)
    FROM risen s JOIN conversations_conversation c ON c.id = s.conversation_id;
END $$;
