-- Is an opt-out in force that covers this address here? Served by opt_out_in_force.
CREATE OR REPLACE FUNCTION conversations_opted_out_v1(
    p_organization bigint, p_address_kind text, p_address text, p_channel bigint, p_program text
) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT 1 FROM conversations_optout o
        WHERE o.address = p_address AND o.address_kind = p_address_kind AND o.revoked_at IS NULL
          AND CASE o.scope
                WHEN 'everyone' THEN true
                WHEN 'organization' THEN o.organization_id = p_organization
                WHEN 'channel' THEN o.channel_id = p_channel
                ELSE o.organization_id = p_organization AND o.program = p_program
              END
    )
$$;
