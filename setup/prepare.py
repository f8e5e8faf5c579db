"""Make this checkout ready to run: Python packages, front-end files, and for tests a browser.

    setup/with-python -m setup.prepare [--tests]

Does only what the locks say has changed since the last time. Needs nothing but Python's standard
library. What goes wrong is said in one line with its remedy; the whole output is in var/log/setup.log.
"""

from __future__ import annotations

import fcntl
import shutil
import sys

from setup import browser, frontend, packages, steps

#: bytes: the environment, the front-end packages and a small database
ROOM = 1_500_000_000
#: bytes for a start that installs nothing
ROOM_TO_START = 300_000_000


def main() -> int:
    tests = "--tests" in sys.argv
    try:
        (steps.PROJECT / "var" / "log").mkdir(parents=True, exist_ok=True)
        with (steps.PROJECT / "var" / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second finds everything done
            needed = ROOM_TO_START if packages.ready(tests=tests) else ROOM
            free = shutil.disk_usage(steps.PROJECT).free
            if free < needed:
                raise steps.Trouble(
                    f"No disk space: {needed >> 20} MB are needed here and {free >> 20} MB are free. Make room and run again."
                )
            packages.install(tests=tests)
            frontend.install(tests=tests)
            if tests:
                browser.install()
    except steps.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"{error.filename} belongs to another user. Run as that user, or give the folder to yourself.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(f"The set-up cannot write {error.filename or 'here'}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
