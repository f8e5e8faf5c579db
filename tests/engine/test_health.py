"""The pages that machines read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_cache() -> None:
    cache.clear()


def beat(seconds_ago: float = 0) -> None:
    seen = timezone.now() - timedelta(seconds=seconds_ago)
    heartbeats = apps.get_model("conversations", "WorkerHeartbeat")._default_manager
    heartbeats.update_or_create(name="one", defaults={"started_at": seen, "seen_at": seen})


def test_the_process_page_asks_nothing(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_with_a_worker_at_work(client: Client) -> None:
    beat()

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "problems": {}})


def test_not_ready_without_a_worker(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert "manage.py worker" in response.json()["problems"]["worker"]


def test_not_ready_when_the_worker_is_silent(client: Client) -> None:
    beat(seconds_ago=45)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"]["worker"].startswith("last seen 45 s ago")


def test_not_ready_with_a_migration_missing(client: Client) -> None:
    beat()
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'sessions'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["problems"] == {"migrations": "1 not applied; run: python manage.py migrate"}


def test_metrics_count_routes_and_never_paths(client: Client) -> None:
    client.get("/healthz")
    client.get("/no/such/+15558675309")

    page = client.get("/metrics").content.decode()

    assert 'parley_requests_total{method="GET",route="healthz",status="200"}' in page
    assert 'route="unmatched",status="404"' in page
    assert "5558675309" not in page


def test_metrics_are_for_this_machine_or_for_the_token(client: Client, settings: Settings) -> None:
    elsewhere = client.get("/metrics", REMOTE_ADDR="203.0.113.9")
    through_a_proxy = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    settings.METRICS_TOKEN = "t"
    without = client.get("/metrics")
    with_it = client.get("/metrics", headers={"Authorization": "Bearer t"}, REMOTE_ADDR="203.0.113.9")

    assert [a.status_code for a in (elsewhere, through_a_proxy, without, with_it)] == [403, 403, 401, 200]
