"""Addresses of an organization's texting: `/org/<slug>/…`."""

from django.urls import URLPattern, URLResolver

app_name = "texting"
urlpatterns: list[URLPattern | URLResolver] = []
