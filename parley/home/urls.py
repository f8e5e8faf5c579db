"""Addresses: the start page, and the first page of an organization."""

from django.urls import path

from parley.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("org/<slug:organization>/", views.organization, name="organization"),
]
