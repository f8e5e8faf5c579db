"""Accounts and channels: what admins see, change and connect; what is never shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parley.accounts.models import AuditEvent, Organization, Role
from parley.conversations import actions, connections, contracts, credentials, registry
from parley.conversations.models import Channel, ProviderAccount
from tests.conversations import doubles

SID = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
TWILIO = {"name": "Texts", "account_sid": SID, "auth_token": "a-very-secret-token", "messaging_service_sid": SERVICE}
BOT_TOKEN = "4711:AAHsecretsecretsecret"


class SelfConnecting(doubles.MemoryProvider):
    """A provider that can be told where to post, and has remarks about its configuration."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.told: list[contracts.Account] = []
        self.refuses = False
        self.remarks: list[contracts.Problem] = []
        self.closed = 0

    async def connect_webhook(self, account: contracts.Account) -> None:
        if self.refuses:
            raise RuntimeError(f"refused {account.credentials['token']}")
        self.told.append(account)

    async def check_configuration(self, account: contracts.Account) -> list[contracts.Problem]:
        if self.refuses:
            raise RuntimeError(f"refused {account.credentials['token']}")
        return self.remarks

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> SelfConnecting:
    monkeypatch.setattr(registry, "_providers", dict(registry._providers))
    provider = SelfConnecting("telegram")
    registry.register_provider(provider)
    connections.forget()
    return provider


@pytest.fixture
def admin(client_of: Callable[[Role], Client]) -> Client:
    return client_of(Role.ADMIN)


def address(name: str, *arguments: object) -> str:
    return reverse(f"conversations:{name}", args=["oak", *arguments])


def page(client: Client, name: str, *arguments: object) -> str:
    response = client.get(address(name, *arguments))
    assert response.status_code == 200
    return response.content.decode()


# --- seeing ----------------------------------------------------------------------------------------


def test_a_stopped_channel_says_why_and_goes_on_when_it_is_resumed(admin: Client, channel: Channel) -> None:
    actions.stop_channel(channel.pk, reason="20003 wrong credentials")
    assert "20003 wrong credentials" in page(admin, "channels")

    admin.post(address("channel_resume", channel.pk))

    shown = page(admin, "channels")
    assert "20003" not in shown
    assert "In order" in shown
    assert AuditEvent.everywhere.get(verb="channel.resumed").target_id == channel.pk


def test_without_accounts_the_page_says_what_to_connect(admin: Client) -> None:
    assert "Nothing is connected yet" in page(admin, "channels")


def test_the_queue_of_a_channel_is_counted(admin: Client, channel: Channel) -> None:
    for number in range(3):
        actions.queue_message(
            organization_id=channel.organization_id, channel=channel, program="walks", address=f"+1{number}", text="Hi"
        )

    assert '<td class="number">3</td>' in page(admin, "channels")


def test_a_shared_account_of_others_is_shown_and_cannot_be_changed(
    admin: Client, account: ProviderAccount, channel: Channel
) -> None:
    owner = Organization.objects.create(name="Riverside", slug="riverside")
    ProviderAccount.objects.filter(pk=account.pk).update(organization=owner, shared=True)
    Channel.objects.filter(pk=channel.pk).update(organization=owner, shared=True)
    actions.stop_channel(channel.pk, reason="30002")

    shown = page(admin, "channels")

    assert "shared by Riverside" in shown
    assert "Resume" not in shown
    assert "Manage" not in shown
    assert admin.get(address("channel_account", account.pk)).status_code == 404
    for name in ("channel_check", "channel_rates", "channel_credentials", "channel_connect_again"):
        assert admin.post(address(name, account.pk)).status_code == 404
    assert admin.post(address("channel_resume", channel.pk)).status_code == 404


def test_an_account_of_others_that_is_not_shared_does_not_exist(admin: Client, account: ProviderAccount) -> None:
    owner = Organization.objects.create(name="Riverside", slug="riverside")
    ProviderAccount.objects.filter(pk=account.pk).update(organization=owner)

    assert "Memory" not in page(admin, "channels")


