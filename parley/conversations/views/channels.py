"""Accounts at providers and their channels: state, rates, credentials, connecting new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parley.accounts import pages
from parley.accounts.models import Role
from parley.conversations import access, actions, configuration, credentials, forms
from parley.conversations.models import ProviderAccount
from parley.conversations.queries import channels as queries


def provider_names() -> dict[str, str]:
    """What people call the providers."""
    return {"twilio": "Twilio", "telegram": "Telegram", "slack": "Slack", "email": _("E-mail")}


@pages.organization_page(role=Role.ADMIN)
@require_safe
def channels(request: pages.OrganizationRequest) -> HttpResponse:
    topic = f"channels:{request.organization.pk}"
    pages.follow(request, topic)
    rows = queries.accounts(request.organization)
    names = provider_names()
    return render(
        request,
        "conversations/channels.html",
        {"rows": [(row, names.get(row.account.provider, row.account.provider)) for row in rows], "topic": topic},
    )


@pages.organization_page(role=Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: pages.OrganizationRequest, provider: str) -> HttpResponse:
    form_class = forms.CONNECTING.get(provider)
    if form_class is None:
        raise Http404
    form = form_class(request.POST or None, organization=request.organization)
    if request.method == "POST" and form.is_valid():
        account = actions.connect_channel(
            organization=request.organization,
            provider=form.provider,
            name=form.cleaned_data["name"],
            values=form.values(),
            kind=form.channel_kind,
            address_kind=form.address_kind,
            address=form.address(),
            settings=form.settings(),
            decided_by=request.user,
        )
        configuration.connect(account)
        messages.success(
            request, _("“%(name)s” is connected. Below you see whether all is well.") % {"name": account.name}
        )
        where = reverse("conversations:channel_account", args=[request.organization.slug, account.pk])
        return redirect(f"{where}?check=1")
    return render(
        request,
        f"conversations/connect_{provider}.html",
        {"form": form, "provider_name": provider_names()[provider]},
        status=422 if form.errors else 200,
    )


@pages.organization_page(role=Role.ADMIN)
@require_safe
def account(request: pages.OrganizationRequest, account_id: int) -> HttpResponse:
    found = access.access_account(request.membership, account_id)
    return _page(request, found)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def check(request: pages.OrganizationRequest, account_id: int) -> HttpResponse:
    """Ask the provider what is wrong: a fragment for htmx, the whole page otherwise."""
    found = access.access_account(request.membership, account_id)
    asked = _asked(found)
    if request.headers.get("HX-Request"):
        return render(request, "conversations/channel_problems.html", dict(asked))
    return _page(request, found, more=asked)


def _asked(found: ProviderAccount) -> Mapping[str, object]:
    try:
        return {"checked": True, "problems": configuration.problems(found)}
    except credentials.Unreadable:
        return {"checked": True, "unreadable": True}


@pages.organization_page(role=Role.ADMIN)
@require_POST
def connect_again(request: pages.OrganizationRequest, account_id: int) -> HttpResponse:
    """Tell the provider once more where to post."""
    found = access.access_account(request.membership, account_id)
    try:
        told = configuration.connect(found)
    except credentials.Unreadable:
        told = False
    if told:
        messages.success(request, _("The provider knows our address."))
    else:
        messages.error(request, _("The provider could not be told our address. The check below says why."))
    return redirect(reverse("conversations:channel_account", args=[request.organization.slug, found.pk]) + "?check=1")


@pages.organization_page(role=Role.ADMIN)
@require_POST
def rates(request: pages.OrganizationRequest, account_id: int) -> HttpResponse:
    found = access.access_account(request.membership, account_id)
    form = forms.RatesForm(request.POST, account=found, channels=list(found.channels.order_by("pk")))
    if not form.is_valid():
        return _page(request, found, rates_form=form)
    actions.set_rates(
        found,
        account_rate=form.cleaned_data["account"],
        channel_rates=form.channel_rates(),
        decided_by=request.user,
    )
    messages.success(request, _("The new rates hold from now on."))
    return redirect("conversations:channel_account", request.organization.slug, found.pk)


@pages.organization_page(role=Role.ADMIN)
@require_POST
def replace_credentials(request: pages.OrganizationRequest, account_id: int) -> HttpResponse:
    found = access.access_account(request.membership, account_id)
    form_class = forms.REPLACING.get(found.provider)
    if form_class is None:
        raise Http404
    form = form_class(request.POST, account=found)
    if not form.is_valid():
        return _page(request, found, credentials_form=form)
    actions.replace_credentials(found, values=form.cleaned_data, decided_by=request.user)
    configuration.connect(found)
    messages.success(request, _("The new credentials are kept. Other processes use them within half a minute."))
    return redirect(reverse("conversations:channel_account", args=[request.organization.slug, found.pk]) + "?check=1")


@pages.organization_page(role=Role.ADMIN)
@require_POST
def resume(request: pages.OrganizationRequest, channel_id: int) -> HttpResponse:
    found = access.access_channel(request.membership, channel_id)
    actions.resume_channel(found.pk, decided_by=request.user)
    messages.success(request, _("“%(channel)s” sends again.") % {"channel": found.name})
    return redirect("conversations:channel_account", request.organization.slug, found.account_id)


def _page(
    request: pages.OrganizationRequest,
    found: ProviderAccount,
    *,
    rates_form: forms.RatesForm | None = None,
    credentials_form: forms.CredentialsForm | None = None,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    refused = rates_form is not None or credentials_form is not None
    row = queries.accounts(request.organization, account_id=found.pk)[0]
    listed = [channel_row.channel for channel_row in row.channels]
    replacing = forms.REPLACING.get(found.provider)
    addresses: Sequence[configuration.Address] = []
    sid, unreadable = "", False
    try:
        addresses = configuration.addresses(found)
        sid = credentials.reveal(found.credentials).get("account_sid", "")
    except credentials.Unreadable:
        unreadable = True
    topic = f"channels:{request.organization.pk}"
    pages.follow(request, topic)
    context = {
        "row": row,
        "account": found,
        "provider_name": provider_names().get(found.provider, found.provider),
        "addresses": addresses,
        "account_sid": sid,
        "unreadable": unreadable,
        "connects_itself": configuration.connects_itself(found),
        "rates_form": rates_form or forms.RatesForm(account=found, channels=listed),
        "credentials_form": credentials_form or (replacing(account=found) if replacing else None),
        "topic": topic,
        "check_now": request.GET.get("check") == "1",
        **(more or {}),
    }
    return render(request, "conversations/channel_account.html", context, status=422 if refused else 200)
