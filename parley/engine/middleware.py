"""Request counts and latencies, at a few microseconds a request."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from parley.engine import metrics


class Metrics:
    """Counts every request under its route (never its path: paths have ids), method and status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name or match.route or "/") if match else "unmatched"
        metrics.observe(request.method or "", route, response.status_code, time.perf_counter() - started)
        return response
