"""`{{ form }}` looks right everywhere, and a reader that cannot see hears the same."""

from __future__ import annotations

from django import forms

from parley.web.forms import Renderer


class Invitation(forms.Form):
    default_renderer = Renderer()

    email = forms.EmailField(help_text="We write to it once.")
    role = forms.ChoiceField(choices=[("texter", "Texter"), ("admin", "Admin")], widget=forms.RadioSelect)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"class": "tall"}))
    vetted = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}))
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("Nobody was invited.")


def test_each_widget_wears_its_class_and_keeps_its_own() -> None:
    html = str(Invitation())

    email = next(line for line in html.splitlines() if 'type="email"' in line)
    assert 'class="form-control"' in email
    assert 'class="form-control tall"' in html
    assert html.count('type="radio"') == 2
    assert html.count("form-check-input") == 3
    assert "form-switch" in html


def test_help_and_errors_are_tied_to_their_field() -> None:
    html = str(Invitation({"email": "nonsense"}))

    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert 'id="id_email_helptext"' in html
    assert 'aria-invalid="true"' in html


def test_the_error_of_the_whole_form_is_announced() -> None:
    html = str(Invitation({"email": "a@b.example", "role": "texter", "token": "t"}))

    assert 'role="alert"' in html
    assert "Nobody was invited." in html


def test_only_optional_fields_are_marked() -> None:
    html = str(Invitation())

    assert html.count("field-optional") == 1


def test_hidden_fields_are_there_and_unseen() -> None:
    html = str(Invitation())

    assert 'type="hidden" name="token"' in html
    assert "Token" not in html


def test_a_group_of_choices_is_a_fieldset_with_its_legend() -> None:
    html = str(Invitation())

    assert '<legend class="form-label">Role</legend>' in html.replace("\n", "")
