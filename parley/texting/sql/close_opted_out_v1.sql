-- Addresses have stopped: every contact with that phone in the scope that was not yet texted, or that waits for
-- an answer, is closed, and all are shown as opted out, in the transaction of the opt-out.
-- p_rows: [{"organization": 3 | null, "address": "+1617…", "channel": 5 | null}]; null organization = everyone.
CREATE OR REPLACE FUNCTION texting_close_opted_out_v1(p_rows jsonb)
RETURNS TABLE (campaign_id bigint) LANGUAGE sql AS $$
    WITH stopped AS (
        SELECT DISTINCT r.organization, r.address, r.channel
        FROM jsonb_to_recordset(p_rows) AS r(organization bigint, address text, channel bigint)
    ), closed AS (
        UPDATE texting_contact c
        SET opted_out = true, likely_opt_out = false, status = CASE WHEN c.status IN (0, 2) THEN 4 ELSE c.status END,
            updated_at = clock_timestamp()
        FROM stopped s, texting_campaign k
        WHERE c.cell = s.address AND k.id = c.campaign_id AND NOT c.opted_out
          AND (s.organization IS NULL OR c.organization_id = s.organization)
          AND (s.channel IS NULL OR k.channel_id = s.channel)
        RETURNING c.campaign_id
    )
    SELECT DISTINCT campaign_id FROM closed
$$;
