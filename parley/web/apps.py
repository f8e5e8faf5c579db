"""The look of Parley: base templates, components, form rendering, static files, live updates."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "parley.web"
