"""Mail: Django's mail API writes to the outbox, the worker hands it to an SMTP server.

`backend` is Django's EMAIL_BACKEND, `actions` keeps the instance's mail account, `address` reads EMAIL_URL,
`smtp` talks to the server, `errors` classes its replies, `provider` is what the core knows.
"""
