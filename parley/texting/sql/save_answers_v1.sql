-- Answers of one contact: [{"step": 5, "value": "Yes"}, {"step": 6, "value": null}]; null takes one back.
-- Steps of other campaigns and answers that the script does not offer are passed over.
CREATE OR REPLACE FUNCTION texting_save_answers_v1(p_contact bigint, p_campaign bigint, p_organization bigint, p_user bigint, p_answers jsonb)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_saved int;
BEGIN
    DELETE FROM texting_questionresponse q
    USING jsonb_to_recordset(p_answers) AS a(step bigint, value text)
    WHERE q.contact_id = p_contact AND q.step_id = a.step AND a.value IS NULL;

    INSERT INTO texting_questionresponse AS q
        (organization_id, contact_id, step_id, value, answered_by_id, created_at, updated_at)
    SELECT p_organization, p_contact, s.id, a.value, p_user, now(), now()
    FROM jsonb_to_recordset(p_answers) AS a(step bigint, value text)
    JOIN texting_interactionstep s ON s.id = a.step AND s.campaign_id = p_campaign
    WHERE EXISTS (SELECT 1 FROM texting_interactionstep o WHERE o.parent_id = s.id AND o.answer_option = a.value)
    ON CONFLICT (contact_id, step_id) DO UPDATE
        SET value = excluded.value, answered_by_id = excluded.answered_by_id, updated_at = now()
        WHERE q.value <> excluded.value;
    GET DIAGNOSTICS v_saved = ROW_COUNT;
    RETURN v_saved;
END $$;
