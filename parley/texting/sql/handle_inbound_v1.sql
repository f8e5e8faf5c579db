-- Replies have been stored: the contacts of their conversations need a response, or are closed by an
-- opt-out. Returns each touched contact once.
CREATE OR REPLACE FUNCTION texting_handle_inbound_v1(p_rows jsonb)
RETURNS TABLE (contact_id bigint, campaign_id bigint, assignment_id bigint, conversation_id bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH reply AS (
        SELECT DISTINCT ON (r.conversation) r.*
        FROM jsonb_to_recordset(p_rows) AS r(conversation bigint, sequence int, recognised text, opted_out boolean)
        ORDER BY r.conversation, r.opted_out DESC, r.sequence DESC
    ), before AS (
        SELECT c.id, c.status, r.opted_out, r.recognised FROM texting_contact c JOIN reply r ON r.conversation = c.conversation_id
        ORDER BY c.id FOR NO KEY UPDATE OF c
    ), touched AS (
        UPDATE texting_contact c
        SET status = CASE WHEN b.opted_out THEN 4 ELSE 2 END,
            opted_out = b.opted_out OR c.opted_out,
            likely_opt_out = (b.recognised = 'likely'),
            updated_at = clock_timestamp()
        FROM before b WHERE c.id = b.id
        RETURNING c.id, c.campaign_id, c.assignment_id, c.conversation_id, b.opted_out, b.status AS was
    ), counted AS (
        INSERT INTO texting_tally (campaign_id, kind, count, squashed)
        SELECT t.campaign_id, k.kind, k.count, false
        FROM (SELECT t.campaign_id, count(*) FILTER (WHERE t.opted_out) AS stopped, count(*) FILTER (WHERE t.was = 1) AS first
              FROM touched t GROUP BY t.campaign_id) t
        JOIN (SELECT c.campaign_id, count(*) AS replies
              FROM jsonb_to_recordset(p_rows) AS r(conversation bigint) JOIN touched c ON c.conversation_id = r.conversation
              GROUP BY c.campaign_id) n ON n.campaign_id = t.campaign_id
        CROSS JOIN LATERAL (VALUES (5, n.replies::int), (6, t.stopped::int), (9, t.first::int)) k(kind, count)
        WHERE k.count > 0
    )
    SELECT t.id, t.campaign_id, t.assignment_id, t.conversation_id FROM touched t;
END $$;
