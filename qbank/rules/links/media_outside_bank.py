"""Rule media-outside-bank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.reading.files import leads_outside
from qbank.rule import rule
from qbank.rules.links._media import LINK, media, outside


@rule(Severity.ERROR)
def media_outside_bank(bank: Bank) -> Iterator[Finding]:
    """A file of a stimulus lies outside the bank: a web address, an absolute path, one with `..`, a link.

    It is not there on the next computer, and it can change without anybody reviewing the item; a remote file
    also tells a foreign server who sees the item when. (Images in texts that lie outside are
    unsafe-markup, those that are links missing-media.)

    Copy the file into the bank, and write its path relative to the bank's folder.

    Source: exam security practice; IMS QTI 3.0, content packages hold their files.
    """
    root = Path(bank.root)
    for where, file, _ in media(bank):
        why = outside(file)
        if not why and bank.root:
            try:
                why = LINK if leads_outside(root / file.replace("\\", "/"), root) else ""
            except (OSError, ValueError):
                why = ""
        if why:
            yield Finding(
                where, f"{file} {why}", hint="Copy the file into the bank, and write its path relative to it."
            )
