"""Settings are checked when a process starts, not when a page first needs them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from parley.engine import environment


@checks.register("parley")
def settings_are_right(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """One error for each environment variable that is not what it should be."""
    return [checks.Error(problem, id="parley.E001") for problem in environment.problems(os.environ)]
