#!/usr/bin/env python
"""Parley's command line."""

import os
import sys


def main() -> None:
    from parley.engine import local

    local.settle(sys.argv[1] if len(sys.argv) > 1 else "")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
