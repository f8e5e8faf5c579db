"""Chromium for the browser tests: this machine's, never a downloaded one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from setup import steps

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def find() -> str | None:
    """The browser's program: $CHROMIUM where it is set, else what this machine has."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen if shutil.which(chosen) else None
    installed = (found for name in NAMES if (found := shutil.which(name)))
    return next(installed, None) or next((str(path) for path in APPLICATIONS if path.exists()), None)


def install() -> None:
    """Make sure that there is one; on Debian as root it is installed."""
    if find():
        return
    if chosen := os.environ.get("CHROMIUM"):
        raise steps.Trouble(f"CHROMIUM is {chosen}, which is no program. Correct or unset it.")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with steps.step("Chromium for the browser tests"):
            steps.run(["apt-get", "update", "-qq"], "Debian's package lists")
            steps.run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                "Chromium",
                environment={"DEBIAN_FRONTEND": "noninteractive"},
            )
        return
    how = "brew install --cask chromium" if sys.platform == "darwin" else "sudo apt-get install chromium"
    raise steps.Trouble(
        f"The browser tests need Chromium. Install it ({how}), or set CHROMIUM to its program, and run again."
    )