def test_the_list_costs_the_same_for_one_account_and_for_many(
    admin: Client, account: ProviderAccount, channel: Channel
) -> None:
    with CaptureQueriesContext(connection) as one:
        page(admin, "channels")
    for number in range(5):
        further = actions.connect_account(
            organization=account.organization, provider="memory", name=f"M{number}", values={}
        )
        actions.add_channel(further, kind="bot", address_kind="phone", address=f"B{number}", name=f"B{number}")
    with CaptureQueriesContext(connection) as many:
        page(admin, "channels")

    assert len(many) == len(one) <= 7


# --- rates -----------------------------------------------------------------------------------------


def test_rates_are_set_and_taken_away(admin: Client, account: ProviderAccount, channel: Channel) -> None:
    admin.post(address("channel_rates", account.pk), {"account": "20", f"channel_{channel.pk}": "1.5"})
    account.refresh_from_db()
    channel.refresh_from_db()
    assert (account.rate, channel.rate) == (20, 1.5)

    admin.post(address("channel_rates", account.pk), {"account": "", f"channel_{channel.pk}": ""})

    account.refresh_from_db()
    channel.refresh_from_db()
    assert (account.rate, channel.rate) == (None, None)
    assert AuditEvent.everywhere.filter(verb="channel.rate_changed").count() == 2


@pytest.mark.parametrize("rate", ["0", "-1", "fast", "nan", "inf", "100000"])
def test_a_rate_that_cannot_be_is_refused(admin: Client, account: ProviderAccount, channel: Channel, rate: str) -> None:
    answer = admin.post(address("channel_rates", account.pk), {"account": rate})

    assert answer.status_code == 422
    account.refresh_from_db()
    assert account.rate is None


# --- connecting ------------------------------------------------------------------------------------


def test_a_twilio_account_is_connected_and_its_addresses_are_shown(admin: Client, organization: Organization) -> None:
    answer = admin.post(address("channel_connect", "twilio"), TWILIO)

    account = ProviderAccount.objects.get()
    assert answer.headers["Location"] == address("channel_account", account.pk) + "?check=1"
    assert credentials.reveal(account.credentials) == {"account_sid": SID, "auth_token": "a-very-secret-token"}
    assert account.settings == {"messaging_services": [SERVICE]}
    assert (account.organization, account.shared) == (organization, False)
    channel = Channel.objects.get()
    assert (channel.address, channel.kind, channel.address_kind) == (SERVICE, "messaging_service", "phone")
    shown = page(admin, "channel_account", account.pk)
    assert f"/webhooks/twilio/{account.pk}/message#rc=5&amp;rp=all" in shown
    assert SID in shown
    event = AuditEvent.everywhere.get(verb="channel.connected")
    assert "secret" not in str(event.detail)


