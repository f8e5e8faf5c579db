"""The embedded PostgreSQL: one real server in the project's own folder, shared by all that need it.

`ensure(directory)` starts the server, or joins the one that runs, and returns its `DATABASE_URL`.
A supervisor process owns the server. Every process that called `ensure` holds the writing end of a
named pipe; the kernel closes it however the process ends (also by `kill -9`), and when the last one is
gone the supervisor shuts the server down. Nothing here imports Django.

    var/postgres            the data; for root it may lie elsewhere, see `location`
    var/postgres.json       supervisor, port, data directory: written when the server answers
    var/postgres.password   random, readable by its owner alone
"""

from parley.engine.postgres.cluster import ensure, release, restart, status, stop
from parley.engine.postgres.location import Failure

__all__ = ["Failure", "ensure", "release", "restart", "status", "stop"]
