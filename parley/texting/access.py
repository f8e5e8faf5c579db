"""Fetching texting's rows with permission: who may not see a row gets 404, who may not do a thing 403.

Inside an organization's page the membership is known already:

    campaign = access.access_campaign(request.membership, campaign_id, role=Role.ADMIN)

Elsewhere (GraphQL, the texter's pages) the row leads to its organization:

    membership, campaign = access.access_campaign_by_id(user, campaign_id)
    membership, assignment = access.access_assignment(user, assignment_id)
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from parley.accounts import access
from parley.accounts.models import Membership, Role, User
from parley.texting.models import Assignment, Campaign


def access_campaign(membership: Membership, campaign_id: int, *, role: Role = Role.SUPERVOLUNTEER) -> Campaign:
    """A campaign of the membership's organization, for members with at least `role`. One query."""
    access.require_role(membership, role)
    found = (
        Campaign.everywhere.filter(pk=campaign_id, organization_id=membership.organization_id)
        .select_related("channel")
        .first()
    )
    if found is None:
        raise Http404
    found.organization = membership.organization
    return found


def access_campaign_by_id(
    user: User | AnonymousUser, campaign_id: int, *, role: Role = Role.SUPERVOLUNTEER
) -> tuple[Membership, Campaign]:
    """A campaign of any organization in which the person has at least `role`. Two queries."""
    found = Campaign.everywhere.filter(pk=campaign_id).select_related("channel").first()
    if found is None:
        raise Http404
    membership = access.access_organization_by_id(user, found.organization_id, role=role)
    found.organization = membership.organization
    return membership, found


def access_assignment(user: User | AnonymousUser, assignment_id: int) -> tuple[Membership, Assignment]:
    """An assignment that the person may act on: their own, or anybody's for supervolunteers. Two queries.

    Somebody else's assignment does not exist for a texter.
    """
    found = Assignment.everywhere.filter(pk=assignment_id).select_related("campaign", "user").first()
    if found is None:
        raise Http404
    membership = access.access_organization_by_id(user, found.organization_id)
    if found.user_id != membership.user_id and membership.role < Role.SUPERVOLUNTEER:
        raise Http404
    found.campaign.organization = membership.organization
    return membership, found
