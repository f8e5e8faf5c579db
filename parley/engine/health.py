"""Is it alive, can it work, how much does it do: the pages that machines read."""

from __future__ import annotations

import hmac
from datetime import timedelta

import prometheus_client
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parley.engine import metrics

#: a worker writes every few seconds; one that has not for this long is gone or stuck
HEARTBEAT_LIMIT = timedelta(seconds=30)
#: seconds; applied migrations change only with a release
MIGRATIONS_REMEMBERED = 60


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Nothing else is asked: a database that is away is no reason to end it."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything that a message needs is there; else 503 and what is wrong, as JSON."""
    wrong = problems()
    return JsonResponse({"ready": not wrong, "problems": wrong}, status=503 if wrong else 200)


def problems() -> dict[str, str]:
    """What is wrong, by part: database, migrations, worker, provider_accounts. Empty when all is well."""
    try:
        found = {"migrations": _migrations(), "worker": _worker(), "provider_accounts": _provider_accounts()}
    except DatabaseError as error:
        return {"database": f"does not answer ({type(error).__name__})"}
    return {part: problem for part, problem in found.items() if problem}


def _migrations() -> str:
    if cache.get("parley.engine.migrated"):
        return ""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return f"{len(waiting)} not applied; run: python manage.py migrate"
    cache.set("parley.engine.migrated", True, MIGRATIONS_REMEMBERED)
    return ""


def _worker() -> str:
    heartbeats = apps.get_model("conversations", "WorkerHeartbeat")
    newest = heartbeats._default_manager.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if newest is None:
        return "none has ever run; start one: python manage.py worker"
    age = timezone.now() - newest
    metrics.HEARTBEAT.set(age.total_seconds())
    if age > HEARTBEAT_LIMIT:
        return f"last seen {age.total_seconds():.0f} s ago; start one: python manage.py worker"
    return ""


def _provider_accounts() -> str:
    with connection.cursor() as cursor:
        # Across all organizations, and ids alone: names of accounts are their organization's business.
        table = apps.get_model("conversations", "ProviderAccount")._meta.db_table
        cursor.execute(f'select id, provider from "{table}" where stopped_at is not null order by id limit 20')  # noqa: S608
        stopped = cursor.fetchall()
    return f"stopped: {', '.join(f'{provider} {number}' for number, provider in stopped)}" if stopped else ""


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """This process's counters for Prometheus: with METRICS_TOKEN to its bearer, else to this machine."""
    token: str = getattr(settings, "METRICS_TOKEN", "")
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), token.encode()):
            return HttpResponse("A token is needed.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    elif "X-Forwarded-For" in request.headers or request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        return HttpResponse("Set METRICS_TOKEN to read this from elsewhere.\n", status=403)
    _measure_queues()
    return HttpResponse(prometheus_client.generate_latest(), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _measure_queues() -> None:
    """The queues' lengths; both tables hold only what is unfinished or recent."""
    outbox = apps.get_model("conversations", "Outbox")._meta.db_table
    inbound = apps.get_model("conversations", "InboundEvent")._meta.db_table
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f'select (select count(*) from "{outbox}"),'  # noqa: S608  (the names come from the models)
                f' (select count(*) from "{inbound}" where applied_at is null and parked_at is null),'
                f' (select count(*) from "{inbound}" where parked_at is not null)'
            )
            waiting, unapplied, parked = cursor.fetchone()
    except DatabaseError:
        return
    metrics.OUTBOX.set(waiting)
    metrics.INBOX.set(unapplied)
    metrics.PARKED.set(parked)
