"""A named YAML or JSON document as a plain tree, just as the file says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qbank.reading import files, json_text, yaml_text
from qbank.reading.text import Unreadable, decode


def load_tree(path: str | Path) -> Any:
    """The tree of a .json file, or of a YAML file. Raises PathError when it is neither."""
    path = Path(path)
    data = files.read_named(path)
    try:
        return json_text.parse(data) if path.suffix == ".json" else yaml_text.parse(decode(data))
    except Unreadable as error:
        raise files.not_readable(path, error) from None
