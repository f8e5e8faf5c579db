"""Addresses of one's own account and of sign-in: `/account/…`."""

from django.urls import include, path

from parley.accounts.views import doors, instance, own

_own = [
    path("profile/", own.profile, name="profile"),
    path("security/", own.security, name="security"),
    path("security/sign-out-everywhere/", own.sign_out_everywhere, name="sign_out_everywhere"),
    path("tokens/", own.tokens, name="tokens"),
    path("tokens/<int:token>/revoke/", own.revoke_token, name="revoke_token"),
    path("organizations/", instance.organizations, name="organizations"),
    path("organizations/<int:number>/close/", instance.close_organization, name="close_organization"),
]

urlpatterns = [
    path("", include((_own, "accounts"))),
    # before allauth's page of the same name: nobody signs up without a link
    path("signup/", doors.signed_up_elsewhere, name="account_signup"),
    path("", include("allauth.urls")),
]
