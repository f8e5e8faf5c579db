"""Which contact loaders are active: the names in CONTACT_LOADERS, in that order."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from importlib import metadata

from django.conf import settings

from parley.texting.contact_loaders import base, csv_upload

log = logging.getLogger(__name__)

DEFAULT = "csv-upload"


@functools.cache
def known() -> Mapping[str, base.ContactLoader]:
    """Ours, and those that installed packages bring. One that cannot be loaded is logged and left out."""
    found: dict[str, base.ContactLoader] = {csv_upload.CsvUpload.name: csv_upload.CsvUpload()}
    for entry in metadata.entry_points(group="parley.contact_loaders"):
        try:
            loader: base.ContactLoader = entry.load()()
        except Exception:
            log.exception("contact loader %s cannot be loaded", entry.name)
        else:
            found[loader.name] = loader
    return found


def active() -> list[base.ContactLoader]:
    """The loaders that organizers may choose from."""
    wanted = str(getattr(settings, "CONTACT_LOADERS", DEFAULT)).split(",")
    return [known()[name.strip()] for name in wanted if name.strip() in known()]


def loader_of(name: str) -> base.ContactLoader:
    """Raises KeyError for a loader that is not active."""
    return {loader.name: loader for loader in active()}[name]
