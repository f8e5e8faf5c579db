"""The front-end packages of package.json and its lock, and the few of their files that pages load."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

from setup import steps

MODULES = steps.PROJECT / "node_modules"
STAMP = MODULES / ".installed"
LOCK = steps.PROJECT / "package-lock.json"
VENDOR = steps.PROJECT / "parley" / "web" / "static" / "vendor"
OWN_NODE = steps.PROJECT / "var" / "node"
NODE_LOCK = steps.PROJECT / "setup" / "requirements-node.txt"
#: older clients do not read the lock's format
OLDEST_NPM = 7

#: in the package -> in the static folder
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "fonts/bootstrap-icons.woff2",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff": "fonts/bootstrap-icons.woff",
    "@alpinejs/csp/dist/cdn.min.js": "alpine-csp.min.js",
    "chart.js/dist/chart.umd.min.js": "chart.umd.js",
}
#: source maps are not shipped, and hashing the static files would look for them
SOURCE_MAP = re.compile(rb"(//[#@]\s*sourceMappingURL=[^\n]*|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*")


def _wanted(*, tests: bool) -> str:
    inputs = LOCK.read_bytes() + Path(__file__).read_bytes()
    return f"{hashlib.sha256(inputs).hexdigest()} {'tests' if tests else 'run'}"


def install(*, tests: bool) -> None:
    found = STAMP.read_text() if STAMP.exists() else ""
    complete = all((VENDOR / name).exists() for name in FILES.values())
    # What is there for tests is enough to run.
    if complete and found in {_wanted(tests=tests), _wanted(tests=True)}:
        return
    with steps.step("Front-end packages"):
        npm = _npm()
        steps.run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if tests else ["--omit=dev"])],
            "Front-end packages",
            environment={"npm_config_update_notifier": "false", "PATH": _path(npm)},
        )
        copy()
    STAMP.write_text(_wanted(tests=tests))


def copy() -> None:
    """Put the files that pages load into the static folder, afresh."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (MODULES / source).read_bytes()
        target.write_bytes(SOURCE_MAP.sub(b"", content) if target.suffix in {".css", ".js"} else content)


def _path(npm: list[str]) -> str:
    """npm starts `node` by name: with our own Node, that one is first."""
    rest = os.environ.get("PATH", "")
    return f"{OWN_NODE / 'bin'}{os.pathsep}{rest}" if npm[0].startswith(str(OWN_NODE)) else rest


def _npm() -> list[str]:
    """The npm client: this machine's where it is new enough, else one from a Python package."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        asked = subprocess.run([found, "--version"], capture_output=True, text=True)
        version = re.match(r"(\d+)\.", asked.stdout)
        if asked.returncode == 0 and version and int(version[1]) >= OLDEST_NPM:
            return [found]
    npm = OWN_NODE / "bin" / "npm"
    stamp = OWN_NODE / "installed"
    wanted = hashlib.sha256(NODE_LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(OWN_NODE, clear=True, with_pip=True, symlinks=True)
        steps.run(
            [
                *(OWN_NODE / "bin" / "python", "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"),
                *("--quiet", "--disable-pip-version-check", "--requirement", NODE_LOCK),
            ],
            "Node (there is no usable npm on this machine)",
            environment={"PIP_ROOT_USER_ACTION": "ignore"},
        )
        stamp.write_text(wanted)
    return [str(npm)]
