"""Addresses of an organization's texting: `/org/<slug>/…`."""

from django.urls import URLPattern, URLResolver, path

from parley.texting.views import campaigns, editor, exports, uploads

app_name = "texting"
urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/live/", campaigns.campaign_live, name="campaign_live"),
    path("campaigns/<int:campaign_id>/details/", campaigns.campaign_details, name="campaign_details"),
    path("campaigns/<int:campaign_id>/figures/<slug:what>.csv", campaigns.campaign_figures, name="campaign_figures"),
    path("campaigns/<int:campaign_id>/status/", campaigns.campaign_status, name="campaign_status"),
    path("campaigns/<int:campaign_id>/edit/", editor.edit, name="campaign_edit"),
    path("campaigns/<int:campaign_id>/edit/basics/", editor.basics, name="campaign_basics"),
    path("campaigns/<int:campaign_id>/edit/contacts/", editor.contacts, name="campaign_contacts"),
    path("campaigns/<int:campaign_id>/edit/script/", editor.script, name="campaign_script"),
    path("campaigns/<int:campaign_id>/edit/texters/", editor.assignment, name="campaign_assignment"),
    path("campaigns/<int:campaign_id>/edit/hours/", editor.hours, name="campaign_hours"),
    path("campaigns/<int:campaign_id>/edit/start/", editor.start, name="campaign_start"),
    path("campaigns/<int:campaign_id>/upload/", uploads.upload, name="upload"),
    path("campaigns/<int:campaign_id>/export/", exports.export, name="export"),
    path("campaigns/<int:campaign_id>/export/<int:task_id>/<slug:which>.csv", exports.export_file, name="export_file"),
    path("texting-settings/", editor.texting_settings, name="settings"),
]
