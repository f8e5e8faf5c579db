"""The addresses that Twilio calls. Django's own route is the core's `/webhooks/<provider>/<account>/<kind>`."""

from __future__ import annotations

from parley.conversations import contracts

#: Five more attempts after any failure, within Twilio's 15 s. The fragment is neither sent nor signed:
#: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
RETRIES = "#rc=5&rp=all"

#: the query parameter in which a report brings back the id of our message
MESSAGE_PARAMETER = "m"


def inbound(account: contracts.Account) -> str:
    """Where messages to our numbers are posted."""
    return f"{account.webhook_base.rstrip('/')}/message{RETRIES}"


def status(account: contracts.Account, *, message_id: int | None = None) -> str:
    """Where reports are posted; with our message's id, so that the first report settles a lost answer."""
    query = "" if message_id is None else f"?{MESSAGE_PARAMETER}={message_id}"
    return f"{account.webhook_base.rstrip('/')}/status{query}{RETRIES}"
