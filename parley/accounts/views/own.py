"""What people see and change about themselves."""

from __future__ import annotations

import datetime
from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.accounts import access, actions, forms, pages, queries, sessions
from parley.accounts.models import Role, User
from parley.web import shell as web_shell

#: seconds; as long as theme.js keeps the choice
_THEME_AGE = 60 * 60 * 24 * 365


def _person(request: pages.PersonRequest) -> User:
    return cast("User", getattr(request.user, "_wrapped", request.user))


@pages.person_page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: pages.PersonRequest) -> HttpResponse:
    user = _person(request)
    theme = web_shell.stored_theme(request)
    form = forms.ProfileForm(request.POST or None, instance=user, initial={"theme": theme})
    if request.method == "POST" and form.is_valid():
        cleaned = dict(form.cleaned_data)
        theme = cleaned.pop("theme")
        actions.update_profile(user, **cleaned)
        sessions.remember(request, user)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your profile is saved."))
        response = redirect("accounts:profile")
        response.set_cookie(web_shell.THEME_COOKIE, theme, max_age=_THEME_AGE, samesite="Lax")
        return response
    if request.method == "POST":
        user.refresh_from_db()  # the form wrote what is not valid into it; the shell shows the name
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@pages.person_page
@require_safe
def security(request: pages.PersonRequest) -> HttpResponse:
    user = _person(request)
    return render(
        request,
        "accounts/security.html",
        {
            "has_password": user.has_usable_password(),
            "second_factor": is_mfa_enabled(user),
            "providers": get_social_adapter(request).list_providers(request),
        },
    )


@pages.person_page
@require_POST
def sign_out_everywhere(request: pages.PersonRequest) -> HttpResponse:
    user = _person(request)
    actions.end_sessions(user)
    update_session_auth_hash(request, user)
    sessions.remember(request, user)
    messages.success(request, _("Done: you are signed in on this device only."))
    return redirect("accounts:security")


@pages.person_page
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: pages.PersonRequest) -> HttpResponse:
    user = _person(request)
    organizations = queries.organizations_open_to(user)
    form = forms.TokenForm(request.POST or None, organizations=organizations)
    made: actions.NewToken | None = None
    if request.method == "POST" and form.is_valid():
        owner = access.access_organization_by_id(user, form.cleaned_data["organization"], role=Role.TEXTER)
        days = form.cleaned_data["days"]
        expires_at = timezone.now() + datetime.timedelta(days=days) if days else None
        made = actions.create_token(owner, name=form.cleaned_data["name"], expires_at=expires_at)
        form = forms.TokenForm(organizations=organizations)
    response = render(
        request,
        "accounts/tokens.html",
        {
            "form": form,
            "made": made,
            "tokens": queries.tokens_of(user),
            "can_make": bool(organizations),
            "now": timezone.now(),
        },
        status=422 if form.is_bound else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


@pages.person_page
@require_POST
def revoke_token(request: pages.PersonRequest, token: int) -> HttpResponse:
    actions.revoke_token(_person(request), token)
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("accounts:tokens")
