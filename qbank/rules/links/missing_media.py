"""Rule missing-media."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qbank.diagnostics import Finding, Severity, Where
from qbank.model.bank import Bank
from qbank.model.text import Text
from qbank.reading.files import leads_outside
from qbank.rule import rule
from qbank.rules.links._media import LINK, outside, shown
from qbank.screening import mentions

GONE = "there is no file "
"""How it is said of a file that is not there; the file follows."""
_HINT = "Put the file there, or correct the path; it is relative to the bank's folder."


@rule(Severity.ERROR, screen=mentions("](", "<img"))
def missing_media(passage: Text, bank: Bank) -> Iterator[Finding]:
    """A file that a stimulus or a text shows is not in the bank.

    Candidates see an empty frame, and cannot answer what the figure was needed for; exports refuse the item.
    Looked for are the `media` of stimuli and the images in texts (`![…](media/x.png)`), relative to the
    bank's folder. A path that leads out of it is media-outside-bank. An image in a text that is a link counts
    as missing: what it leads to may be another file on the next computer, or none.

    Put the file into the bank, or correct the path (case counts).

    Source: IMS QTI 3.0, content packages: every file that is referenced is there.
    """
    if not bank.root:
        return
    root = Path(bank.root)
    for where, file, sha256 in shown(passage):
        if not sha256 and not outside(file):
            yield from _missing(where, file, root, in_text=passage.pointer[0] != "media")


def _missing(where: Where, file: str, root: Path, *, in_text: bool) -> Iterator[Finding]:
    path = root / file.replace("\\", "/")
    try:
        is_link = leads_outside(path, root)
        if is_link and not in_text:
            return
        why = f"{file} {LINK}" if is_link else "" if path.is_file() else f"{GONE}{file}"
        if not why and not os.access(path, os.R_OK):
            why = f"the file {file} cannot be read"
    except (OSError, ValueError):
        why = f"{GONE}{file}"
    if why:
        yield Finding(where, why, hint=_HINT)
