"""What the texter's browser tests begin with: a campaign of their own, its texter, and people who answer."""

from __future__ import annotations

import dataclasses
import itertools
import json
import secrets
import time
import urllib.request
from typing import Any
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page

from parley.home.management.commands import demo
from tests import stack as stacks

#: no two scenes of a run share a number
_lines = itertools.count(2_000)

_MAKE = """
import json, sys
from django_scopes import scopes_disabled
from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations.models import Channel
from parley.texting.models import *
given = json.loads({given!r})
with scopes_disabled():
    home = Organization.objects.get(slug="oak-street")
    user = User.objects.create_user(given["email"], first_name=given["name"], password=given["password"])
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    Membership.everywhere.create(organization=home, user=user, role=Role.TEXTER)
    campaign = Campaign.everywhere.create(organization=home, title=given["title"], status="active", batch_size=25,
        channel=Channel.objects.get(address={service!r}), intro="Thank you for texting with us!", contacts_count=len(given["people"]))
    root = InteractionStep.everywhere.create(organization=home, campaign=campaign, script=given["script"], question="Will you come?")
    yes = InteractionStep.everywhere.create(organization=home, campaign=campaign, parent=root, answer_option="Yes", position=0,
        script="Wonderful, {{firstName}}! What can you bring?", question="What can you bring?")
    InteractionStep.everywhere.create(organization=home, campaign=campaign, parent=root, answer_option="No", position=1, script="Thank you for telling me.")
    InteractionStep.everywhere.create(organization=home, campaign=campaign, parent=yes, answer_option="A cake", position=0, script="The best!")
    InteractionStep.everywhere.create(organization=home, campaign=campaign, parent=yes, answer_option="A friend", position=1, script="Even better!")
    assignment = Assignment.everywhere.create(organization=home, campaign=campaign, user=user)
    group = HoursGroup.objects.get_or_create(zones="America/New_York", state="MA")[0]
    contacts = Contact.everywhere.bulk_create([Contact(organization=home, campaign=campaign, hours_group=group, state="MA",
        assignment=assignment if given["assigned"] else None, first_name=name, last_name="Example", cell=cell) for name, cell in given["people"]])
    print("MADE " + json.dumps({{"assignment": assignment.pk, "campaign": campaign.pk, "contacts": [c.pk for c in contacts]}}))
"""


@dataclasses.dataclass(frozen=True)
class Scene:
    """A started campaign with one texter, on the running stack. Texts get no answer by themselves."""

    stack: stacks.Stack
    email: str
    assignment: int
    campaign: int
    contacts: list[int]
    cells: list[str]

    @property
    def initials(self) -> str:
        return f"/texter/{self.assignment}/initials/"

    @property
    def conversations(self) -> str:
        return f"/texter/{self.assignment}/conversations/"

    def sign_in(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto("/account/login/")
        page.locator("input[name=login]").fill(self.email)
        page.locator("input[name=password]").fill(demo.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def say(self, position: int, text: str) -> None:
        """The person at this position of the list picks their phone up and answers."""
        phone = f"{self.stack.simulator_url}/simulator/phones/{quote(self.cells[position])}"
        deadline = time.monotonic() + 15
        while not (shown := _read(phone))["messages"]:  # the text that they answer is still on its way
            assert time.monotonic() < deadline, "no text has arrived there"
            time.sleep(0.05)
        ours = shown["partners"][0]
        body = json.dumps({"body": text, "to": ours}).encode()
        request = urllib.request.Request(f"{phone}/messages", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 201

    def ask(self, expression: str) -> object:
        """A value from the database, by an expression of Django's ORM."""
        script = (
            "import json\nfrom django_scopes import scopes_disabled\nfrom parley.texting.models import *\n"
            "from parley.conversations.models import *\n"
            f"with scopes_disabled():\n    print('VALUE ' + json.dumps({expression}))"
        )
        return json.loads(_printed(self.stack, script, "VALUE "))

    def sent_to_each(self) -> list[int]:
        """How many texts each of the contacts was sent, in order."""
        found = self.ask(
            f"[Message.objects.filter(conversation__address=cell, conversation__subject_key='{self.campaign}', direction=2)"
            f".count() for cell in {self.cells!r}]"
        )
        assert isinstance(found, list)
        return found


def make(
    stack: stacks.Stack,
    *,
    people: int = 5,
    title: str = "",
    script: str = "done: hi {firstName}, will you come?",
    assigned: bool = True,
) -> Scene:
    """A campaign with so many people, in the texter's hands unless `assigned` is False."""
    names = ["Marisol", "Theodora", "Ji-ho", "Amara", "Wendell", "Priya", "Oskar", "Lucía"]
    listed = [(names[i % len(names)], f"+1617555{next(_lines):04}") for i in range(people)]
    tag = secrets.token_hex(4)
    email = f"rosa-{tag}@parley.example"
    given = {
        "email": email,
        "name": "Rosa",
        "password": demo.PASSWORD,
        "title": title or f"Spring planting {tag}",
        "script": script,
        "people": listed,
        "assigned": assigned,
    }
    made = json.loads(_printed(stack, _MAKE.format(given=json.dumps(given), service=demo.SERVICE), "MADE "))
    return Scene(stack=stack, email=email, cells=[cell for _, cell in listed], **made)


def _read(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _printed(stack: stacks.Stack, script: str, mark: str) -> str:
    lines = stack.manage("shell", "-v", "0", "-c", script).splitlines()
    return next(line.removeprefix(mark) for line in lines if line.startswith(mark))
