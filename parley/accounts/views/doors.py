"""Joining: from the link on a phone to the first page inside."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.utils import complete_signup, perform_login
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from parley.accounts import actions, errors, forms, joining
from parley.accounts.models import User


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one joins; sign up or sign in; go through."""
    found = joining.find(token)
    if found is None:
        request.session.pop(joining.WAITING_AT, None)
        return render(request, "accounts/door_closed.html", status=404)
    if request.user.is_authenticated:
        # Whoever came as a visitor and signed in for this door has said that they want in.
        if request.method == "POST" or request.session.get(joining.WAITING_AT) == token:
            return _enter(request, found, cast("User", getattr(request.user, "_wrapped", request.user)))
        return render(request, "accounts/door.html", {"door": found})
    request.session[joining.WAITING_AT] = token
    form = forms.SignUpForm(request.POST or None, initial={"email": found.email})
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="signup")
        if limited is not None:
            return limited
        if form.is_valid():
            answer = _sign_up(request, found, form)
            if answer is not None:
                return answer
    return render(
        request,
        "accounts/door.html",
        {
            "door": found,
            "form": form,
            "sign_in_url": reverse("account_login"),
            "providers": get_social_adapter(request).list_providers(request),
            "here": request.path,
        },
        status=422 if form.is_bound else 200,
    )


def _sign_up(request: HttpRequest, found: joining.Door, form: forms.SignUpForm) -> HttpResponse | None:
    """A new account that is let in and signed in; None, with an error on the form, if it cannot be."""
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    first_name, last_name = form.names()
    try:
        with transaction.atomic():
            user = actions.create_user(email=email, first_name=first_name, last_name=last_name, password=password)
            next_page = found.accept(user)
    except errors.AddressTaken:
        # Somebody who has an account already and fills in its password means to sign in.
        try:
            known = get_adapter(request).authenticate(request, email=email, password=password)
        except ValidationError as too_many_tries:
            form.add_error(None, too_many_tries)
            return None
        if known is not None:
            return cast("HttpResponse", perform_login(request, known, redirect_url=request.path))
        form.add_error(
            None,
            _(
                "We could not make an account with these details. If you have one already, sign in instead, "
                "or ask for a new password there."
            ),
        )
        return None
    except errors.Refused as refusal:
        return _refused(request, found, refusal)
    request.session.pop(joining.WAITING_AT, None)
    return cast("HttpResponse", complete_signup(request, user, None, next_page))


def _enter(request: HttpRequest, found: joining.Door, user: User) -> HttpResponse:
    request.session.pop(joining.WAITING_AT, None)
    try:
        return redirect(found.accept(user))
    except errors.Refused as refusal:
        return _refused(request, found, refusal)


def _refused(request: HttpRequest, found: joining.Door, refusal: errors.Refused) -> HttpResponse:
    return render(request, "accounts/door_refused.html", {"door": found, "reason": str(refusal)}, status=409)


@require_safe
def signed_up_elsewhere(request: HttpRequest) -> HttpResponse:
    """allauth's own sign-up address: back to the door one stands at, else how to get in."""
    token = request.session.get(joining.WAITING_AT)
    if token:
        return redirect("join:door", token=token)
    return render(request, "accounts/sign_up_closed.html")
