"""Addresses of an organization's own pages: `/org/<slug:organization>/…`."""

from django.urls import path

from parley.accounts.views import organization

app_name = "organization"
urlpatterns = [
    path("people/", organization.people, name="people"),
    path("people/invite/", organization.invite, name="invite"),
    path("people/<int:person>/", organization.person, name="person"),
    path("people/<int:person>/role/", organization.change_role, name="change_role"),
    path("people/<int:person>/grants/", organization.change_grants, name="change_grants"),
    path("people/<int:person>/remove/", organization.remove_person, name="remove_person"),
    path("people/<int:person>/password-reset/", organization.send_password_reset, name="send_password_reset"),
    path("people/<int:person>/suspend/", organization.suspend_everywhere, name="suspend_everywhere"),
    path("invitations/<int:invitation>/resend/", organization.resend_invitation, name="resend_invitation"),
    path("invitations/<int:invitation>/revoke/", organization.revoke_invitation, name="revoke_invitation"),
    path("settings/", organization.settings, name="settings"),
    path("settings/join-link/", organization.reset_join_link, name="reset_join_link"),
    path("audit-log/", organization.audit_log, name="audit_log"),
]
