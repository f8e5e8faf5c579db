"""Runs one command and ends it, with all that it started, when the pipe on standard input closes.

    python -S leash.py COMMAND …

The kernel closes the pipe when whoever started us is gone, also by `kill -9`, so that nothing is left
behind on Linux and on macOS. Standard library only: it stays small.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

#: seconds between the request to end and the end
GRACE = 12.0


def _end_with_us() -> None:
    """On Linux the command ends with us even if we are killed ourselves."""
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def main() -> int:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_us)
    ending = threading.Event()

    def end() -> None:
        if not ending.is_set():
            ending.set()
            # the first process alone: it ends those that it started in its own order
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            time.sleep(GRACE)
            _signal_group(process, signal.SIGKILL)

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        end()

    threading.Thread(target=watch, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=end, daemon=True).start())
    code = process.wait()
    _signal_group(process, signal.SIGKILL)  # whatever it started and left behind
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
