"""`python -m tests.faults [NAME …] [--short]`: do what can go wrong, one line a row."""

from __future__ import annotations

import argparse
import sys

from tests.faults import rows, uploads


def main() -> int:
    known = {row.__name__: row for row in [*rows.ROWS, *uploads.ROWS]}
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("names", nargs="*", help=f"which rows ({', '.join(known)}); none = all")
    parser.add_argument("--short", action="store_true", help="as `make test` does")
    asked = parser.parse_args()
    clean = True
    for name in asked.names or known:
        for line in known[name](short=asked.short):
            print(line, flush=True)
            clean = clean and line.clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
