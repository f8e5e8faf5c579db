-- Which conversation does each inbound message belong to? The one of its channel and address that we
-- texted last; a conversation known to use another number of ours comes behind all others.
CREATE OR REPLACE FUNCTION conversations_route_inbound_v1(p_rows jsonb)
RETURNS TABLE (i int, conversation_id bigint, stored boolean) LANGUAGE sql STABLE AS $$
    SELECT r.i, c.id,
           EXISTS (SELECT 1 FROM conversations_message m WHERE m.channel_id = r.channel AND m.provider_id = r.provider_id)
    FROM jsonb_to_recordset(p_rows) AS r(i int, channel bigint, address text, local_address text, provider_id text)
    LEFT JOIN LATERAL (
        SELECT c.id FROM conversations_conversation c
        WHERE c.channel_id = r.channel AND c.address = r.address
        ORDER BY (c.local_address IS NULL OR r.local_address IS NULL OR c.local_address = r.local_address) DESC,
                 c.last_outbound_at DESC NULLS LAST, c.id DESC
        LIMIT 1
    ) c ON true
$$;
