"""Every package that Parley asks for by name has its reason in docs/dependencies.md."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: the name of a package, without version, extras and conditions
NAME = re.compile(r"[\w.-]+")


def _explained() -> set[str]:
    """The names in backticks at the beginning of a table's row."""
    rows = re.findall(r"^\|([^|]+)\|", (PROJECT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    return {name.partition("[")[0] for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_python_package_is_explained_and_no_other() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    packages = json.loads((PROJECT / "package.json").read_text())
    scripts = {*packages["dependencies"], *packages["devDependencies"]}

    names = {match[0] for line in asked if (match := NAME.match(line))} | scripts

    assert _explained() - {"emulate"} == names
