"""What organizers fill in. Forms parse and say what is wrong; actions decide and write."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parley.conversations.models import Channel
from parley.texting.models import Campaign, TextingSettings
from parley.texting.queries import campaigns as queries

_SWITCH = {"role": "switch"}
#: the zones of the United States first: most campaigns need no other
_USUAL_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)


def _zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    others = sorted(zoneinfo.available_timezones() - set(_USUAL_ZONES))
    usual = [(zone, zone.partition("/")[2].replace("_", " ")) for zone in _USUAL_ZONES]
    return [
        (_("United States"), usual),
        (_("Elsewhere"), [(zone, zone.replace("_", " ")) for zone in others if "/" in zone or zone == "UTC"]),
    ]


def _clock(hour: int) -> str:
    return f"{hour}:00"


class Versioned(forms.Form):
    """A form that knows which version of the stored values its page showed."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def take_newer_version(self, version: str) -> None:
        """Let the next save go on top of what somebody else has saved."""
        if isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data["version"] = version


class Section(Versioned):
    """One section of the editor: saves a few columns of a campaign."""

    section = ""

    def __init__(self, data: Any = None, *, campaign: Campaign, **options: Any) -> None:
        self.campaign = campaign
        initial = {**self.stored(campaign), "version": queries.section_version(campaign, self.section)}
        super().__init__(data, initial=initial, **options)

    def stored(self, campaign: Campaign) -> dict[str, Any]:
        """The campaign's values by field."""
        return {name: getattr(campaign, name) for name in self.base_fields if hasattr(campaign, name)}

    def differences(self, campaign: Campaign) -> list[tuple[str, str]]:
        """Label and stored value of each field that says something else than this form."""
        stored = self.stored(campaign)
        return [
            (str(self.fields[name].label), self.worded(name, stored[name]))
            for name in self.fields
            if name in stored and self.cleaned_data.get(name) != stored[name]
        ]

    def worded(self, name: str, value: Any) -> str:
        """A stored value as a person reads it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(value) if value not in {None, ""} else "–"


class NewCampaign(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("Volunteers see this name on their list."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    due_by = forms.DateField(
        label=gettext_lazy("Last day for first texts"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After this day only replies are answered. You can change it later."),
    )


class Basics(Section):
    section = "basics"
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("Volunteers see this name on their list."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What it is for. Shown to whoever opens the join link."),
    )
    due_by = forms.DateField(
        label=gettext_lazy("Last day for first texts"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After this day only replies are answered."),
    )
    intro = forms.CharField(
        label=gettext_lazy("What texters read first"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A greeting, what to know, whom to ask."),
    )
    channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Sending channel"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any = None, *, campaign: Campaign, channels: list[Channel], **options: Any) -> None:
        super().__init__(data, campaign=campaign, **options)
        self._names = {channel.pk: channel.name for channel in channels}
        field = self.fields["channel_id"]
        assert isinstance(field, forms.TypedChoiceField)
        empty = [] if campaign.channel_id in self._names else [("", _("Choose …"))]
        field.choices = [*empty, *self._names.items()]
        if campaign.started_at is not None or (len(channels) == 1 and campaign.channel_id in self._names):
            del self.fields["channel_id"]

    def worded(self, name: str, value: Any) -> str:
        return self._names.get(value, "–") if name == "channel_id" else super().worded(name, value)


class Assignment(Section):
    section = "assignment"
    use_dynamic_assignment = forms.BooleanField(
        label=gettext_lazy("Texters ask for contacts themselves"),
        required=False,
        widget=forms.CheckboxInput(attrs=_SWITCH),
        help_text=gettext_lazy("Whoever has the join link can come in and take the next contacts of the list."),
    )
    batch_size = forms.IntegerField(
        label=gettext_lazy("Contacts at a time"),
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("How many a texter gets with each request. Few is better for beginners: 20 to 100."),
    )
    max_contacts_per_texter = forms.IntegerField(
        label=gettext_lazy("Contacts for one texter altogether"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("Empty: as many as they like. Counts for texters who join from now on."),
    )


class Hours(Section):
    section = "hours"
    override_texting_hours = forms.TypedChoiceField(
        label=gettext_lazy("Which hours"),
        coerce=lambda value: value == "own",
        widget=forms.RadioSelect,
    )
    texting_hours_enforced = forms.BooleanField(
        label=gettext_lazy("Text only within these hours"),
        required=False,
        widget=forms.CheckboxInput(attrs=_SWITCH),
        help_text=gettext_lazy("By each contact’s own clock."),
    )
    texting_hours_start = forms.TypedChoiceField(
        label=gettext_lazy("From"), coerce=int, choices=[(hour, _clock(hour)) for hour in range(24)]
    )
    texting_hours_end = forms.TypedChoiceField(
        label=gettext_lazy("Until"), coerce=int, choices=[(hour, _clock(hour)) for hour in range(1, 25)]
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lazy(_zone_choices, list),
        help_text=gettext_lazy("For contacts whose own zone is not known, and for the end of the last day."),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign, texting: TextingSettings, **options: Any) -> None:
        super().__init__(data, campaign=campaign, **options)
        if texting.texting_hours_enforced:
            usual = _("%(start)s to %(end)s") % {
                "start": _clock(texting.texting_hours_start),
                "end": _clock(texting.texting_hours_end),
            }
        else:
            usual = _("at any time")
        field = self.fields["override_texting_hours"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            ("usual", format_lazy(gettext_lazy("Those of the organization ({hours})"), hours=usual)),
            ("own", gettext_lazy("Its own:")),
        ]
        self.initial["override_texting_hours"] = "own" if campaign.override_texting_hours else "usual"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("texting_hours_start"), cleaned.get("texting_hours_end")
        if start is not None and end is not None and start >= end:
            self.add_error("texting_hours_end", _("Texting hours must begin before they end."))
        return cleaned

    def worded(self, name: str, value: Any) -> str:
        if name in {"texting_hours_start", "texting_hours_end"}:
            return _clock(value)
        return super().worded(name, value)


class Settings(Versioned):
    """How an organization texts."""

    texting_hours_enforced = forms.BooleanField(
        label=gettext_lazy("Text only within these hours"),
        required=False,
        widget=forms.CheckboxInput(attrs=_SWITCH),
        help_text=gettext_lazy("By each contact’s own clock. A campaign may have its own hours."),
    )
    texting_hours_start = forms.TypedChoiceField(
        label=gettext_lazy("From"), coerce=int, choices=[(hour, _clock(hour)) for hour in range(24)]
    )
    texting_hours_end = forms.TypedChoiceField(
        label=gettext_lazy("Until"), coerce=int, choices=[(hour, _clock(hour)) for hour in range(1, 25)]
    )
    opt_out_message = forms.CharField(
        label=gettext_lazy("What people get who opt out"),
        required=False,
        max_length=1600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One last text that confirms it. Empty: Parley’s own words."),
    )
    max_contacts = forms.IntegerField(
        label=gettext_lazy("Contacts a campaign may have"), min_value=1, max_value=10_000_000, required=False
    )
    max_message_length = forms.IntegerField(
        label=gettext_lazy("Characters a text may have"),
        min_value=20,
        max_value=1600,
        required=False,
        help_text=gettext_lazy("160 plain characters are one segment, and one segment is what is paid for."),
    )
    max_texters_per_campaign = forms.IntegerField(
        label=gettext_lazy("Texters a campaign may have"), min_value=1, max_value=100_000, required=False
    )
    default_channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Usual sending channel"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any = None, *, texting: TextingSettings, channels: list[Channel], **options: Any) -> None:
        initial = {name: getattr(texting, name) for name in queries.SETTINGS_COLUMNS}
        super().__init__(data, initial={**initial, "version": queries.settings_version(texting)}, **options)
        field = self.fields["default_channel_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("The first one")), *((channel.pk, channel.name) for channel in channels)]
        if len(channels) < 2:
            del self.fields["default_channel_id"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("texting_hours_start"), cleaned.get("texting_hours_end")
        if start is not None and end is not None and start >= end:
            self.add_error("texting_hours_end", _("Texting hours must begin before they end."))
        return cleaned
