"""What this process counts, for Prometheus. Each web process has its own: a scrape meets one of them."""

from __future__ import annotations

from functools import lru_cache

import prometheus_client

#: seconds: a texter feels 0.1, a page is slow at 1
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})

REQUESTS = prometheus_client.Counter("parley_requests_total", "Answered requests", ["method", "route", "status"])
LATENCY = prometheus_client.Histogram("parley_request_seconds", "Time to answer", ["method", "route"], buckets=BUCKETS)
OUTBOX = prometheus_client.Gauge("parley_outbox_waiting", "Messages that wait to be sent")
INBOX = prometheus_client.Gauge("parley_inbox_waiting", "Provider events that wait to be applied")
PARKED = prometheus_client.Gauge("parley_inbox_parked", "Provider events that failed and wait for staff")
HEARTBEAT = prometheus_client.Gauge("parley_worker_heartbeat_age_seconds", "Since the youngest worker was last seen")


@lru_cache(maxsize=4096)
def _request(method: str, route: str, status: int) -> prometheus_client.Counter:
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=1024)
def _latency(method: str, route: str) -> prometheus_client.Histogram:
    return LATENCY.labels(method, route)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. Methods that clients make up are counted as one."""
    method = method if method in METHODS else "other"
    _request(method, route, status).inc()
    _latency(method, route).observe(seconds)
