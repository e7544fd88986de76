"""Form files (JSON) → Form, and back."""

from __future__ import annotations

from pathlib import Path

import msgspec

from qbank.diagnostics import json_pointer
from qbank.model.form import Form
from qbank.reading import files, json_text, schemas, typed
from qbank.reading.files import PathError, shown
from qbank.reading.text import Unreadable


def load_form(path: str | Path) -> Form:
    """Read a form file. Raises PathError, naming the first fault, when it is none."""
    path = Path(path)
    data = files.read_named(path)
    try:
        tree = json_text.parse(data)
        if json_text.has_repeats(tree, data):
            raise Unreadable("an object has a key twice")
        if (unusable := typed.unusable(tree)) is not None:
            raise Unreadable(f"{unusable[1]} ({json_pointer(unusable[0])})")
    except Unreadable as error:
        raise PathError(f"{shown(path)}:{error.line}:{error.column}: {error}") from None
    found = schemas.problems(schemas.check("form"), tree)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise PathError(
            f"{shown(path)}: this is not a form: {found[0].message}{more}. {found[0].hint}".strip()
        )
    return msgspec.convert(typed.with_whole_numbers(tree), Form)


def form_bytes(form: Form) -> bytes:
    """The text of a form file: JSON with an indent of two, one final line feed."""
    return msgspec.json.format(msgspec.json.encode(form), indent=2) + b"\n"
