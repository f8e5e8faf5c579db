"""People, the organizations they work in, and what each may do there."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from parley.accounts import managers


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    email = models.EmailField(_("e-mail address"))
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    #: what contacts see instead of the first name
    alias = models.CharField(_("alias"), max_length=100, blank=True)
    cell = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    #: runs the instance: passes every check
    is_superadmin = models.BooleanField(_("superadmin"), default=False)
    #: may open the staff site, where Django's own groups and permissions govern
    is_staff = models.BooleanField(_("may open the staff site"), default=False)
    #: the whole instance is closed to this person
    is_suspended = models.BooleanField(_("suspended"), default=False)
    #: raised to end every session and to make every cached right void
    session_epoch = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    #: on a person who came with an API token: the one organization where it acts (never stored)
    restricted_to: int | None = None

    objects: ClassVar[managers.UserManager] = managers.UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]

    class Meta:
        constraints = [
            # sign-in: one person an address, however it is spelled
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def name_for_contacts(self) -> str:
        return self.alias or self.first_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return not self.is_suspended

    def save(self, **options: Any) -> None:
        """Save; a new password ends every session, whoever set it.

        A stale copy of a person must not undo a suspension or bring ended sessions back, so a plain save
        of a stored row leaves `is_suspended` and `session_epoch` alone: actions write them by name.
        """
        new_password = self._password is not None and not self._state.adding  # type: ignore[attr-defined]
        if not self._state.adding and options.get("update_fields") is None and not options.get("force_insert"):
            options["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in {"is_suspended", "session_epoch"}
            ]
        with transaction.atomic():
            super().save(**options)
            if new_password:
                self._end_sessions()

    def _end_sessions(self) -> None:
        User.objects.filter(pk=self.pk).update(session_epoch=models.F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])

    def get_session_auth_hash(self) -> str:
        return self._epoch_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())

    def _epoch_hash(self) -> str:
        # A session dies with a new password and with a raised epoch.
        return salted_hmac(
            "parley.accounts.session", f"{self.password}:{self.session_epoch}", algorithm="sha256"
        ).hexdigest()


class Role(models.IntegerChoices):
    """Strictly ordered: a role implies every lower one."""

    SUSPENDED = 0, _("suspended")
    TEXTER = 10, _("texter")
    VETTED_TEXTER = 20, _("vetted texter")
    SUPERVOLUNTEER = 30, _("supervolunteer")
    ADMIN = 40, _("admin")
    OWNER = 50, _("owner")


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    #: the secret of the organization's own join link
    join_token = models.UUIDField(default=uuid.uuid4, unique=True)
    #: the organization whose public page and catch-all inbox the instance uses
    is_home = models.BooleanField(default=False)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_home"], name="organization_one_home", condition=models.Q(is_home=True)),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(_("role"), choices=Role.choices, default=Role.TEXTER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")
    #: across organizations: sign-in, the organization switcher, SQL-side checks
    everywhere: ClassVar[models.Manager[Membership]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}: {Role(self.role).label}"


class GrantKind(models.TextChoices):
    AUDITOR = "auditor", _("auditor")
    AUDIT_LEAD = "audit_lead", _("audit lead")
    RESEARCHER = "researcher", _("researcher")
    COMMUNITY_LEAD = "community_lead", _("community lead")


class Grant(models.Model):
    """A right beside the role."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=20, choices=GrantKind.choices)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[Grant]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        constraints = [models.UniqueConstraint(fields=["organization", "user", "kind"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organization_id}: {self.kind}"


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Invitation(models.Model):
    """An open door for one person (or, without an address, for whoever uses the link first)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.PositiveSmallIntegerField(_("role"), choices=Role.choices, default=Role.TEXTER)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[Invitation]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"

    def __str__(self) -> str:
        return f"{self.organization_id}: {Role(self.role).label}, {self.created_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Not used, revoked or expired."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class ApiToken(models.Model):
    """A key for programs: acts as its user inside one organization. Only its digest is kept."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    #: the first characters, to tell tokens apart in a list
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[ApiToken]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def is_valid(self) -> bool:
        """Not revoked or expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class AuditEvent(models.Model):
    """Who did what: exports, imports, role changes, sign-in trouble, views of audited conversations."""

    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    #: `membership.role_changed`, `campaign.exported` …
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    #: ids and settings only; never a contact's name, number or words
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager(organization="organization")
    everywhere: ClassVar[models.Manager[AuditEvent]] = models.Manager()

    class Meta:
        base_manager_name = "everywhere"
        indexes = [
            # the organization's audit log, newest first
            models.Index(fields=["organization", "-at"], name="audit_event_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id or ''}".strip()
