"""The set-up explains what goes wrong in one line, and its checks find what they are for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from setup import browser, checks, frontend, steps
from tests import templates


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "PROJECT", tmp_path)
    monkeypatch.setattr(steps, "LOG", tmp_path / "log" / "setup.log")
    return tmp_path / "log" / "setup.log"


def failing(text: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit(1)"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "No disk space"),
        ("Failed to establish a new connection: Temporary failure in name resolution", "No network"),
        ("npm error code ENOTFOUND", "No network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that the lock names"),
        ("ERROR: No matching distribution found for granian", "no package for this Python"),
        ("[Errno 13] Permission denied: '.venv/bin'", "belong to another user"),
        ("something\nelse entirely", "failed: else entirely"),
    ],
)
def test_a_tools_failure_is_explained_in_one_line(output: str, said: str, log: Path) -> None:
    with pytest.raises(steps.Trouble, match=said) as trouble:
        steps.run(failing(output), "Packages")

    assert "\n" not in str(trouble.value)
    assert output.splitlines()[0] in log.read_text()


def test_a_missing_tool_is_one_line() -> None:
    with pytest.raises(steps.Trouble, match="no-such-tool cannot be run"):
        steps.run(["no-such-tool"], "Packages")


def test_a_browser_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")

    with pytest.raises(steps.Trouble, match="CHROMIUM is /no/such/chromium"):
        browser.install()


def test_vendored_files_name_no_source_maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(frontend, "VENDOR", tmp_path / "vendor")
    for source in frontend.FILES:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a{}\n/*# sourceMappingURL=a.css.map */\nb();\n//# sourceMappingURL=b.js.map")

    frontend.copy()

    for name in frontend.FILES.values():
        assert ("sourceMappingURL" in (tmp_path / "vendor" / name).read_text()) == ("fonts/" in name)


def test_the_locks_name_no_addresses() -> None:
    assert checks._locks() == ""


@pytest.mark.parametrize(
    "line",
    ["--index-url https://pypi.example.org/simple", "--find-links /opt/wheels", "a @ file:///opt/a.whl", '"resolved": "https://r.example/a.tgz"', "-r /srv/other.txt"],
)  # fmt: skip
def test_an_address_in_a_lock_is_found(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PROJECT", tmp_path)
    monkeypatch.setattr(checks, "LOCKS", ("requirements.txt",))
    (tmp_path / "requirements.txt").write_text(f"django==5.2.19\n{line}\n")

    assert line in checks._locks()


@pytest.mark.parametrize(
    "markup",
    ["<script>go()</script>", "<style>a{}</style>", '<p style="color: red">', "<a onclick='go()'>", '<a href="javascript:go()">',
     '<script src="https://cdn.jsdelivr.net/npm/htmx.js"></script>', '<link href="//example.org/a.css">'],
)  # fmt: skip
def test_what_the_security_policy_forbids_is_found_in_templates(markup: str) -> None:
    assert any(pattern.search(markup) for pattern, _ in templates.FORBIDDEN)


@pytest.mark.parametrize(
    "markup",
    ['<script src="{% static "a.js" %}" defer></script>', '<script type="application/json" id="x">', '<link rel="stylesheet" href="/a.css">', '<a href="https://example.org/">'],
)  # fmt: skip
def test_what_it_allows_is_not(markup: str) -> None:
    assert not any(pattern.search(markup) for pattern, _ in templates.FORBIDDEN)
