"""What differs in meaning between two banks: `compare.py` finds it, text, json and markdown tell it."""

from __future__ import annotations

from collections.abc import Callable

from qbank.comparison import json, markdown, text
from qbank.comparison.changes import Comparison
from qbank.reporters.contract import Rendering

RENDERERS: dict[str, Callable[[Comparison, Rendering], str]] = {
    "text": text.render,
    "json": json.render,
    "markdown": markdown.render,
}
"""How a comparison is told."""
