"""Does the account at Twilio fit what we expect of it, in words for the person who runs it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from twilio.base.exceptions import TwilioException

from parley.conversations import contracts
from parley.providers.twilio import client as client_module
from parley.providers.twilio import urls


async def problems(client: Any, account: contracts.Account) -> list[contracts.Problem]:
    """What keeps texts from going out or coming in: credentials, account, and each messaging service
    (those named in the account's `messaging_services`, else all): 21704 is a service without numbers."""
    try:
        found = await client.api.v2010.accounts(account.credentials.get("account_sid", "")).fetch_async()
        if found.status != "active":
            return [
                contracts.Problem(
                    where=_("Account"),
                    message=_("The Twilio account is %(status)s.") % {"status": found.status},
                    remedy=_("Sign in to Twilio's console to see why."),
                )
            ]
        wanted = account.settings.get("messaging_services")
        services = await client.messaging.v1.services.list_async()
        missing = [sid for sid in wanted or () if sid not in {service.sid for service in services}]
        answers = [_missing(sid) for sid in missing]
        for service in services:
            if wanted is None or service.sid in wanted:
                numbers = await client.messaging.v1.services(service.sid).phone_numbers.list_async(limit=1)
                answers += _service(service, account, empty=not numbers)
        return answers
    except (client_module.NotConnected, client_module.NoAnswer):
        return [
            contracts.Problem(
                where=_("Connection"),
                message=_("Twilio cannot be reached."),
                remedy=_("Check the network, and TWILIO_BASE_URL if it is set."),
            )
        ]
    except (client_module.TooManyRequests, client_module.ServerError):
        return [
            contracts.Problem(
                where=_("Connection"), message=_("Twilio is overloaded."), remedy=_("Try again in a minute.")
            )
        ]
    except TwilioException as error:
        return [
            contracts.Problem(
                where=_("Account"),
                message=_("Twilio does not accept the account's credentials (%(code)s).")
                % {"code": getattr(error, "code", None) or "20003"},
                remedy=_("Compare account SID and auth token with Twilio's console."),
            )
        ]


def _missing(sid: str) -> contracts.Problem:
    return contracts.Problem(
        where=sid,
        message=_("This messaging service does not exist in the account (21705)."),
        remedy=_("Choose one of the account's messaging services."),
    )


def _service(service: Any, account: contracts.Account, *, empty: bool) -> list[contracts.Problem]:
    where = f"{service.friendly_name} ({service.sid})"
    found = []
    if empty:
        found.append(
            contracts.Problem(
                where=where,
                message=_("The messaging service has no phone numbers: every text would be refused (21704)."),
                remedy=_("Add a number to its sender pool."),
            )
        )
    expected = urls.inbound(account)
    actual = service.inbound_request_url or ""
    if service.use_inbound_webhook_on_number:
        found.append(
            contracts.Problem(
                where=where,
                message=_("Answers go to the address set on each number, not to the one of the service."),
                remedy=_("Set “Defer to sender's webhook” off."),
            )
        )
    elif actual.partition("#")[0] != expected.partition("#")[0]:
        found.append(
            contracts.Problem(
                where=where,
                message=_("Answers go to %(actual)s instead of to us.") % {"actual": actual or _("nowhere")},
                remedy=_("Set the incoming address to %(expected)s") % {"expected": expected},
            )
        )
    elif "rc=" not in actual:
        found.append(
            contracts.Problem(
                where=where,
                message=_("Twilio tries to bring an answer only twice."),
                remedy=_("Set the incoming address to %(expected)s") % {"expected": expected},
            )
        )
    return found


async def connect_service(client: Any, account: contracts.Account, *, name: str, sid: str = "") -> str:
    """Make a messaging service, or take the one with this sid, and point it to us; its sid."""
    values = {"inbound_request_url": urls.inbound(account), "inbound_method": "POST"}
    if sid:
        await client.messaging.v1.services(sid).update_async(use_inbound_webhook_on_number=False, **values)
        return sid
    service = await client.messaging.v1.services.create_async(friendly_name=name, **values)
    return str(service.sid)
