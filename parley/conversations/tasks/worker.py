"""The process side: procrastinate's worker on the direct connection, and what it does by the clock."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from django.db import connections
from django.utils import timezone
from procrastinate import jobs as procrastinate_jobs
from procrastinate import psycopg_connector
from procrastinate.contrib.django import app

from parley.conversations import direct, files
from parley.conversations.tasks import running

logger = logging.getLogger(__name__)

#: long works done side by side in one worker process
CONCURRENCY = 2


async def run_worker_async(*, concurrency: int = CONCURRENCY, name: str = "worker", wait: bool = True) -> None:
    """Work through procrastinate's queue until cancelled (`wait=False`: until it is empty).

    Installs no signal handlers: cancel the asyncio task that awaits this. Uses up to three direct
    connections, and one of Django's for each work under way.
    """
    connector = psycopg_connector.PsycopgConnector(kwargs=direct.parameters(), min_size=1, max_size=3)
    with app.replace_connector(connector) as own:
        async with own.open_async():
            try:
                await own.run_worker_async(
                    name=name,
                    concurrency=concurrency,
                    wait=wait,
                    listen_notify=wait,
                    install_signal_handlers=False,
                    delete_jobs=procrastinate_jobs.DeleteJobCondition.SUCCESSFUL,
                    shutdown_graceful_timeout=5,
                )
            except asyncio.CancelledError:
                logger.info("the queue's worker ends")
                raise


@app.periodic(cron="* * * * * */10")
@app.task(name="recover_background_tasks", queue="tasks", queueing_lock="recover_background_tasks", pass_context=False)
def recover_background_tasks(timestamp: int) -> None:
    """Every ten seconds: take up what a dead process left."""
    try:
        running.recover()
    finally:
        connections.close_all()


@app.periodic(cron="*/10 * * * *")
@app.task(name="delete_expired_files", queue="tasks", queueing_lock="delete_expired_files", pass_context=False)
def delete_expired_files(timestamp: int) -> None:
    """Every ten minutes: uploads and exports whose time is over."""
    try:
        files.delete_expired()
    finally:
        connections.close_all()


@app.periodic(cron="*/1 * * * *")
@app.task(name="retry_stalled_jobs", queue="tasks", queueing_lock="retry_stalled_jobs", pass_context=False)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Every minute: procrastinate's own rows that a dead worker holds.

    Background tasks are taken up by `recover` before that; a second push finds them taken and goes.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30)
    for job in stalled:
        await app.job_manager.retry_job(job, retry_at=timezone.now() + dt.timedelta(seconds=1))
