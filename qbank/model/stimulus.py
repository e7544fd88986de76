"""Stimuli: records, passages and figures that several items hang on."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qbank.diagnostics import Pointer, Where


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of a stimulus. `file` is relative to the bank; reading fills `sha256`."""

    file: str
    alt: str = ""
    licence: str = ""
    sha256: str = ""


class Stimulus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an item set shares."""

    id: str
    title: str = ""
    text: str = ""
    media: tuple[Media, ...] = ()
    attributes: dict[str, str | int | float | bool] = {}
    enemies: tuple[str, ...] = ()
    record: int = -1

    def at(self, *pointer: str | int, part: str = "value") -> Where:
        """The place of a value of this stimulus."""
        return Where(self.record, pointer, part)

    def texts(self) -> Iterator[tuple[Pointer, str]]:
        """Every text that a candidate or reader sees, with its path."""
        yield ("title",), self.title
        yield ("text",), self.text
        for number, media in enumerate(self.media):
            yield ("media", number, "alt"), media.alt
