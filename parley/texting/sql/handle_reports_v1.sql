-- Delivery reports have been applied: count them per campaign, keep the error on the contact.
CREATE OR REPLACE FUNCTION texting_handle_reports_v1(p_rows jsonb)
RETURNS TABLE (campaign_id bigint) LANGUAGE sql AS $$
    WITH report AS (
        SELECT r.conversation, r.campaign, r.status, r.error_code
        FROM jsonb_to_recordset(p_rows) AS r(conversation bigint, campaign bigint, status text, error_code text)
        JOIN texting_campaign c ON c.id = r.campaign
    ), counted AS (
        INSERT INTO texting_tally (campaign_id, kind, count, squashed)
        SELECT campaign, CASE status WHEN 'delivered' THEN 3 ELSE 4 END, count(*), false
        FROM report WHERE status IN ('delivered', 'failed') GROUP BY 1, 2
    ), marked AS (
        UPDATE texting_contact c SET error_code = r.error_code
        FROM (SELECT DISTINCT ON (conversation) * FROM report WHERE status = 'failed' ORDER BY conversation) r
        WHERE c.conversation_id = r.conversation AND c.error_code IS DISTINCT FROM r.error_code
    )
    SELECT DISTINCT campaign FROM report
$$;
