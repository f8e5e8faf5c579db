"""Connecting a bot, and finding what is wrong with one."""

from __future__ import annotations

import aiogram.exceptions as refusals
from django.utils.translation import gettext as _

from parley.conversations import contracts
from parley.providers.telegram import client, updates

#: more than this many updates waiting at Telegram means that we do not keep up
MANY_PENDING = 100


def webhook_url(account: contracts.Account) -> str:
    """Where Telegram posts updates."""
    return account.webhook_base.rstrip("/") + "/update"


async def connect(bots: client.Bots, account: contracts.Account) -> None:
    """Tell Telegram the address, the secret and the kinds of update. May be repeated."""
    await bots.bot(account).set_webhook(
        webhook_url(account),
        secret_token=account.webhook_secret,
        allowed_updates=updates.ALLOWED_UPDATES,
        max_connections=40,
    )


async def problems(bots: client.Bots, account: contracts.Account) -> list[contracts.Problem]:
    """What a person should put right, in words for them."""
    where = _("Telegram account %(number)s") % {"number": account.id}

    def problem(message: str, remedy: str = "") -> contracts.Problem:
        return contracts.Problem(where=where, message=message, remedy=remedy)

    found = []
    if not account.webhook_secret:
        found.append(
            problem(
                _("There is no webhook secret: every update is refused."),
                _("Set a webhook secret and connect the bot again."),
            )
        )
    try:
        bot = bots.bot(account)
        me = await bot.get_me()
        hook = await bot.get_webhook_info()
    except client.BadToken:
        return [
            *found,
            problem(_("The bot token is not of a token's form."), _("Copy the token that BotFather shows.")),
        ]
    except (refusals.TelegramUnauthorizedError, refusals.TelegramNotFound):
        return [
            *found,
            problem(_("Telegram does not accept the bot token."), _("Get a new token from BotFather.")),
        ]
    except refusals.AiogramError as error:
        return [
            *found,
            problem(
                _("Telegram cannot be reached: %(error)s.") % {"error": type(error).__name__},
                _("Check the network and the server's address."),
            ),
        ]
    if not me.can_read_all_group_messages:
        found.append(
            problem(
                _("The bot's privacy mode hides what members say in groups."),
                _("Turn privacy mode off in BotFather, then remove the bot from each group and add it again."),
            )
        )
    if hook.url != webhook_url(account):
        found.append(
            problem(
                _("Telegram posts updates elsewhere.") if hook.url else _("Telegram posts updates nowhere."),
                _("Connect the bot again."),
            )
        )
    elif hook.pending_update_count > MANY_PENDING:
        found.append(
            problem(
                _("%(count)s updates wait at Telegram.") % {"count": hook.pending_update_count},
                _("Telegram's last delivery error: %(error)s") % {"error": hook.last_error_message or "–"},
            )
        )
    return found
