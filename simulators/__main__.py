"""`python -m simulators --port 8001 --data DIR`: every simulator in one process."""

from __future__ import annotations

import sys

from simulators import application

if __name__ == "__main__":
    sys.exit(application.main())
