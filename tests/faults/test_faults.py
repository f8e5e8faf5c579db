"""Every row of the fault table, shortened."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults import rows, uploads

NAMES = [row.__name__ for row in [*rows.ROWS, *uploads.ROWS]]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_doubled_or_stuck(name: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "PARLEY_TESTING"}}

    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short", name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "tried" in done.stdout
