-- Store a batch of inbound messages: conversations and correspondents that are new, sequences in the
-- order of the batch, the messages. The same message twice (provider id) is stored once.
-- Conversations are locked in the order of their ids, like everywhere.
CREATE OR REPLACE FUNCTION conversations_store_inbound_v1(p_rows jsonb)
RETURNS TABLE (i int, message_id bigint, conversation_id bigint, organization_id bigint, program text,
               subject_key text, message_sequence int)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO conversations_conversation
        (organization_id, channel_id, program, subject_key, kind, address_kind, address, local_address, title,
         last_sequence, created_at)
    SELECT DISTINCT ON (r.channel, r.program, r.subject_key, r.address)
           r.organization, r.channel, r.program, r.subject_key, r.kind, r.address_kind, r.address, r.local_address,
           coalesce(r.title, ''), 0, now()
    FROM jsonb_to_recordset(p_rows) AS r(
        conversation bigint, organization bigint, channel bigint, program text, subject_key text, kind text,
        address_kind text, address text, local_address text, title text)
    WHERE r.conversation IS NULL
    ON CONFLICT (channel_id, program, subject_key, address) DO NOTHING;

    PERFORM 1 FROM conversations_conversation c
    WHERE c.id IN (SELECT r.conversation FROM jsonb_to_recordset(p_rows) AS r(conversation bigint))
    ORDER BY c.id FOR NO KEY UPDATE;

    RETURN QUERY
    WITH incoming AS (
        SELECT DISTINCT ON (r.channel, r.provider_id) r.*, coalesce(r.conversation, c.id) AS conversation_number
        FROM jsonb_to_recordset(p_rows) AS r(
            i int, conversation bigint, organization bigint, channel bigint, program text, subject_key text,
            address_kind text, address text, local_address text, provider_id text, text text, media jsonb, payload jsonb,
            sender_address text, sender_name text, recognised text, said_at timestamptz, from_us boolean)
        LEFT JOIN conversations_conversation c
            ON r.conversation IS NULL AND c.channel_id = r.channel AND c.program = r.program
               AND c.subject_key = r.subject_key AND c.address = r.address
        WHERE NOT EXISTS (SELECT 1 FROM conversations_message m
                          WHERE m.channel_id = r.channel AND m.provider_id = r.provider_id)
        ORDER BY r.channel, r.provider_id, r.i
    ), ordered AS (
        SELECT n.*, row_number() OVER (PARTITION BY n.conversation_number ORDER BY n.i) AS place,
               count(*) OVER (PARTITION BY n.conversation_number) AS many
        FROM incoming n
    ), raised AS (
        UPDATE conversations_conversation c
        SET last_sequence = c.last_sequence + o.many,
            last_inbound_at = clock_timestamp(),
            handled_at = NULL,
            local_address = coalesce(o.local_address, c.local_address)
        FROM ordered o WHERE o.place = 1 AND c.id = o.conversation_number
        RETURNING c.id, c.last_sequence - o.many AS base, c.organization_id, c.program, c.subject_key
    ), people AS (
        INSERT INTO conversations_correspondent AS p (organization_id, address_kind, address, name, created_at)
        SELECT DISTINCT ON (w.organization_id, o.address_kind, o.sender_address)
               w.organization_id, o.address_kind, o.sender_address, coalesce(o.sender_name, ''), now()
        FROM ordered o JOIN raised w ON w.id = o.conversation_number
        WHERE o.sender_address <> '' AND NOT o.from_us
        ORDER BY w.organization_id, o.address_kind, o.sender_address, o.i DESC
        ON CONFLICT (organization_id, address_kind, address)
            DO UPDATE SET name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE p.name END
        RETURNING p.id, p.organization_id, p.address_kind, p.address
    ), stored AS (
        INSERT INTO conversations_message
            (organization_id, conversation_id, channel_id, sequence, direction, purpose, text, media, payload, sender_id,
             status, provider_id, recognised, created_at, said_at)
        SELECT w.organization_id, w.id, o.channel, w.base + o.place, CASE WHEN o.from_us THEN 2 ELSE 1 END, '',
               o.text, o.media, o.payload, p.id, CASE WHEN o.from_us THEN 40 ELSE 50 END,
               o.provider_id, o.recognised, clock_timestamp(), o.said_at
        FROM ordered o
        JOIN raised w ON w.id = o.conversation_number
        LEFT JOIN people p ON p.organization_id = w.organization_id AND p.address_kind = o.address_kind
                              AND p.address = o.sender_address
        RETURNING id, conversation_id, sequence
    )
    SELECT o.i, s.id, w.id, w.organization_id, w.program::text, w.subject_key::text, s.sequence::int
    FROM ordered o
    JOIN raised w ON w.id = o.conversation_number
    JOIN stored s ON s.conversation_id = w.id AND s.sequence = w.base + o.place
    ORDER BY o.i;
END $$;
