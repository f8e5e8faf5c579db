"""The worker: what happens outside of requests, for every organization."""

from django_scopes import scopes_disabled

#: the one context in which queries see all organizations: a worker serves them all
every_organization = scopes_disabled

__all__ = ["every_organization"]
