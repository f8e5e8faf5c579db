"""`python -m benchmarks [ROW …] [--quick]`: measure, print the table, write results.json."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

from benchmarks import results

ROWS = {"c": "row_c", "d": "row_d", "h": "row_h"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], help=f"which rows ({', '.join(ROWS)}); none = all")
    parser.add_argument("--quick", action="store_true", help="short runs, nothing written: does it still work?")
    parser.add_argument("--markdown", action="store_true", help="print the kept results as a table; measure nothing")
    asked = parser.parse_args()
    if asked.markdown:
        print(results.markdown())
        return 0
    rows = asked.rows or list(ROWS)
    if len(rows) > 1:
        # each in a process of its own, so that none inherits another's connections or memory
        extra = ["--quick"] if asked.quick else []
        codes = [subprocess.run([sys.executable, "-m", "benchmarks", row, *extra]).returncode for row in rows]
        return max(codes)
    figures: list[results.Figure] = []
    for row in rows:
        module = importlib.import_module(f"benchmarks.{ROWS[row]}")
        print(f"row {row}: {(module.__doc__ or '').splitlines()[0].split(': ', 1)[-1]}", flush=True)
        figures += module.run(seconds=3.0) if asked.quick else module.run()
    print(results.show(figures))
    if not asked.quick:
        results.write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
