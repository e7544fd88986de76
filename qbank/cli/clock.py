"""The one place where the clock is read."""

from __future__ import annotations

import datetime
import os


def today() -> str:
    """Today's date (ISO, UTC), or that of SOURCE_DATE_EPOCH when it is set to a number of seconds."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "")
    if stated.isascii() and stated.isdigit():
        return datetime.datetime.fromtimestamp(int(stated), datetime.UTC).date().isoformat()
    return datetime.datetime.now(datetime.UTC).date().isoformat()
