"""The embedded PostgreSQL from the command line.

python -m parley.engine.postgres [--directory var/postgres] url              print the address of a running server
python -m parley.engine.postgres [--directory var/postgres] status           say whether it runs
python -m parley.engine.postgres [--directory var/postgres] stop             end it, whoever uses it
python -m parley.engine.postgres [--directory var/postgres] exec COMMAND …   run a command with DATABASE_URL set
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from parley.engine.postgres import cluster, location

PROJECT = Path(__file__).resolve().parents[3]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parley.engine.postgres", description="The embedded PostgreSQL.")
    parser.add_argument("--directory", type=Path, default=PROJECT / "var" / "postgres")
    parser.add_argument("--not-durable", action="store_true", help="do not wait for the disk (tests only)")
    parser.add_argument("verb", choices=["url", "status", "stop", "exec"])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    try:
        if asked.verb == "stop":
            cluster.stop(asked.directory)
        elif asked.verb == "exec":
            address = cluster.ensure(asked.directory, durable=not asked.not_durable)
            words = [word for word in asked.command if word != "--"]
            return subprocess.run(words, env=os.environ | {"DATABASE_URL": address}).returncode
        else:
            state = cluster.status(asked.directory)
            if state is None:
                print("PostgreSQL is not running.", file=sys.stderr)
                return 1
            files = cluster.Files(asked.directory.resolve())
            print(
                cluster.address(files, state.port) if asked.verb == "url" else f"PostgreSQL runs on port {state.port}."
            )
    except location.Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
