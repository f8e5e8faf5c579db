"""Telegram's Bot API: one bot is one account with one channel, one chat is one conversation.

`client` keeps the connections, `sending` turns a dispatch into a call and the answer into an outcome,
`errors` classes refusals, `updates` reads what the webhook brings, `configuration` connects and checks.
"""
