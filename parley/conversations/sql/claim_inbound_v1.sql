-- The next events to apply, oldest first. One applier at a time (the caller holds the advisory lock).
-- A lane with a failing or parked event gives nothing but that event itself, when its retry is due.
CREATE OR REPLACE FUNCTION conversations_claim_inbound_v1(p_limit int)
RETURNS TABLE (event_id bigint, account_id bigint, kind text, lane text, body jsonb, attempts int, received_at timestamptz)
LANGUAGE sql AS $$
    SELECT e.id, e.account_id, e.kind::text, e.lane::text, e.body, e.attempts::int, e.received_at
    FROM conversations_inboundevent e
    WHERE e.applied_at IS NULL AND e.parked_at IS NULL
      AND (e.retry_at IS NULL OR e.retry_at <= clock_timestamp())
      AND NOT EXISTS (
          SELECT 1 FROM conversations_inboundevent b
          WHERE b.account_id = e.account_id AND b.lane = e.lane AND b.applied_at IS NULL AND b.attempts > 0 AND b.id < e.id)
    ORDER BY e.id
    LIMIT p_limit
$$;
