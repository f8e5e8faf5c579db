"""The demonstration's data: complete, made once, and never outside a demonstration."""

import http.server
import json
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_scopes import scopes_disabled

from parley.accounts.models import Membership, Organization, Role, User
from parley.conversations.models import Channel, ProviderAccount
from parley.home.management.commands import demo
from parley.texting.models import Assignment, Campaign, CampaignStatus, Contact, InteractionStep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ALLOW_FICTIONAL_NUMBERS = True
    settings.SIMULATOR_URL = ""
    settings.EMAIL_URL = ""


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("demo", *arguments, stdout=output)
    return output.getvalue()


@scopes_disabled()
def test_everything_is_there_to_text_at_once() -> None:
    run()

    ready = Campaign.everywhere.get(title=demo.READY)
    assert Organization.objects.count() == 2
    assert ready.status == CampaignStatus.ACTIVE
    assert Contact.everywhere.filter(campaign=ready).count() == demo.CONTACTS
    assert InteractionStep.everywhere.filter(campaign=ready).count() == 8
    assert Assignment.everywhere.filter(campaign=ready).count() == 2
    assert ready.organization.texting.texting_hours_enforced is False
    assert Campaign.everywhere.get(title=demo.DRAFT).status == CampaignStatus.DRAFT
    assert set(Membership.everywhere.filter(organization__slug="oak-street").values_list("role", flat=True)) == {
        Role.OWNER, Role.ADMIN, Role.SUPERVOLUNTEER, Role.TEXTER,
    }  # fmt: skip
    assert all(user.check_password(demo.PASSWORD) for user in User.objects.all())
    assert User.objects.get(email="superadmin@parley.example").is_superadmin


@scopes_disabled()
def test_a_second_run_changes_nothing() -> None:
    run()
    first = Contact.everywhere.order_by("id").values_list("pk", flat=True)[0]

    run()

    assert Contact.everywhere.order_by("id").values_list("pk", flat=True)[0] == first
    assert (User.objects.count(), Campaign.everywhere.count(), Channel.objects.count()) == (6, 2, 1)


def test_show_tells_how_to_get_in() -> None:
    run()

    shown = run("--show")

    assert demo.PASSWORD in shown
    assert all(address in shown for address, *_rest in demo.PEOPLE)
    assert "/join/" in shown


def test_show_without_data_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="demo data yet"):
        run("--show")


def test_a_real_installation_refuses(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False

    with pytest.raises(CommandError, match="PARLEY_DEMO"):
        run()

    assert not User.objects.exists()


@pytest.fixture
def simulator() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A place that takes what is posted."""
    taken: list[dict[str, Any]] = []

    class Takes(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append({"path": self.path, **json.loads(self.rfile.read(int(self.headers["Content-Length"])))})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Takes) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        thread.join()


def test_show_connects_the_simulator(settings: Any, simulator: tuple[str, list[dict[str, Any]]]) -> None:
    run()
    settings.SIMULATOR_URL, taken = simulator

    shown = run("--show")

    account = ProviderAccount.objects.get(provider="twilio")
    assert "do not answer" not in shown
    assert taken[0]["path"] == "/simulator/setup"
    assert taken[0]["service_sid"] == demo.SERVICE
    assert taken[0]["inbound_url"].endswith(f"/webhooks/twilio/{account.pk}/message#rc=5&rp=all")
