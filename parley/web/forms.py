"""How every form looks: our templates for `{{ form }}` and Bootstrap's classes on every widget.

`FORM_RENDERER` names `Renderer`, so that forms of other packages (sign-in, second factor) look like
our own without a line of theirs changed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import widgets
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting

#: widget class -> (kind, CSS class); the first match counts, so subclasses stand before their parents
_KINDS: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.CheckboxSelectMultiple, "choices", "form-check-input"),
    (forms.RadioSelect, "choices", "form-check-input"),
    (forms.CheckboxInput, "checkbox", "form-check-input"),
    (forms.Select, "select", "form-select"),
    (forms.FileInput, "file", "form-control"),
    (forms.Textarea, "textarea", "form-control"),
    (forms.HiddenInput, "hidden", ""),
    (forms.MultiWidget, "several", "form-control"),
    (forms.SelectDateWidget, "several", "form-select"),
    (widgets.Input, "input", "form-control"),
)


def widget_kind(widget: forms.Widget) -> tuple[str, str]:
    """The kind of field a widget makes ("input", "choices" …) and the CSS class that it wears."""
    for widget_class, kind, css_class in _KINDS:
        if isinstance(widget, widget_class):
            return kind, css_class
    return "other", ""


class BoundField(DjangoBoundField):
    """A field on a page: knows its kind for the template, and dresses its widget."""

    @property
    def kind(self) -> str:
        """Which layout `web/forms/field.html` uses: input, textarea, select, checkbox, choices, file …"""
        return widget_kind(self.field.widget)[0]

    @property
    def is_switch(self) -> bool:
        """True for a check box that is drawn as a switch: `CheckboxInput(attrs={"role": "switch"})`."""
        return self.kind == "checkbox" and self.field.widget.attrs.get("role") == "switch"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes and our class; a class given on the widget is kept."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        classes = [widget_kind(widget)[1], widget.attrs.get("class", ""), attrs.get("class", "")]
        if self.errors:
            classes.append("is-invalid")
        joined = " ".join(part for part in classes if part)
        if joined:
            built["class"] = joined
        return built


class Renderer(TemplatesSetting):
    """The project's form renderer (`FORM_RENDERER`)."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = BoundField
