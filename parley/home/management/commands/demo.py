"""`manage.py demo`: what one finds in a fresh demonstration. `--show` prints how to get in."""

from __future__ import annotations

import csv
import io
import json
import secrets
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django_scopes import scopes_disabled

from parley.accounts.actions import memberships, organizations, users
from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations import actions as core
from parley.conversations import credentials, files, tasks
from parley.conversations.models import AddressKind, BackgroundTask, Channel, ProviderAccount
from parley.providers.email import actions as mail
from parley.texting import actions as texting
from parley.texting import fictional_contacts
from parley.texting.actions import uploads
from parley.texting.models import Campaign, CampaignStatus
from parley.texting.queries.scripts import Step

PASSWORD: Final = "kites-over-oak-street"  # noqa: S105 - shown to everybody who runs the demo
HOME: Final = ("Oak Street Neighbors", "oak-street")
OTHER: Final = ("Riverside Tenants", "riverside")
PEOPLE: Final = (
    # address, first and last name, role in the first organization, role in the second
    ("superadmin@parley.example", "Sam", "Super", None, None),
    ("owner@parley.example", "Olga", "Owens", Role.OWNER, Role.OWNER),
    ("admin@parley.example", "Ada", "Adams", Role.ADMIN, None),
    ("supervolunteer@parley.example", "Vera", "Voss", Role.SUPERVOLUNTEER, None),
    ("texter1@parley.example", "Tess", "Tanner", Role.TEXTER, None),
    ("texter2@parley.example", "Theo", "Thorn", Role.TEXTER, Role.TEXTER),
)
WORDS: Final = {
    "superadmin@parley.example": "superadmin: everything, everywhere",
    "owner@parley.example": "owner of both organizations",
    "admin@parley.example": "admin: campaigns, uploads, exports",
    "supervolunteer@parley.example": "supervolunteer: watches and helps",
    "texter1@parley.example": "texter",
    "texter2@parley.example": "texter, in both organizations",
}
#: the demo's account at the simulated Twilio
SERVICE: Final = "MGdec0de00000000000000000000000001"
ACCOUNT_SID: Final = "ACdec0de00000000000000000000000001"
NUMBERS: Final = ("+16175550001", "+16175550002")
READY: Final = "Saturday market: who comes along?"
DRAFT: Final = "Rent meeting in May"
CONTACTS: Final = 200


class Command(BaseCommand):
    help = "Makes the demonstration's data, once; every further run changes nothing. --show prints the accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--show", action="store_true", help="print accounts and what to try; connect the simulator")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("These accounts have a known password: only with PARLEY_DEMO=1 (or DEBUG=1).")
        with scopes_disabled():
            if options["show"]:
                self._show()
            else:
                self._make()

    # --- making ----------------------------------------------------------------------------------

    def _make(self) -> None:
        home, other = (_organization(*names) for names in (HOME, OTHER))
        people = _people(home, other)
        channel = _channel(home)
        for organization in (home, other):
            _texting_settings(organization, people["owner@parley.example"], channel)
        if settings.EMAIL_URL:
            mail.ensure_mail_account()
        admin = Membership.everywhere.select_related("organization", "user").get(
            organization=home, user=people["admin@parley.example"]
        )
        _ready_campaign(admin, [people["texter1@parley.example"], people["texter2@parley.example"]])
        _draft_campaign(admin)
        self.stdout.write(
            f"{Organization.objects.count()} organizations, {len(PEOPLE)} accounts, {Campaign.everywhere.count()} campaigns"
        )

    # --- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        campaign = Campaign.everywhere.filter(title=READY, organization__slug=HOME[1]).first()
        if campaign is None:
            raise CommandError("There is no demo data yet: run `python manage.py demo`.")
        page = reverse("texting:campaign", args=[HOME[1], campaign.pk])
        width = max(len(address) for address, *_rest in PEOPLE)
        lines = [f"Accounts, all with the password {PASSWORD}"]
        lines += [f"  {address:<{width}}   {WORDS[address]}" for address, *_rest in PEOPLE]
        lines += [
            "",
            "Try",
            f"  as a texter      {settings.BASE_URL}/texter/  and ask for texts, send them, answer the replies",
            f"  as the admin     {settings.BASE_URL}{page}  and watch it live",
            "                   make a campaign of your own: upload demo/contacts-1000.csv, write a script, start",
            f"  as anybody new   {settings.BASE_URL}/join/{campaign.join_token}",
        ]
        self.stdout.write("\n".join(lines))
        if settings.SIMULATOR_URL and not _connect_simulator():
            self.stdout.write("\nThe simulators do not answer yet: run `python manage.py demo --show` when they do.")


def _organization(name: str, slug: str) -> Organization:
    return Organization.objects.filter(slug=slug).first() or organizations.create_organization(
        name=name, slug=slug, is_home=slug == HOME[1]
    )


def _people(home: Organization, other: Organization) -> dict[str, User]:
    found: dict[str, User] = {}
    for address, first, last, role, other_role in PEOPLE:
        user = User.objects.filter(email=address).first() or users.create_user(
            email=address,
            first_name=first,
            last_name=last,
            password=PASSWORD,
            superadmin=address.startswith("superadmin"),
            email_verified=True,
        )
        for organization, wanted in ((home, role), (other, other_role)):
            if wanted is not None and not Membership.everywhere.filter(organization=organization, user=user).exists():
                memberships.add_member(organization, user, role=wanted)
        found[address] = user
    return found


