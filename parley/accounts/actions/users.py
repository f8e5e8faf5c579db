"""What happens to people."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from parley.accounts import errors
from parley.accounts.actions import audit
from parley.accounts.models import User


def create_user(
    *,
    email: str,
    first_name: str,
    last_name: str = "",
    password: str | None = None,
    alias: str = "",
    cell: str = "",
    language: str = "",
    timezone: str = "",
    superadmin: bool = False,
    email_verified: bool = False,
) -> User:
    """A new person. Without a password they sign in with Slack, Google or the like, or ask for a reset.

    The address is stored in lower case; names get a capital first letter. A superadmin may also do
    everything on the staff site. Raises AddressTaken.
    """
    email = email.strip().lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email,
                password,
                first_name=_capitalised(first_name),
                last_name=_capitalised(last_name),
                alias=alias.strip(),
                cell=cell.strip(),
                language=language,
                timezone=timezone,
                is_superadmin=superadmin,
                is_superuser=superadmin,
                is_staff=superadmin,
            )
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=email_verified)
    except IntegrityError as taken:
        raise errors.AddressTaken(_("There is an account with this e-mail address already.")) from taken
    return user


def update_profile(
    user: User,
    *,
    first_name: str,
    last_name: str = "",
    alias: str = "",
    cell: str = "",
    language: str = "",
    timezone: str = "",
) -> User:
    """What people change about themselves."""
    user.first_name = first_name.strip()
    user.last_name = last_name.strip()
    user.alias = alias.strip()
    user.cell = cell
    user.language = language
    user.timezone = timezone
    user.save(update_fields=["first_name", "last_name", "alias", "cell", "language", "timezone"])
    return user


def end_sessions(user: User) -> None:
    """Sign the person out everywhere: every cookie with the older epoch is void from the commit on."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def suspend_user(actor: User, user: User) -> None:
    """Close the whole instance to a person, at once; for superadmins. Raises Refused for oneself."""
    if actor.pk == user.pk:
        raise errors.Refused(_("You cannot suspend yourself."))
    User.objects.filter(pk=user.pk).update(is_suspended=True, session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["is_suspended", "session_epoch"])
    audit.record("user.suspended", actor=actor, target=user)


@transaction.atomic
def restore_user(actor: User, user: User) -> None:
    """Open the instance to the person again; for superadmins. Old sessions stay ended."""
    User.objects.filter(pk=user.pk).update(is_suspended=False)
    user.refresh_from_db(fields=["is_suspended"])
    audit.record("user.restored", actor=actor, target=user)


def _capitalised(name: str) -> str:
    name = name.strip()
    return name[:1].upper() + name[1:]
