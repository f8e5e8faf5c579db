-- Rows whose call got no answer, or whose worker is gone: due for a look-up at the provider.
-- Each is held for p_hold seconds so that one worker asks.
CREATE OR REPLACE FUNCTION conversations_unsettled_outbox_v1(
    p_worker uuid, p_limit int, p_hold double precision
) RETURNS TABLE (
    outbox_id bigint, message_id bigint, account_id bigint, channel_id bigint, channel_address text, operation text,
    conversation_id bigint, address text, local_address text, body text, media jsonb, payload jsonb, purpose text,
    send_before timestamptz, target_provider_id text, visible_to text, attempts int, handed_at timestamptz
) LANGUAGE sql AS $$
    WITH pick AS (
        SELECT o.id FROM conversations_outbox o
        WHERE o.state > 0 AND o.look_up_at <= clock_timestamp()
          AND (o.state = 2 OR o.leased_until <= clock_timestamp())
        ORDER BY o.look_up_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), held AS (
        UPDATE conversations_outbox o
        SET state = 2, worker = p_worker, look_up_at = clock_timestamp() + make_interval(secs => p_hold)
        FROM pick WHERE o.id = pick.id RETURNING o.*
    )
    SELECT o.id, o.message_id, h.account_id, o.channel_id, h.address::text, o.operation::text, o.conversation_id,
           c.address::text, c.local_address::text, m.text, m.media, m.payload, m.purpose::text,
           o.send_before, t.provider_id::text, o.visible_to::text, o.attempts::int, o.handed_at
    FROM held o
    JOIN conversations_message m ON m.id = o.message_id
    JOIN conversations_conversation c ON c.id = o.conversation_id
    JOIN conversations_channel h ON h.id = o.channel_id
    LEFT JOIN conversations_message t ON t.id = o.target_id
$$;