def _channel(home: Organization) -> Channel:
    found = Channel.objects.filter(organization=home, account__provider="twilio", address=SERVICE).first()
    if found is not None:
        return found
    account = core.connect_account(
        organization=home,
        provider="twilio",
        name="Twilio (simulated)",
        values={"account_sid": ACCOUNT_SID, "auth_token": secrets.token_hex(16)},
        shared=True,
    )
    return core.add_channel(
        account,
        kind=Channel.Kind.MESSAGING_SERVICE,
        address_kind=AddressKind.PHONE,
        address=SERVICE,
        name="Demo texting service",
        shared=True,
    )


def _texting_settings(organization: Organization, owner: User, channel: Channel) -> None:
    """Texting at any hour, so that the demo works in the evening too."""
    membership = Membership.everywhere.select_related("organization", "user").get(organization=organization, user=owner)
    before = texting.ensure_settings(organization.pk)
    if before.default_channel_id is None:
        texting.save_settings(membership, values={"texting_hours_enforced": False, "default_channel_id": channel.pk})


def _ready_campaign(admin: Membership, texters: list[User]) -> None:
    campaign = Campaign.everywhere.filter(organization=admin.organization, title=READY).first()
    if campaign is None:
        campaign = texting.create_campaign(
            admin,
            title=READY,
            description="Neighbors invite neighbors to the market on Saturday.",
            intro="Thank you for texting with us! Be yourself; most people are glad to hear from a neighbor.",
        )
    if campaign.status == CampaignStatus.DRAFT:
        _load(admin, campaign)
        texting.save_script(admin, campaign.pk, root=_script())
        texting.start_campaign(admin, campaign.pk)
    for texter in texters:
        texting.join_campaign(campaign.pk, texter)


def _draft_campaign(admin: Membership) -> None:
    if Campaign.everywhere.filter(organization=admin.organization, title=DRAFT).exists():
        return
    texting.create_campaign(admin, title=DRAFT, description="A draft: give it contacts and a script.")


def _load(admin: Membership, campaign: Campaign) -> None:
    """Through the same door as everybody's list."""
    if campaign.contacts_count:
        return
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(fictional_contacts.COLUMNS)
    writer.writerows(fictional_contacts.rows(CONTACTS))
    with files.Writer(
        organization=admin.organization_id,
        name="neighbors.csv",
        content_type="text/csv",
        created_by=admin.user.pk,
    ) as stored:
        stored.write(text.getvalue().encode())
    try:
        task = uploads.start_upload(actor=admin.user, campaign=campaign, file=stored.file)
    except tasks.AlreadyRunning as running:  # a former run of this command was killed here
        if running.task is None:
            raise
        task = running.task
    tasks.run(task.pk)
    task.refresh_from_db()
    campaign.refresh_from_db()
    if task.state != BackgroundTask.State.DONE or not campaign.contacts_count:
        raise CommandError(f"The demo's contacts were not loaded: {task.message}. Is ALLOW_FICTIONAL_NUMBERS=1?")


def _script() -> Step:
    return Step(
        key="root",
        script=(
            "Hi {firstName}, this is {texterAliasOrFirstName}, your neighbor from Oak Street."
            " Saturday is market day. Will you come along?"
        ),
        question="Will you come along?",
        children=[
            Step(
                key="yes",
                answer="Yes",
                script="Wonderful! We meet at ten under the big oak. Could you bring a cake, or lend a hand?",
                question="What can you do?",
                children=[
                    Step(key="cake", answer="Brings a cake", script="You are the best. See you on Saturday!"),
                    Step(key="hand", answer="Lends a hand", script="Thank you! Come half an hour early if you can."),
                    Step(key="comes", answer="Just comes", script="That is the main thing. See you on Saturday!"),
                ],
            ),
            Step(key="maybe", answer="Maybe", script="No hurry. May I write again on Friday?"),
            Step(key="no", answer="No", script="Thank you for telling me, {firstName}. Have a lovely week!"),
            Step(
                key="wrong", answer="Wrong number", script="Sorry to have bothered you. I have taken your number off."
            ),
        ],
    )


def _connect_simulator() -> bool:
    """Tell the simulated Twilio of the demo's account, as often as one likes. False when it does not answer."""
    account = ProviderAccount.objects.filter(provider="twilio", channels__address=SERVICE).first()
    if account is None:
        return False
    values = credentials.reveal(account.credentials)
    body = {
        "account_sid": values["account_sid"],
        "auth_token": values["auth_token"],
        "service_sid": SERVICE,
        "service_name": "Demo texting service",
        "inbound_url": f"{settings.WEBHOOK_BASE_URL}/webhooks/twilio/{account.pk}/message#rc=5&rp=all",
        "status_callback": f"{settings.WEBHOOK_BASE_URL}/webhooks/twilio/{account.pk}/status",
        "numbers": list(NUMBERS),
    }
    request = urllib.request.Request(  # noqa: S310 - the address is ours
        f"{settings.SIMULATOR_URL.rstrip('/')}/simulator/setup",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return bool(answer.status < 300)
    except (urllib.error.URLError, OSError):
        return False
