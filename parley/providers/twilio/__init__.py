"""Texting through Twilio: the official SDK out, signed webhooks in.

`provider.Twilio` is what registers with the core; docs/twilio.md says what it promises.
"""
