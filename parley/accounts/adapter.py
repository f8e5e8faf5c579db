"""How allauth signs people in here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class AccountAdapter(DefaultAccountAdapter): ...


class SocialAccountAdapter(DefaultSocialAccountAdapter): ...
