"""Invitations and joining."""

from __future__ import annotations

import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from parley.accounts import access, errors, mail
from parley.accounts.actions import audit, memberships
from parley.accounts.models import Invitation, Membership, Organization, Role, User, new_token

#: how long an invitation can be used
INVITATION_LIFE = datetime.timedelta(days=14)


@transaction.atomic
def invite(actor: Membership, *, role: Role, email: str = "", life: datetime.timedelta = INVITATION_LIFE) -> Invitation:
    """Open a door for one person: a mail where there is an address, else a link to pass on. Used once.

    OWNER is needed to invite an owner, otherwise ADMIN. An older open invitation for the same address ends.
    """
    access.require_role(actor, Role.OWNER if role == Role.OWNER else Role.ADMIN)
    if role == Role.SUSPENDED:
        raise PermissionDenied
    email = email.strip().lower()
    if email:
        Invitation.everywhere.filter(
            organization=actor.organization, email=email, accepted_at=None, revoked_at=None
        ).update(revoked_at=timezone.now())
    invitation = Invitation.everywhere.create(
        organization=actor.organization,
        email=email,
        role=role,
        invited_by=actor.user,
        expires_at=timezone.now() + life,
    )
    audit.record(
        "invitation.created", actor=actor.user, organization=actor.organization, target=invitation, role=role.name
    )
    if email:
        mail.send_invitation(invitation)
    return invitation


@transaction.atomic
def resend_invitation(
    actor: Membership, invitation_id: int, *, life: datetime.timedelta = INVITATION_LIFE
) -> Invitation:
    """A fresh link with a fresh term, mailed where there is an address; the old link stops working."""
    invitation = _locked(actor, invitation_id)
    invitation.token = new_token()
    invitation.expires_at = timezone.now() + life
    invitation.save(update_fields=["token", "expires_at"])
    audit.record("invitation.sent_again", actor=actor.user, organization=actor.organization, target=invitation)
    if invitation.email:
        mail.send_invitation(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(actor: Membership, invitation_id: int) -> None:
    """Close the door again; the link stops working at once."""
    invitation = _locked(actor, invitation_id)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    audit.record("invitation.revoked", actor=actor.user, organization=actor.organization, target=invitation)


@transaction.atomic
def accept_invitation(token: str, user: User) -> Membership:
    """Let the person in with the invitation's role; once. Raises Refused when it is used up by then.

    Whoever accepts with the invited address has shown that the mailbox is theirs.
    """
    invitation = Invitation.everywhere.select_for_update(of=("self",)).filter(token=token).first()
    if invitation is None or not invitation.is_open:
        raise errors.Refused(_("This invitation does not work any more. Ask for a new one."))
    membership = memberships.add_member(invitation.organization, user, role=Role(invitation.role))
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if invitation.email and invitation.email == user.email:
        EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
    audit.record("invitation.accepted", actor=user, organization=invitation.organization, target=invitation)
    return membership


def join_organization(organization: Organization, user: User) -> Membership:
    """Through the organization's own join link: a texter. Raises Refused for a suspended member."""
    return memberships.add_member(organization, user)


def _locked(actor: Membership, invitation_id: int) -> Invitation:
    invitation = access.access_invitation(actor, invitation_id)
    Invitation.everywhere.select_for_update(of=("self",)).get(pk=invitation.pk)
    invitation.refresh_from_db()
    if invitation.role == Role.OWNER:
        access.require_role(actor, Role.OWNER)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise errors.Refused(_("This invitation was used or withdrawn in the meantime."))
    return invitation
