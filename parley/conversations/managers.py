"""Tenancy for what organizations share: reached only through `for_organization`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from parley.accounts.models import Organization

Row = TypeVar("Row", bound=models.Model)


class SharedManager(models.Manager[Row]):
    def for_organization(self, organization: Organization | int) -> models.QuerySet[Row]:
        """The organization's own and those shared by all."""
        number = organization if isinstance(organization, int) else organization.pk
        return self.get_queryset().filter(Q(organization_id=number) | Q(shared=True))


class OptOutManager(models.Manager[Row]):
    def for_organization(self, organization: Organization | int) -> models.QuerySet[Row]:
        """The organization's own and those for everyone."""
        number = organization if isinstance(organization, int) else organization.pk
        return self.get_queryset().filter(Q(organization_id=number) | Q(scope="everyone"))
