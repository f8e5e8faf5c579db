"""Addresses of the doors in: `/join/…`."""

from django.urls import path

from parley.accounts.views import doors

app_name = "join"
urlpatterns = [path("<str:token>", doors.door, name="door"), path("<str:token>/", doors.door)]
