"""The applier: turns stored events into messages, as soon as they are there."""

from __future__ import annotations

import logging
import threading
import time

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from prometheus_client import Counter, Histogram

from parley.conversations.actions import receiving
from parley.conversations.worker import every_organization, housekeeping

log = logging.getLogger(__name__)

APPLIED = Counter("parley_inbound_applied_total", "Inbound events applied")
BATCH_SECONDS = Histogram("parley_inbound_batch_seconds", "Seconds to apply a batch of inbound events")

#: seconds between two looks at an empty queue; an announcement wakes it at once
IDLE = 0.1
BATCH = 500


class Applier(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="applier", daemon=True)
        self.wake = threading.Event()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.wake.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.wake.clear()
            started = time.monotonic()
            try:
                close_old_connections()
                with every_organization():
                    applied = receiving.apply_events(BATCH)
            except (OperationalError, InterfaceError) as error:
                log.warning("inbox: no database (%s)", type(error).__name__)
                housekeeping.outage.set()
                connection.close()
                applied = 0
                self._stopping.wait(0.5)
            except Exception:
                log.exception("applying inbound events failed")
                applied = 0
                self._stopping.wait(1.0)
            if applied:
                APPLIED.inc(applied)
                BATCH_SECONDS.observe(time.monotonic() - started)
            if applied < BATCH:
                # Under load a short rest makes the next batch larger and the work per event smaller.
                self.wake.wait(IDLE if not applied else 0.02)
        connection.close()
