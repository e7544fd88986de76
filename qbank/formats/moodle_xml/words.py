"""Classes by which qbank finds again in Moodle's HTML what Moodle has no field for."""

from __future__ import annotations

TITLE_CLASS = "qbank-title"
MEDIA_CLASS = "qbank-media"
REFERENCE_CLASS = "qbank-reference"
"""Of the elements that hold the title and files of a stimulus, and one reference each."""
