"""What people do to accounts. Every write to an accounts table happens here.

Actors: an action that needs a right takes the actor's `Membership` (fetched through `access`) and checks the
rule itself; those that take a plain `User`, or none, are for the person themselves, for superadmins, for
commands and for demo data, and say so.
"""

from parley.accounts.actions.audit import record
from parley.accounts.actions.invitations import (
    INVITATION_LIFE,
    accept_invitation,
    invite,
    join_organization,
    resend_invitation,
    revoke_invitation,
)
from parley.accounts.actions.memberships import add_member, change_role, give_grant, remove_member, take_grant
from parley.accounts.actions.organizations import (
    create_organization,
    free_slug,
    reset_join_link,
    set_closed,
    update_organization,
)
from parley.accounts.actions.tokens import NewToken, create_token, revoke_token, token_used
from parley.accounts.actions.users import (
    create_user,
    end_sessions,
    restore_user,
    suspend_user,
    update_profile,
)

__all__ = [
    "INVITATION_LIFE",
    "NewToken",
    "accept_invitation",
    "add_member",
    "change_role",
    "create_organization",
    "create_token",
    "create_user",
    "end_sessions",
    "free_slug",
    "give_grant",
    "invite",
    "join_organization",
    "record",
    "remove_member",
    "resend_invitation",
    "reset_join_link",
    "restore_user",
    "revoke_invitation",
    "revoke_token",
    "set_closed",
    "suspend_user",
    "take_grant",
    "token_used",
    "update_organization",
    "update_profile",
]
