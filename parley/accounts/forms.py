"""What people fill in."""

from __future__ import annotations

import functools
import zoneinfo
from typing import TYPE_CHECKING, Any

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parley.accounts.models import GrantKind, Membership, Organization, Role, User

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
    OrganizationModelForm = forms.ModelForm[Organization]
else:
    UserModelForm = OrganizationModelForm = forms.ModelForm

#: offered first: where most volunteers are
_COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
THEMES = (("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))


@functools.cache
def zone_choices() -> list[tuple[Any, Any]]:
    """Time zones by name: the usual ones first, then all places of the world."""
    every = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [
        ("", _("Not chosen: times in UTC")),
        (_("United States"), [(name, name.split("/")[1].replace("_", " ")) for name in _COMMON_ZONES]),
        (_("All"), [(name, name.replace("_", " ")) for name in every]),
    ]


class SignUpForm(forms.Form):
    """As few fields as possible; on a phone the keyboard and the password store do the rest."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters. Three words that only you would put together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        """One spelling of each address."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """The password must not be the person's own name or address."""
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password:
            first, last = self.names()
            person = User(email=cleaned.get("email", ""), first_name=first, last_name=last)
            try:
                password_validation.validate_password(password, person)
            except ValidationError as weak:
                self.add_error("password", weak)
        return cleaned

    def names(self) -> tuple[str, str]:
        """First and last name out of the one field."""
        first, _space, last = str(self.cleaned_data.get("name", "")).strip().partition(" ")
        return first[:100], last.strip()[:100]


class ProfileForm(UserModelForm):
    """What people say about themselves."""

    theme = forms.ChoiceField(
        label=_("Colours"), choices=THEMES, help_text=_("For this device."), widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("first_name", "last_name", "alias", "cell", "language", "timezone")
        labels = {"alias": _("Name for contacts"), "cell": _("Your phone")}
        help_texts = {
            "alias": _("What people you text see instead of your first name."),
            "cell": _("For your organizers only; contacts never see it."),
        }
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "cell": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {"language": [("", _("As the browser")), *settings.LANGUAGES], "timezone": zone_choices()}
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options

    def clean_cell(self) -> str:
        """E.164, or empty."""
        written = str(self.cleaned_data.get("cell") or "").strip()
        if not written:
            return ""
        try:
            number = phonenumbers.parse(written, settings.PHONE_NUMBER_COUNTRY)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(
                gettext("This is not a phone number. Write it with its area code, like 212 555 0123.")
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def role_choices(actor: Membership, *, suspended: bool = True) -> list[tuple[int, Any]]:
    """The roles that the actor may give: OWNER only for owners."""
    return [
        (role.value, role.label.capitalize())
        for role in Role
        if (role != Role.OWNER or actor.role >= Role.OWNER) and (suspended or role != Role.SUSPENDED)
    ]


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=lambda value: Role(int(value)))

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = role_choices(actor)


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave it empty for a link that you pass on yourself. One person can use it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.TypedChoiceField(label=_("Role"), coerce=lambda value: Role(int(value)), initial=Role.TEXTER.value)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = role_choices(actor, suspended=False)


class GrantsForm(forms.Form):
    """Rights beside the role."""

    grants = forms.TypedMultipleChoiceField(
        label=_("Rights beside the role"),
        choices=[(kind.value, kind.label.capitalize()) for kind in GrantKind],
        coerce=GrantKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class OrganizationForm(OrganizationModelForm):
    """Name and address."""

    class Meta:
        model = Organization
        fields = ("name", "slug")
        help_texts = {"slug": _("Part of every address here. Links to pages under the old name stop working.")}


class NewOrganizationForm(forms.Form):
    """A new organization and its first owner."""

    name = forms.CharField(label=_("Name"), max_length=200)
    owner = forms.EmailField(
        label=_("E-mail address of the owner"), help_text=_("They get an invitation, and set the rest up themselves.")
    )


class TokenForm(forms.Form):
    """A new key for a program."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=100, widget=forms.TextInput(attrs={"placeholder": _("Weekly report")})
    )
    organization = forms.TypedChoiceField(label=_("Organization"), coerce=int)
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=365,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year")), (0, _("Until revoked"))],
    )

    def __init__(self, *args: Any, organizations: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(organization.pk, organization.name) for organization in organizations]
