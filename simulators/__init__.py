"""Stand-ins that speak the real wire protocols of the providers, for the demo and the tests.

Nothing here is imported by Parley, and nothing here imports Parley: the only thing both share is
the protocol on the wire. Each sub-package exposes `routes(app, shell)`; `application.build` puts
them into one aiohttp application.
"""
