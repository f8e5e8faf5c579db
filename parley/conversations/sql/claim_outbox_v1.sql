-- Hand a worker up to p_limit outbox rows, replies before first texts, each conversation's first
-- unfinished row only. Draws from the token buckets of channel and account; a paused or stopped one
-- gives nothing. What has been opted out of or is past its `send_before` is refused here, at the last
-- moment before the provider, and returned with the reason in `refused`.
CREATE OR REPLACE FUNCTION conversations_claim_outbox_v1(
    p_worker uuid, p_limit int, p_lease double precision, p_look_up_after double precision
) RETURNS TABLE (
    outbox_id bigint, message_id bigint, account_id bigint, channel_id bigint, channel_address text, operation text,
    conversation_id bigint, address text, local_address text, body text, media jsonb, payload jsonb, purpose text,
    send_before timestamptz, target_provider_id text, visible_to text, attempts int, handed_at timestamptz,
    refused text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_channel record;
    v_budget record;
    v_left int := p_limit;
    v_take int;
    v_taken int;
    v_now timestamptz := clock_timestamp();
BEGIN
    FOR v_channel IN
        SELECT c.id, c.account_id, c.rate AS channel_rate, a.rate AS account_rate
        FROM conversations_channel c JOIN conversations_provideraccount a ON a.id = c.account_id
        WHERE c.stopped_at IS NULL AND a.stopped_at IS NULL
          AND EXISTS (SELECT 1 FROM conversations_outbox o WHERE o.channel_id = c.id AND o.state = 0)
        ORDER BY random()
    LOOP
        EXIT WHEN v_left <= 0;
        v_take := v_left;
        -- Locked in one order (account, then channel); another worker at the same buckets is passed by.
        FOR v_budget IN
            SELECT b.id, b.paused_until, r.rate,
                   least(greatest(r.rate, 1), b.tokens + r.rate * extract(epoch FROM v_now - b.refilled_at)) AS tokens
            FROM conversations_ratebudget b
            CROSS JOIN LATERAL (SELECT CASE WHEN b.channel_id IS NULL THEN v_channel.account_rate
                                            ELSE v_channel.channel_rate END AS rate) r
            WHERE b.channel_id = v_channel.id OR b.account_id = v_channel.account_id
            ORDER BY b.id
            FOR NO KEY UPDATE OF b
        LOOP
            IF v_budget.paused_until > v_now THEN
                v_take := 0;
            ELSIF v_budget.rate IS NOT NULL THEN
                v_take := least(v_take, floor(v_budget.tokens)::int);
            END IF;
        END LOOP;
        CONTINUE WHEN v_take <= 0;

        RETURN QUERY
        WITH pick AS (
            SELECT o.id FROM conversations_outbox o
            WHERE o.channel_id = v_channel.id AND o.state = 0 AND o.send_after <= v_now
              AND NOT EXISTS (SELECT 1 FROM conversations_outbox earlier
                              WHERE earlier.conversation_id = o.conversation_id AND earlier.id < o.id)
            ORDER BY o.urgency, o.id
            LIMIT v_take
            FOR UPDATE SKIP LOCKED
        ), judged AS (
            SELECT o.id, o.message_id,
                   CASE WHEN o.operation <> 'send' THEN NULL
                        WHEN o.send_before <= v_now THEN 'expired'
                        WHEN m.purpose <> 'opt_out_confirmation'
                             AND conversations_opted_out_v1(o.organization_id, c.address_kind, c.address, c.channel_id, c.program)
                            THEN 'opted_out'
                   END AS refused,
                   m.text AS body, m.media, m.payload, m.purpose, m.status,
                   c.address, c.local_address, h.address AS channel_address, t.provider_id AS target_provider_id
            FROM pick
            JOIN conversations_outbox o ON o.id = pick.id
            JOIN conversations_message m ON m.id = o.message_id
            JOIN conversations_conversation c ON c.id = o.conversation_id
            JOIN conversations_channel h ON h.id = o.channel_id
            LEFT JOIN conversations_message t ON t.id = o.target_id
        ), gone AS (
            DELETE FROM conversations_outbox o USING judged j WHERE o.id = j.id AND j.refused IS NOT NULL
        ), told AS (
            UPDATE conversations_message m SET status = 60, error_code = j.refused, settled_at = v_now
            FROM judged j WHERE m.id = j.message_id AND j.refused IS NOT NULL AND m.status < 40
        ), handed AS (
            UPDATE conversations_outbox o
            SET state = 1, worker = p_worker, attempts = o.attempts + 1,
                leased_until = v_now + make_interval(secs => p_lease),
                handed_at = coalesce(o.handed_at, v_now),
                look_up_at = v_now + make_interval(secs => p_look_up_after)
            FROM judged j WHERE o.id = j.id AND j.refused IS NULL
            RETURNING o.id, o.attempts, o.handed_at
        )
        SELECT o.id, o.message_id, v_channel.account_id, o.channel_id, j.channel_address::text, o.operation::text,
               o.conversation_id, j.address::text, j.local_address::text, j.body, j.media, j.payload, j.purpose::text,
               o.send_before, j.target_provider_id::text, o.visible_to::text,
               coalesce(d.attempts, o.attempts)::int, coalesce(d.handed_at, o.handed_at), j.refused
        FROM judged j
        JOIN conversations_outbox o ON o.id = j.id
        LEFT JOIN handed d ON d.id = j.id
        ORDER BY o.urgency, o.id;

        GET DIAGNOSTICS v_taken = ROW_COUNT;
        v_left := v_left - v_taken;
        UPDATE conversations_ratebudget b
        SET tokens = least(greatest(r.rate, 1), b.tokens + r.rate * extract(epoch FROM v_now - b.refilled_at)) - v_taken,
            refilled_at = v_now
        FROM (VALUES (v_channel.id, NULL::bigint, v_channel.channel_rate),
                     (NULL, v_channel.account_id, v_channel.account_rate)) r(channel_id, account_id, rate)
        WHERE (b.channel_id = r.channel_id OR b.account_id = r.account_id) AND r.rate IS NOT NULL;
    END LOOP;
END $$;
