-- Addresses have come back: their contacts are no longer shown as opted out, unless another opt-out still holds.
-- Closed ones stay closed: coming back is no wish to be texted first. p_rows as in close_opted_out_v1.
CREATE OR REPLACE FUNCTION texting_reopen_returned_v1(p_rows jsonb)
RETURNS TABLE (campaign_id bigint) LANGUAGE sql AS $$
    WITH returned AS (
        SELECT DISTINCT r.organization, r.address
        FROM jsonb_to_recordset(p_rows) AS r(organization bigint, address text)
    ), shown AS (
        UPDATE texting_contact c SET opted_out = false, updated_at = clock_timestamp()
        FROM returned s, texting_campaign k
        WHERE c.cell = s.address AND k.id = c.campaign_id AND c.opted_out
          AND (s.organization IS NULL OR c.organization_id = s.organization)
          AND NOT conversations_opted_out_v1(c.organization_id, 'phone', c.cell, k.channel_id, 'texting')
        RETURNING c.campaign_id
    )
    SELECT DISTINCT campaign_id FROM shown
$$;
