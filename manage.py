#!/usr/bin/env python
"""Parley's command line."""

import importlib.util
import os
import sys
from pathlib import Path


def enter_environment() -> None:
    """Called with another Python than the project's own: go on with that, or say how to make it."""
    if importlib.util.find_spec("django"):
        return
    python = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if not python.exists():
        sys.exit("Parley is not set up yet. Run: make setup")
    os.execv(python, [str(python), *sys.argv])  # noqa: S606 (our own interpreter)


def main() -> None:
    enter_environment()
    from parley.engine import local

    local.settle(sys.argv[1] if len(sys.argv) > 1 else "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
