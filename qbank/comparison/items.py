"""Two versions of one item → their changes, in the order of their weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from qbank.comparison import fields, keys, pairing
from qbank.comparison.changes import APPROVAL_STALE, KEY, KEY_WRITTEN, STATISTICS_STALE, Change
from qbank.comparison.pairing import Pairing
from qbank.model.hashing import content_hash
from qbank.model.item import ItemBase, Review
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus

_APART = frozenset(
    {"id", "record", "key", "options", "prompts", "stem", "fixed", "rationale", "attributes", "approval"}
)


class Version(msgspec.Struct, frozen=True):
    """An item as one bank has it, with what belongs to it."""

    item: ItemBase
    stimuli: Mapping[str, Stimulus]
    statistics: Statistics | None = None

    @property
    def hash(self) -> str:
        """The item's content hash in that bank."""
        return content_hash(self.item, self.stimuli)


def changes(old: Version, new: Version) -> Iterator[Change]:
    """All changes of an item, its statistics and what they make stale."""
    yield from own_changes(old.item, new.item)
    yield from fields.change("statistics", _numbers(old.statistics), _numbers(new.statistics))
    yield from _stale(old, new)


def own_changes(old: ItemBase, new: ItemBase) -> Iterator[Change]:
    """The changes of the item's record."""
    options = pairing.pair(old.option_texts, new.option_texts)
    before, after = _prompts(old), _prompts(new)
    prompts = pairing.pair(before, after)
    yield from fields.change("type", old.type, new.type)
    yield from _key(old, new, options, prompts)
    yield from pairing.changes(
        "option", old.option_texts, new.option_texts, options, (old.key_ids, new.key_ids)
    )
    yield from fields.change("stem", old.stem, new.stem)
    yield from pairing.changes("prompt", before, after, prompts)
    yield from fields.others(old, new, _APART)
    yield from fields.mapping("attribute", old.attributes, new.attributes)
    yield from _fixed(old, new, options)
    yield from _rationale(old.rationale, new.rationale, options)
    yield from fields.change("approval", old.approval, new.approval)


def is_approved(item: ItemBase) -> bool:
    """Whether an item counts as approved: it has an approval record, or its status is approved."""
    return item.approval is not None or item.status == "approved"


def is_approved_anew(old: ItemBase, new: Version) -> bool:
    """Whether the new version carries an approval of what it now says.

    One with a content hash counts when it is that of the new version, whoever gave it; one without must be
    by somebody else or of another day than the old one.
    """
    approval = new.item.approval
    if approval is None:
        return False
    return (
        approval.content_hash == new.hash if approval.content_hash else not _repeats(old.approval, approval)
    )


def _key(old: ItemBase, new: ItemBase, options: Pairing, prompts: Pairing) -> Iterator[Change]:
    before, after = getattr(old, "key", None), getattr(new, "key", None)
    if not fields.same(keys.answer(old, options, prompts), keys.answer(new)):
        kind = KEY
    elif not fields.same(before, after):
        kind = KEY_WRITTEN
    else:
        return
    yield Change(
        kind=kind,
        old=fields.plain(before),
        new=fields.plain(after),
        old_text=keys.in_words(old),
        new_text=keys.in_words(new),
    )


def _fixed(old: ItemBase, new: ItemBase, options: Pairing) -> Iterator[Change]:
    before, after = getattr(old, "fixed", ()), getattr(new, "fixed", ())
    if [options.follow(id) for id in before] != list(after):
        yield from fields.change("fixed", before, after)


def _rationale(old: str | dict[str, str], new: str | dict[str, str], options: Pairing) -> Iterator[Change]:
    """The changes of the rationale, by option where it is written so: it goes where its option goes."""
    if isinstance(old, str) or isinstance(new, str):
        yield from fields.change("rationale", old, new)
        return
    followed = {options.follow(id): text for id, text in old.items()}
    for id in dict.fromkeys((*followed, *new)):
        yield from fields.change("rationale", followed.get(id), new.get(id), id.lstrip("\0"))


def _stale(old: Version, new: Version) -> Iterator[Change]:
    """What the new bank still says of a content that the item no longer has, and the old one did not."""
    statistics, approval = new.statistics, new.item.approval
    if statistics is None and approval is None:
        return
    before, after = old.hash, new.hash
    if statistics is not None:
        kept = fields.same(_numbers(old.statistics), _numbers(statistics))
        was = old.statistics is not None and old.statistics.content_hash not in ("", before)
        if _is_stale(statistics.content_hash, before, after, kept) and not (was and kept):
            told = msgspec.structs.asdict(statistics)
            yield Change(kind=STATISTICS_STALE, old={name: told[name] for name in ("as_of", "n", "p", "r")})
    if approval is not None:
        kept = _repeats(old.item.approval, approval)
        was = old.item.approval is not None and old.item.approval.content_hash not in ("", before)
        if _is_stale(approval.content_hash, before, after, kept) and not (was and kept):
            yield Change(kind=APPROVAL_STALE, old={"by": approval.by, "date": approval.date})


def _is_stale(stated: str, before: str, after: str, kept: bool) -> bool:
    """Whether a record is about another content; without a hash, when it stayed and the content did not."""
    return stated != after if stated else kept and before != after


def _repeats(old: Review | None, new: Review) -> bool:
    return old is not None and (old.by, old.date) == (new.by, new.date)


def _numbers(statistics: Statistics | None) -> dict[str, Any] | None:
    if statistics is None:
        return None
    tree: dict[str, Any] = fields.plain(statistics)
    return {name: value for name, value in tree.items() if name not in ("item", "record")}


def _prompts(item: ItemBase) -> dict[str, str]:
    prompts: dict[str, str] = getattr(item, "prompts", {})
    return prompts
