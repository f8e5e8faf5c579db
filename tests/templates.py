"""Every template compiles, and none needs what the content security policy forbids.

python -m tests.templates     prints one line for each finding; exits 1 when there are any
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
#: what must not stand in a page -> why
FORBIDDEN = (
    (re.compile(r"<script(?![^>]*(?:\bsrc\s*=|type=\"application/json\"))[^>]*>", re.I), "an inline script"),
    (re.compile(r"<style\b", re.I), "an inline style sheet"),
    (re.compile(r"\sstyle\s*=\s*[\"']", re.I), "an inline style"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I), "an inline event handler"),
    (re.compile(r"javascript:", re.I), "a javascript: address"),
    (
        re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//[^\"']*\.(?:js|css|woff2?|png|svg)\b", re.I),
        "a file from another server",
    ),
    (re.compile(r"cdn\.|jsdelivr|unpkg|googleapis|cdnjs", re.I), "a CDN's address"),
)
#: mail is read in programs that know no style sheets, and is never served
MAIL = re.compile(r"/(?:email|mail)s?/")


def files() -> Iterator[Path]:
    for folder in ("parley", "simulators"):
        yield from sorted((PROJECT / folder).glob("**/templates/**/*.html"))


def findings() -> Iterator[str]:
    from django.template import TemplateSyntaxError, engines

    engine = engines["django"]
    for path in files():
        name = path.relative_to(PROJECT)
        text = path.read_text()
        if name.parts[0] == "parley":
            try:
                engine.from_string(text)
            except TemplateSyntaxError as error:
                yield f"{name}: {error}"
        if MAIL.search(str(name)):
            continue
        text = re.sub(
            r"\{#.*?#\}|\{% comment.*?endcomment %\}", lambda found: "\n" * found[0].count("\n"), text, flags=re.S
        )
        for number, line in enumerate(text.splitlines(), 1):
            yield from (f"{name}:{number}: {what}" for pattern, what in FORBIDDEN if pattern.search(line))


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.settings")
    import django

    django.setup()
    found = list(findings())
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
