"""What staff fill in about conversations and channels."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parley.accounts.models import Organization
from parley.conversations import credentials
from parley.conversations.models import AddressKind, Channel, ProviderAccount


class AnswerForm(forms.Form):
    """Words for somebody in the inbox; `key` makes it safe to send the same form twice."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=1600,
        error_messages={"required": _("Write something first.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autocapitalize": "sentences"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class SettleForm(forms.Form):
    """What staff know of an unconfirmed text."""

    outcome = forms.ChoiceField(choices=[("arrived", _("It arrived")), ("again", _("Send again"))])


def _secret(label: Any, help_text: Any = "") -> forms.CharField:
    """A field whose value is never sent back to the browser."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _account_sid() -> forms.CharField:
    return forms.CharField(
        label=_("Account SID"),
        max_length=34,
        help_text=_("On the first page of Twilio's console; begins with AC."),
        validators=[
            RegexValidator(r"^AC[0-9a-fA-F]{32}\Z", _("An account SID is AC and 32 digits or letters a to f."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )


def _name(example: Any) -> forms.CharField:
    return forms.CharField(label=_("Name"), max_length=100, help_text=example)


class ConnectForm(forms.Form):
    """The base of the forms that connect an account: credentials, and the first channel."""

    provider: ClassVar[str]
    channel_kind: ClassVar[str]
    address_kind: ClassVar[str]
    #: the credential that names the account at the provider: one account is connected once
    identity: ClassVar[str]
    taken: ClassVar[Any]

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def values(self) -> Mapping[str, str]:
        """The credentials as the provider reads them."""
        raise NotImplementedError

    def address(self) -> str:
        """The channel's address at the provider."""
        raise NotImplementedError

    def settings(self) -> Mapping[str, Any]:
        """What else the account keeps."""
        return {}

    def clean(self) -> dict[str, Any]:
        """The same account twice would answer everything twice."""
        cleaned = super().clean() or {}
        if not self.errors and any(
            _same(account, self.identity, self.values()[self.identity])
            for account in ProviderAccount.objects.filter(organization=self.organization, provider=self.provider)
        ):
            raise ValidationError(self.taken)
        return cleaned


def _same(account: ProviderAccount, name: str, value: str) -> bool:
    try:
        return credentials.reveal(account.credentials).get(name, "").partition(":")[0] == value.partition(":")[0]
    except credentials.Unreadable:
        return False


class TwilioForm(ConnectForm):
    provider = "twilio"
    channel_kind = Channel.Kind.MESSAGING_SERVICE
    address_kind = AddressKind.PHONE
    identity = "account_sid"
    taken = _("This Twilio account is connected already: open it in the list of channels.")

    name = _name(_("How your people know it, such as “Oak Street texting line”."))
    account_sid = _account_sid()
    auth_token = _secret(_("Auth token"), _("Below the account SID. It is kept encrypted and never shown again."))
    messaging_service_sid = forms.CharField(
        label=_("Messaging service SID"),
        max_length=34,
        help_text=_("In Twilio's console under Messaging, Services; begins with MG."),
        validators=[
            RegexValidator(r"^MG[0-9a-fA-F]{32}\Z", _("A messaging service SID is MG and 32 digits or letters a to f."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def values(self) -> Mapping[str, str]:
        return {name: self.cleaned_data[name] for name in ("account_sid", "auth_token")}

    def address(self) -> str:
        return str(self.cleaned_data["messaging_service_sid"])

    def settings(self) -> Mapping[str, Any]:
        return {"messaging_services": [self.address()]}


TOKEN = RegexValidator(
    r"^[0-9]+:[A-Za-z0-9_-]{10,}\Z", _("A bot token looks like 123456789:AAH… as BotFather shows it.")
)


class TelegramForm(ConnectForm):
    provider = "telegram"
    channel_kind = Channel.Kind.BOT
    address_kind = AddressKind.TELEGRAM
    identity = "token"
    taken = _("This bot is connected already: open it in the list of channels.")

    name = _name(_("How your people know it, such as “Oak Street bot”."))
    token = _secret(_("Bot token"), _("BotFather shows it. It is kept encrypted and never shown again."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].validators.append(TOKEN)

    def values(self) -> Mapping[str, str]:
        return {"token": self.cleaned_data["token"]}

    def address(self) -> str:
        """The bot's own user id, which its token begins with."""
        return str(self.cleaned_data["token"]).partition(":")[0]


#: what can be connected on a page, by the provider's name
CONNECTING: dict[str, type[ConnectForm]] = {form.provider: form for form in (TwilioForm, TelegramForm)}


class CredentialsForm(forms.Form):
    """The base of the forms that replace credentials; `known` are those kept so far, empty if unreadable."""

    def __init__(self, *args: Any, account: ProviderAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.known = credentials.reveal(account.credentials)
        except credentials.Unreadable:
            self.known = {}


class TwilioCredentialsForm(CredentialsForm):
    """A new auth token for the same account; the account SID too where that cannot be read any more."""

    account_sid = _account_sid()
    auth_token = _secret(_("New auth token"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "account_sid" in self.known:
            del self.fields["account_sid"]


class TelegramCredentialsForm(CredentialsForm):
    """A new token for the same bot."""

    token = _secret(_("New bot token"), _("Of the same bot: for another one, connect a new account."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].validators.append(TOKEN)

    def clean_token(self) -> str:
        """A bot's user id stands before the colon."""
        token = str(self.cleaned_data["token"])
        known = self.known.get("token", "")
        if known and known.partition(":")[0] != token.partition(":")[0]:
            raise ValidationError(gettext("This is another bot's token."))
        return token


#: what can be replaced on a page, by the provider's name
REPLACING: dict[str, type[CredentialsForm]] = {"twilio": TwilioCredentialsForm, "telegram": TelegramCredentialsForm}


class RateField(forms.FloatField):
    """Messages a second; empty is without a limit of our own."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"step": "0.1", "inputmode": "decimal"}
        widget = forms.NumberInput(attrs=attributes)
        super().__init__(min_value=0.1, max_value=1000, required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> float | None:
        rate: float | None = super().clean(value)
        if rate is not None and not math.isfinite(rate):
            raise ValidationError(gettext("Enter a number."))
        return rate


def _plain(rate: float | None) -> str | None:
    """20 rather than 20.0."""
    return None if rate is None else f"{rate:g}"


class RatesForm(forms.Form):
    """The rates of an account and of its channels: fields `account` and `channel_<id>`."""

    def __init__(self, *args: Any, account: ProviderAccount, channels: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = channels
        self.fields["account"] = RateField(
            label=_("Whole account, messages a second"),
            initial=_plain(account.rate),
            help_text=_("Leave it empty for as many as the channels allow."),
        )
        for channel in channels:
            self.fields[f"channel_{channel.pk}"] = RateField(
                label=gettext("%(channel)s, messages a second") % {"channel": channel.name},
                initial=_plain(channel.rate),
            )

    def channel_rates(self) -> dict[int, float | None]:
        """Channel id -> its rate."""
        return {channel.pk: self.cleaned_data[f"channel_{channel.pk}"] for channel in self.channels}
