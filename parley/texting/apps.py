from django.apps import AppConfig


class TextingConfig(AppConfig):
    name = "parley.texting"