@pytest.mark.parametrize(
    ("field", "value"),
    [("account_sid", "AC12"), ("messaging_service_sid", "PN" + "0" * 32), ("auth_token", ""), ("name", "")],
)
def test_a_wrong_field_is_named_and_secrets_are_not_sent_back(
    admin: Client, organization: Organization, field: str, value: str
) -> None:
    answer = admin.post(address("channel_connect", "twilio"), {**TWILIO, field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "a-very-secret-token" not in answer.content.decode()
    assert not ProviderAccount.objects.exists()


def test_the_same_account_is_connected_once(admin: Client, organization: Organization) -> None:
    admin.post(address("channel_connect", "twilio"), TWILIO)

    answer = admin.post(address("channel_connect", "twilio"), TWILIO)

    assert answer.status_code == 422
    assert "connected already" in answer.content.decode()
    assert ProviderAccount.objects.count() == 1


def test_a_bot_is_connected_and_told_where_to_post(
    admin: Client, organization: Organization, telegram: SelfConnecting
) -> None:
    admin.post(address("channel_connect", "telegram"), {"name": "Bot", "token": BOT_TOKEN})

    account = ProviderAccount.objects.get()
    assert [told.id for told in telegram.told] == [account.pk]
    assert telegram.closed
    assert Channel.objects.get().address == "4711"
    assert BOT_TOKEN not in page(admin, "channel_account", account.pk)


def test_a_bot_that_telegram_refuses_is_kept_and_the_check_says_so(
    admin: Client, organization: Organization, telegram: SelfConnecting, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuses = True

    admin.post(address("channel_connect", "telegram"), {"name": "Bot", "token": BOT_TOKEN})

    account = ProviderAccount.objects.get()
    shown = admin.post(address("channel_check", account.pk)).content.decode()
    assert "The check itself failed (RuntimeError)." in shown
    assert BOT_TOKEN not in shown
    assert "AAHsecret" not in caplog.text


def test_there_are_pages_for_what_can_be_connected_alone(admin: Client, organization: Organization) -> None:
    assert admin.get(address("channel_connect", "pigeons")).status_code == 404


# --- checking, and new credentials -----------------------------------------------------------------


@pytest.fixture
def bot(organization: Organization, telegram: SelfConnecting) -> ProviderAccount:
    return actions.connect_account(
        organization=organization, provider="telegram", name="Bot", values={"token": BOT_TOKEN}
    )


def test_the_check_says_in_words_what_is_wrong(admin: Client, bot: ProviderAccount, telegram: SelfConnecting) -> None:
    telegram.remarks = [contracts.Problem(where="Bot", message="Posts go elsewhere.", remedy="Connect it again.")]

    fragment = admin.post(address("channel_check", bot.pk), headers={"HX-Request": "true"}).content.decode()
    whole = admin.post(address("channel_check", bot.pk)).content.decode()

    for shown in (fragment, whole):
        assert "Posts go elsewhere." in shown
        assert "Connect it again." in shown
    assert "<html" not in fragment
    assert "<html" in whole


def test_the_check_says_when_all_is_well(admin: Client, bot: ProviderAccount) -> None:
    assert "All is well." in admin.post(address("channel_check", bot.pk)).content.decode()


def test_new_credentials_take_the_place_of_the_old_ones(
    admin: Client, bot: ProviderAccount, telegram: SelfConnecting
) -> None:
    connections.connection(bot.pk)

    admin.post(address("channel_credentials", bot.pk), {"token": "4711:AAHanothersecret"})

    assert connections.connection(bot.pk).account.credentials == {"token": "4711:AAHanothersecret"}
    assert telegram.told[-1].credentials == {"token": "4711:AAHanothersecret"}
    event = AuditEvent.everywhere.get(verb="channel.credentials_replaced")
    assert (event.target_id, event.detail) == (bot.pk, {})


def test_another_bots_token_is_refused(admin: Client, bot: ProviderAccount) -> None:
    answer = admin.post(address("channel_credentials", bot.pk), {"token": "4712:AAHanothersecret"})

    assert answer.status_code == 422
    assert "This is another bot" in answer.content.decode()
    bot.refresh_from_db()
    assert credentials.reveal(bot.credentials) == {"token": BOT_TOKEN}


def test_credentials_that_cannot_be_read_are_said_so_and_can_be_replaced(
    admin: Client, organization: Organization
) -> None:
    admin.post(address("channel_connect", "twilio"), TWILIO)
    account = ProviderAccount.objects.get()
    ProviderAccount.objects.update(credentials="kept with a lost key")
    connections.forget()

    assert "cannot be read" in page(admin, "channel_account", account.pk)
    assert "cannot be read" in admin.post(address("channel_check", account.pk)).content.decode()

    admin.post(address("channel_credentials", account.pk), {"account_sid": SID, "auth_token": "another-token"})

    assert connections.connection(account.pk).account.credentials == {"account_sid": SID, "auth_token": "another-token"}


def test_a_new_auth_token_leaves_the_account_as_it_is(admin: Client, organization: Organization) -> None:
    admin.post(address("channel_connect", "twilio"), TWILIO)
    account = ProviderAccount.objects.get()

    admin.post(address("channel_credentials", account.pk), {"account_sid": "AC" + "1" * 32, "auth_token": "new-token"})

    account.refresh_from_db()
    assert credentials.reveal(account.credentials) == {"account_sid": SID, "auth_token": "new-token"}
