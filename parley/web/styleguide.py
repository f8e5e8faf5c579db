"""Examples for the style page. The people and numbers are made up; 555 numbers belong to nobody."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from parley.web import charts, navigation


class SignInForm(forms.Form):
    """Two fields and a box, as on the page that everybody meets first."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    remember = forms.BooleanField(label="Stay signed in on this device", required=False)


class ExampleForm(forms.Form):
    """One field of each kind, some of them wrong."""

    title = forms.CharField(help_text="Volunteers see this name on their list.")
    due = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    hours = forms.ChoiceField(
        label="Time zone", choices=[("ny", "New York"), ("chi", "Chicago"), ("la", "Los Angeles")]
    )
    how = forms.ChoiceField(
        label="Who may text",
        choices=[("all", "Everyone with the link"), ("vetted", "Vetted texters only")],
        widget=forms.RadioSelect,
        initial="all",
    )
    contacts = forms.FileField(label="Contact list", help_text="A CSV with the columns firstName, lastName and cell.")
    message = forms.CharField(
        label="First text",
        widget=forms.Textarea(attrs={"rows": 4}),
        initial="Hi {firstName}, it’s Rosa from Oak County Neighbors. Can you join our tree planting on Saturday?",
    )
    note = forms.CharField(label="Note for texters", required=False)
    enforce = forms.BooleanField(
        label="Only text between 9:00 and 21:00",
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
        help_text="By the contact’s own clock.",
    )


def _at(minute: int, *, day: int = 20) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, 14, minute, tzinfo=datetime.UTC)


THREAD: list[dict[str, Any]] = [
    {
        "direction": "out",
        "text": "Hi Marisol, it’s Rosa from Oak County Neighbors. We’re planting 200 trees on Saturday. Can you come?",
        "at": _at(2, day=19),
        "status": "delivered",
    },
    {"direction": "in", "text": "Maybe! Which park is it and what time? 🌳", "at": _at(5)},
    {"direction": "out", "text": "Linden Park, 9 to 12. We bring shovels and coffee.", "at": _at(6), "status": "sent"},
    {"direction": "system", "text": "Question answered: Can you come? – Maybe", "at": _at(6), "icon": "ui-checks"},
    {"direction": "in", "text": "Sounds good. Can I bring my two kids? They are 7 and 9.", "at": _at(9)},
    {
        "direction": "out",
        "text": "Of course, there’s a small-spade corner!",
        "at": _at(10),
        "status": "failed",
        "problem": "The phone could not be reached. You can send it again.",
    },
]

FUNNEL = charts.Chart(
    id="answers",
    title="Can you come on Saturday?",
    kind="doughnut",
    label_heading="Answer",
    labels=["Yes", "Maybe", "No", "Wrong number"],
    series={"Contacts": [184, 96, 71, 22]},
    csv_url="?csv=answers",
)
HOURLY = charts.Chart(
    id="hourly",
    title="Texts and replies by hour",
    kind="line",
    label_heading="Hour",
    labels=[f"{hour}:00" for hour in range(9, 21)],
    series={
        "Sent": [40, 120, 210, 180, 160, 220, 260, 240, 310, 290, 180, 60],
        "Replies": [6, 22, 48, 51, 40, 60, 74, 71, 96, 90, 66, 25],
    },
    csv_url="?csv=hourly",
)
TEXTERS = charts.Chart(
    id="texters",
    title="Who sent how many",
    kind="horizontal-bar",
    label_heading="Texter",
    labels=["Rosa Delgado", "Sam Whitfield", "Ngozi Obi", "June Park"],
    series={"Sent": [412, 350, 288, 96]},
    csv_url="?csv=texters",
)
EMPTY = charts.Chart(id="nothing", title="Opt-outs by day", labels=[], series={"Opt-outs": []}, csv_url="?csv=optouts")


def components(request: HttpRequest) -> dict[str, Any]:
    """The context of the style page."""
    here = request.path
    form = ExampleForm(
        {
            "title": "",
            "due": "20.11.",
            "hours": "ny",
            "how": "all",
            "message": ExampleForm.base_fields["message"].initial,
        }
        if "wrong" in request.GET
        else None
    )
    return {
        "organization": {"name": "Oak County Neighbors", "slug": "oak"},
        "organizations": [
            {"name": "Oak County Neighbors", "slug": "oak"},
            {"name": "Riverside Tenants", "slug": "riverside"},
        ],
        "navigation": navigation.mark_active(
            [
                navigation.NavigationItem(label=_("Home"), url="/styleguide/home/", icon="house"),
                navigation.NavigationItem(label=_("Campaigns"), url=here, icon="megaphone"),
                navigation.NavigationItem(label=_("Inbox"), url="/styleguide/inbox/", icon="inbox", badge=12),
                navigation.NavigationItem(label=_("People"), url="/styleguide/people/", icon="people"),
                navigation.NavigationItem(
                    label=_("Opt-outs"), url="/styleguide/opt-outs/", icon="slash-circle", section=_("Manage")
                ),
                navigation.NavigationItem(
                    label=_("Settings"), url="/styleguide/settings/", icon="gear", section=_("Manage")
                ),
            ],
            path=here,
        ),
        "form": form,
        "thread": THREAD,
        "charts": [HOURLY, FUNNEL, TEXTERS, EMPTY],
        "page": Paginator(range(240), 20).get_page(request.GET.get("page", 4)),
        "tones": ["neutral", "primary", "info", "success", "warning", "danger"],
        "statuses": [
            "draft",
            "active",
            "paused",
            "archived",
            "needs_message",
            "needs_response",
            "convo",
            "closed",
            "opted_out",
            "delivered",
            "failed",
            "unconfirmed",
        ],
        "tabs": [
            {"label": "Overview", "url": here, "active": True, "icon": "speedometer2"},
            {"label": "Conversations", "url": "?tab=2", "count": 12},
            {"label": "Texters", "url": "?tab=3", "count": 4},
            {"label": "Exports", "url": "?tab=4"},
        ],
        "sections": [
            {"label": "Basics", "url": "?s=1", "state": "done", "note": "Spring tree planting"},
            {"label": "Contacts", "url": "?s=2", "state": "done", "note": "1,000 people"},
            {"label": "Script", "url": "?s=3", "state": "attention", "note": "One answer has no text", "active": True},
            {"label": "Texting hours", "url": "?s=4", "state": "todo"},
            {"label": "Start", "url": "?s=5", "state": "locked", "note": "When all sections are complete"},
        ],
        "campaigns": [
            {"title": "Spring tree planting", "status": "active", "contacts": "1,000", "waiting": 214, "replies": 12},
            {
                "title": "Tenants’ meeting, 3 December",
                "status": "draft",
                "contacts": "–",
                "waiting": "–",
                "replies": "–",
            },
            {"title": "Blood drive", "status": "paused", "contacts": "4,310", "waiting": 1970, "replies": 3},
        ],
        "preview": ExampleForm.base_fields["message"].initial,
    }


def texter(request: HttpRequest) -> dict[str, Any]:
    """The context of the texter's screen."""
    return {"thread": THREAD[:5], "reply": request.GET.get("mode") == "reply"}


def task(request: HttpRequest) -> dict[str, Any]:
    """A task that gets on by a fifth each time."""
    value = min(1000, int(request.GET.get("value", "400") or 0) + 200)
    return {"value": value, "value_text": str(value), "state": "done" if value == 1000 else "running"}
