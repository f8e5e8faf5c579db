"""The organization's own pages: people, invitations, settings, audit log."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.accounts import access, actions, addresses, audit_words, errors, forms, pages, queries
from parley.accounts.models import GrantKind, Membership, Role

PEOPLE_ON_A_PAGE = 50


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 10 else None


def _attempt(request: pages.OrganizationRequest, deed: Callable[[], object], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        deed()
    except errors.Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


@pages.organization_page(role=Role.ADMIN)
@require_safe
def people(request: pages.OrganizationRequest) -> HttpResponse:
    search = request.GET.get("q", "").replace("\0", "").strip()
    role = _number(request.GET.get("role"))
    rows = queries.people(request.organization, search=search, role=role)
    page = Paginator(rows, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    grants = queries.grants_by_user(request.organization, [row.user_id for row in page.object_list])
    return render(
        request,
        "accounts/people.html",
        {
            "page": page,
            "rows": [(row, grants.get(row.user_id, [])) for row in page.object_list],
            "search": search,
            "role": role,
            "roles": [(choice.value, choice.label.capitalize()) for choice in reversed(Role)],
            "role_choices": list(reversed(forms.role_choices(request.membership))),
            "may_touch_owners": request.membership.role >= Role.OWNER,
            "owner_role": Role.OWNER.value,
            "me": request.membership.user_id,
            "invitations": list(queries.open_invitations(request.organization)),
            "invitation_form": forms.InvitationForm(actor=request.membership),
        },
    )


@pages.organization_page(role=Role.ADMIN)
@require_POST
def change_role(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    form = forms.RoleForm(request.POST, actor=request.membership)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles in the list."))
    else:
        role: Role = form.cleaned_data["role"]
        membership = access.access_membership(request.membership, person)
        words = {"name": membership.user, "role": role.label}
        done = (
            _("%(name)s is suspended and signed out.") % words
            if role == Role.SUSPENDED
            else _("%(name)s is now %(role)s.") % words
        )
        _attempt(request, lambda: actions.change_role(request.membership, person, role=role), done)
    return _back(request, person)


@pages.organization_page(role=Role.ADMIN)
@require_safe
def person(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    membership = access.access_membership(request.membership, person)
    return render(request, "accounts/person.html", _about(request, membership))


def _about(request: pages.OrganizationRequest, membership: Membership) -> dict[str, object]:
    actor = request.membership
    is_owner = membership.role == Role.OWNER
    oneself = membership.user_id == actor.user_id
    return {
        "person": membership.user,
        "their": membership,
        "oneself": oneself,
        "may_change": not oneself and (not is_owner or actor.role >= Role.OWNER),
        "may_grant": not oneself or actor.role >= Role.OWNER,
        "role_choices": list(reversed(forms.role_choices(actor))),
        "grants_form": forms.GrantsForm(initial={"grants": sorted(queries.grants_of(membership))}),
        "events": [
            (event, audit_words.sentence(event))
            for event in queries.audit_events(request.organization, person=membership.user_id)[:20]
        ],
    }


@pages.organization_page(role=Role.ADMIN)
@require_POST
def change_grants(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    membership = access.access_membership(request.membership, person)
    form = forms.GrantsForm(request.POST)
    if form.is_valid():
        wanted: set[GrantKind] = set(form.cleaned_data["grants"])
        held = {GrantKind(kind) for kind in queries.grants_of(membership)}

        def change() -> None:
            for kind in sorted(wanted - held):
                actions.give_grant(request.membership, person, kind)
            for kind in sorted(held - wanted):
                actions.take_grant(request.membership, person, kind)

        _attempt(request, change, _("The rights of %(name)s are saved.") % {"name": membership.user})
    return redirect("organization:person", request.organization.slug, person)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def remove_person(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    membership = access.access_membership(request.membership, person)
    words = {"name": membership.user, "organization": request.organization.name}
    done = _("%(name)s is no longer a member of %(organization)s.") % words
    if _attempt(request, lambda: actions.remove_member(request.membership, person), done):
        return redirect("organization:people", request.organization.slug)
    return redirect("organization:person", request.organization.slug, person)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def send_password_reset(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    membership = access.access_membership(request.membership, person)
    if membership.role == Role.OWNER:
        access.require_role(request.membership, Role.OWNER)
    user = membership.user
    if ratelimit.consume(request, action="reset_password", key=user.email.lower()):
        get_adapter(request)
        request_password_reset(request, user.email, [user], default_token_generator)
        actions.record(
            "user.password_reset_sent", actor=request.membership.user, organization=request.organization, target=user
        )
        messages.success(
            request, _("A mail with a link for a new password is on its way to %(name)s.") % {"name": user}
        )
    else:
        messages.error(request, _("That was asked for several times just now. Wait a minute."))
    return redirect("organization:person", request.organization.slug, person)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def suspend_everywhere(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    """Close or open the whole instance to a person; superadmins only."""
    superadmin = access.access_instance(request.user)
    user = access.access_membership(request.membership, person).user
    if request.POST.get("suspended") == "1":
        done = _("%(name)s is suspended everywhere and signed out.") % {"name": user}
        _attempt(request, lambda: actions.suspend_user(superadmin, user), done)
    else:
        done = _("%(name)s may sign in again.") % {"name": user}
        _attempt(request, lambda: actions.restore_user(superadmin, user), done)
    return redirect("organization:person", request.organization.slug, person)


@pages.organization_page(role=Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: pages.OrganizationRequest) -> HttpResponse:
    form = forms.InvitationForm(request.POST or None, actor=request.membership)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        invitation = actions.invite(request.membership, role=form.cleaned_data["role"], email=email)
        if email:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
            return redirect("organization:people", request.organization.slug)
        return _show_link(request, invitation.token, form)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.is_bound else 200)


def _show_link(request: pages.OrganizationRequest, token: str, form: forms.InvitationForm) -> HttpResponse:
    link = addresses.join_link(token, request=request)
    return render(request, "accounts/invite.html", {"form": form, "link": link, "life": actions.INVITATION_LIFE.days})


@pages.organization_page(role=Role.ADMIN)
@require_POST
def resend_invitation(request: pages.OrganizationRequest, invitation: int) -> HttpResponse:
    try:
        sent = actions.resend_invitation(request.membership, invitation)
    except errors.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("organization:people", request.organization.slug)
    if sent.email:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": sent.email})
        return redirect("organization:people", request.organization.slug)
    return _show_link(request, sent.token, forms.InvitationForm(actor=request.membership))


@pages.organization_page(role=Role.ADMIN)
@require_POST
def revoke_invitation(request: pages.OrganizationRequest, invitation: int) -> HttpResponse:
    done = _("The invitation is withdrawn; its link does not work any more.")
    _attempt(request, lambda: actions.revoke_invitation(request.membership, invitation), done)
    return redirect("organization:people", request.organization.slug)


@pages.organization_page(role=Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: pages.OrganizationRequest) -> HttpResponse:
    organization = request.organization
    form = forms.OrganizationForm(request.POST or None, instance=organization)
    if request.method == "POST":
        if form.is_valid():
            name, slug = form.cleaned_data["name"], form.cleaned_data["slug"]
            organization.refresh_from_db()  # the form wrote into it; the action tells old from new
            try:
                actions.update_organization(request.membership, name=name, slug=slug)
            except errors.Refused as refusal:
                form.add_error("slug", str(refusal))
            else:
                messages.success(request, _("The settings are saved."))
                return redirect("organization:settings", organization.slug)
        organization.refresh_from_db()  # the shell shows the stored name
    return render(
        request,
        "accounts/settings.html",
        {"form": form, "join_link": addresses.join_link(organization.join_token, request=request)},
        status=422 if form.is_bound else 200,
    )


@pages.organization_page(role=Role.OWNER)
@require_POST
def reset_join_link(request: pages.OrganizationRequest) -> HttpResponse:
    actions.reset_join_link(request.membership)
    messages.success(request, _("There is a new join link. The old one does not work any more."))
    return redirect("organization:settings", request.organization.slug)


@pages.organization_page(role=Role.ADMIN)
@require_safe
def audit_log(request: pages.OrganizationRequest) -> HttpResponse:
    verb = request.GET.get("verb", "").replace("\0", "")
    page = Paginator(queries.audit_events(request.organization, verb=verb), 50).get_page(request.GET.get("page"))
    people_meant = [event.target_id for event in page.object_list if event.target_kind == "user" and event.target_id]
    names = queries.member_names(request.organization, people_meant)
    return render(
        request,
        "accounts/audit_log.html",
        {
            "page": page,
            "events": [
                (
                    event,
                    audit_words.sentence(event),
                    names.get(event.target_id or 0) if event.target_kind == "user" else "",
                )
                for event in page.object_list
            ],
            "verb": verb,
            "verbs": [(known, audit_words.name(known)) for known in queries.audit_verbs(request.organization)],
        },
    )


def _back(request: pages.OrganizationRequest, person: int) -> HttpResponse:
    """To the page where the form stood."""
    if request.POST.get("from") == "person":
        return redirect("organization:person", request.organization.slug, person)
    response = redirect("organization:people", request.organization.slug)
    query = request.POST.get("query", "")
    if query:
        response["Location"] += f"?{query}"
    return response
