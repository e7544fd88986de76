"""Flaws of links: stimuli, media and enemies that are not there, or one-sided."""

from __future__ import annotations

import random

from benchmarks.planting.core import Planted, Scene, alone, edited, plants
from qbank.model.item import Item
from qbank.model.stimulus import Media, Stimulus

_NO_FILE = (
    "media/none-{n}.png",
    "figure-{n}.jpg",
    "media/Figure.PNG",
    "media/sub/figure.png",
    "media/figure-{n}.svg",
)
_OUTSIDE = (
    "../figure-{n}.png",
    "media/../../figure-{n}.png",
    "/srv/figures/figure-{n}.png",
    "https://example.org/figure-{n}.png",
    "http://example.org/figure-{n}.png",
    "C:\\figures\\figure-{n}.png",
    "//example.org/figure-{n}.png",
    "file:///srv/figure-{n}.png",
    "media/link.png",
    "..\\figure-{n}.png",
)


def _misspelled(id: str, draw: random.Random) -> str:
    """An id with a letter or digit lost, added or exchanged."""
    at = draw.randrange(1, len(id) - 1)
    return draw.choice(
        (id[:at] + id[at + 1 :], f"{id[:at]}x{id[at:]}", f"{id}0", f"{id[:at]}q{id[at + 1 :]}")
    )


@plants("unknown-stimulus")
def unknown_stimulus(item: Item, scene: Scene) -> Planted | None:
    """A stimulus that is misspelled or was never written."""
    known = [one.id for one in scene.bank.stimuli] or ["case-07"]
    wrong = _misspelled(scene.draw.choice(known), scene.draw)
    return alone(edited(item, stimulus=wrong)) if wrong not in known else None


@plants("orphan-stimulus")
def orphan_stimulus(item: Item, scene: Scene) -> Planted | None:
    """A case that no item uses."""
    id = f"case-{scene.new_id(item)}"[:60]
    stimulus = Stimulus(id=id, title="A case", text=item.stem)
    return Planted((), (id,), stimuli=(stimulus,))


@plants("missing-media")
def missing_media(item: Item, scene: Scene) -> Planted | None:
    """A figure of a stimulus or of a text that is no file of the bank."""
    return _shown(item, scene, scene.draw.choice(_NO_FILE))


@plants("media-outside-bank")
def media_outside_bank(item: Item, scene: Scene) -> Planted | None:
    """A figure by an address, an absolute path, a way up, or a link out of the bank."""
    return _shown(item, scene, scene.draw.choice(_OUTSIDE), in_text=False)


def _shown(item: Item, scene: Scene, form: str, in_text: bool = True) -> Planted:
    """A file shown by a new stimulus on which the item hangs, or by the item's stem."""
    scene.number += 1
    file = form.format(n=scene.number)
    if in_text and scene.draw.random() < 0.4:
        return alone(edited(item, stem=f"{item.stem}\n\n![a figure]({file})"))
    id = f"case-{scene.number}-figure"
    media: tuple[Media, ...] = (Media(file=file, alt="A figure"),)
    if scene.draw.random() < 0.4:
        media = (Media(file="media/figure.png", alt="A figure"), *media)
    return Planted(
        (edited(item, stimulus=id),), (id,), stimuli=(Stimulus(id=id, title="A case", media=media),)
    )


@plants("one-sided-enemy")
def one_sided_enemy(item: Item, scene: Scene) -> Planted | None:
    """An enemy that knows nothing of it."""
    other = scene.other(item, lambda one: item.id not in one.enemies and one.id not in item.enemies)
    if other is None:
        return None
    return Planted((edited(item, enemies=(*item.enemies, other.id)), other), (item.id, other.id))


@plants("unknown-enemy")
def unknown_enemy(item: Item, scene: Scene) -> Planted | None:
    """An enemy that is misspelled or was taken out of the bank."""
    other = scene.other(item)
    wrong = _misspelled(other.id if other else item.id, scene.draw)
    return alone(edited(item, enemies=(*item.enemies, wrong)))
