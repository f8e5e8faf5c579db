-- Fold up to p_limit deltas into one row a campaign and kind. Deltas are only inserted, so nobody waits.
CREATE OR REPLACE FUNCTION texting_squash_tallies_v1(p_limit int)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_count int;
BEGIN
    WITH pick AS MATERIALIZED (
        SELECT id FROM texting_tally WHERE NOT squashed ORDER BY id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), old AS (
        DELETE FROM texting_tally t USING pick WHERE t.id = pick.id RETURNING t.campaign_id, t.kind, t.count
    ), folded AS (
        INSERT INTO texting_tally (campaign_id, kind, count, squashed)
        SELECT campaign_id, kind, sum(count), true FROM old GROUP BY 1, 2
        RETURNING 1
    )
    SELECT count(*) INTO v_count FROM old;

    -- The folded rows themselves are folded once there are many.
    WITH many AS (
        SELECT campaign_id, kind FROM texting_tally WHERE squashed GROUP BY 1, 2 HAVING count(*) > 20
    ), old AS (
        DELETE FROM texting_tally t USING many m
        WHERE t.campaign_id = m.campaign_id AND t.kind = m.kind AND t.squashed
        RETURNING t.campaign_id, t.kind, t.count
    )
    INSERT INTO texting_tally (campaign_id, kind, count, squashed)
    SELECT campaign_id, kind, sum(count), true FROM old GROUP BY 1, 2;
    RETURN v_count;
END $$;
