"""Items that the rows at hand cannot tell apart, put together: a small program as feasible as the large.

The programs of an explanation have no objective on items, so that all that counts of items with the same
entries in every row is how many of them are taken. A class of k such items is one item of whole numbers
from 0 to k; rows that belong to one item alone (stands in one form, only with its set) are added up.
Whole numbers of a class can always be dealt back to its items, because the rows of one item are totally
unimodular (Baum and Trotter 1978), with one exception: where three or more forms may share items, only
classes so large that nothing of them has to be shared are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.program import BLUEPRINT_ROWS, STRUCTURE, Block, Variables

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints
    from qbank.assembly.space import Space

    Hashes = NDArray[np.uint64]
    Mask = NDArray[np.bool_]

_SHARED = -1
"""The owner of a column that belongs to no single item, and of a row about several."""

_AUXILIARY = 1 << 20
"""Where the keys of an item's further columns start, after those of its slots."""


class _Matrix(msgspec.Struct, frozen=True):
    """All entries of some blocks, with the block and the number of every row."""

    blocks: tuple[Block, ...]
    first: Ints
    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats
    block_of: Ints
    soft: Mask


def merge(space: Space, variables: Variables, blocks: Sequence[Block]) -> tuple[Variables, list[Block]]:
    """The columns and the blocks after merging: the same blocks, those that are `rows` with the same rows."""
    kept, parts, _ = merge_columns(space, variables, blocks)
    return kept, parts


def merge_columns(
    space: Space, variables: Variables, blocks: Sequence[Block]
) -> tuple[Variables, list[Block], Ints]:
    """What `merge` gives, and for every column after it the one before it that it stands for."""
    import numpy as np

    matrix = _matrix(blocks)
    owner, key = _owners(space, variables, matrix)
    row_owner, weight, stays = _told_apart(space, variables, matrix, owner, key)
    if space.forms > 2 and any(part.kind == "overlap" and part.family == STRUCTURE for part in blocks):
        # of a class with items enough for every place of every form none has to be shared
        few = weight < space.forms * space.blueprint.length
        few[_SHARED] = False
        owner[few[owner]] = _SHARED
        row_owner, weight, stays = _told_apart(space, variables, matrix, owner, key)
    used = np.zeros(len(variables), dtype=np.bool_)
    used[matrix.column] = True
    keeps = used & ((owner == _SHARED) | stays[owner])
    number = np.cumsum(keeps) - 1
    times = np.where(owner == _SHARED, 1, weight[owner])[keeps]
    kept = Variables(variables.lower[keeps] * times, variables.upper[keeps] * times, variables.integer[keeps])
    row_stays = (row_owner == _SHARED) | stays[row_owner]
    row_weight = np.where(row_owner == _SHARED, 1, weight[row_owner])
    parts = [
        _part(part, int(start), (keeps, number, owner), (row_stays, row_weight))
        for part, start in zip(blocks, matrix.first, strict=True)
    ]
    return kept, parts, np.flatnonzero(keeps)


def _told_apart(
    space: Space, variables: Variables, matrix: _Matrix, owner: Ints, key: Ints
) -> tuple[Ints, Ints, Mask]:
    """The owners of rows, and for every item how many are like it and whether it stands for them."""
    row_owner = _row_owners(matrix, owner)
    row_owner[matrix.soft] = _SHARED
    return row_owner, *_classes(space, variables, matrix, owner, key, row_owner)


def _matrix(blocks: Sequence[Block]) -> _Matrix:
    import numpy as np

    counts = np.array([len(part) for part in blocks], dtype=np.int64)
    lengths = [np.diff(part.starts) for part in blocks]
    none = np.zeros(0)

    def joined(arrays: list[NDArray[np.generic]], kind: type) -> NDArray[np.generic]:
        return np.concatenate([*arrays, none]).astype(kind)

    total = int(counts.sum())
    return _Matrix(
        tuple(blocks),
        np.cumsum(counts) - counts,
        np.repeat(np.arange(total), joined(lengths, np.int64)),  # type: ignore[arg-type]
        joined([part.columns for part in blocks], np.int64),  # type: ignore[arg-type]
        joined([part.values for part in blocks], np.float64),  # type: ignore[arg-type]
        joined([part.lower for part in blocks], np.float64),  # type: ignore[arg-type]
        joined([part.upper for part in blocks], np.float64),  # type: ignore[arg-type]
        np.repeat(np.arange(len(blocks)), counts),
        np.repeat(np.array([part.family == BLUEPRINT_ROWS for part in blocks], dtype=np.bool_), counts),
    )


def _owners(space: Space, variables: Variables, matrix: _Matrix) -> tuple[Ints, Ints]:
    """For every column the item to which it belongs alone, and its key among the columns of that item."""
    import numpy as np

    slots, count = len(space.slot_item), len(variables)
    owner = np.full(count, _SHARED, dtype=np.int64)
    key = np.zeros(count, dtype=np.int64)
    owner[: space.forms * slots] = np.tile(space.slot_item, space.forms)
    key[: space.forms * slots] = np.tile(space.slot_role, space.forms) + len(space.roles) * np.repeat(
        np.arange(space.forms), slots
    )
    further = space.forms * (slots + len(space.stimuli))
    if count > further:
        rows = _row_owners(matrix, owner)
        low, high = _ends(matrix.column, rows[matrix.row], count)
        mixed = np.zeros(count, dtype=np.bool_)
        mixed[matrix.column[(rows[matrix.row] == _SHARED) & _has_owned(matrix, owner)[matrix.row]]] = True
        alone = np.arange(count)[(low == high) & (high >= 0) & ~mixed]
        alone = alone[alone >= further]
        owner[alone] = high[alone]
        key[alone] = _AUXILIARY + _rank(owner[alone])
    return owner, key


def _has_owned(matrix: _Matrix, owner: Ints) -> Mask:
    import numpy as np

    found = np.zeros(len(matrix.lower), dtype=np.bool_)
    found[matrix.row[owner[matrix.column] != _SHARED]] = True
    return found


def _ends(group: Ints, owners: Ints, count: int) -> tuple[Ints, Ints]:
    """The least and the greatest owner of each group, shared ones left out; (count of all, -1) of none."""
    import numpy as np

    low = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    high = np.full(count, _SHARED, dtype=np.int64)
    owned = owners != _SHARED
    np.minimum.at(low, group[owned], owners[owned])
    np.maximum.at(high, group[owned], owners[owned])
    return low, high


def _row_owners(matrix: _Matrix, owner: Ints) -> Ints:
    """For every row the one item to which its owned columns belong."""
    import numpy as np

    low, high = _ends(matrix.row, owner[matrix.column], len(matrix.lower))
    return np.where(low == high, high, _SHARED)


def _rank(groups: Ints) -> Ints:
    """The number of every entry among those of its group, in order."""
    import numpy as np

    order = np.argsort(groups, kind="stable")
    _, first, counts = np.unique(groups[order], return_index=True, return_counts=True)
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(first, counts)
    return rank


def _classes(
    space: Space, variables: Variables, matrix: _Matrix, owner: Ints, key: Ints, row_owner: Ints
) -> tuple[Ints, Mask]:
    """For every item how many there are like it, and whether it stands for them."""
    import numpy as np

    signature = np.zeros(len(space.items), dtype=np.uint64)

    def add(items: Ints, *parts: NDArray[np.generic]) -> None:
        np.add.at(signature, items, _mixed(len(items), *parts))

    owned = np.flatnonzero(owner != _SHARED)
    add(owner[owned], key[owned], variables.lower[owned], variables.upper[owned], variables.integer[owned])
    private = np.flatnonzero(row_owner != _SHARED)
    name = np.arange(len(matrix.lower))
    rank = _rank(row_owner[private] * len(matrix.blocks) + matrix.block_of[private])
    name[private] = -1 - (matrix.block_of[private] + len(matrix.blocks) * rank)
    add(row_owner[private], name[private], matrix.lower[private], matrix.upper[private])
    mine = owner[matrix.column] != _SHARED
    theirs = ~mine & (row_owner[matrix.row] != _SHARED)
    row, column, value = matrix.row, matrix.column, matrix.value
    add(owner[column[mine]], name[row[mine]], key[column[mine]], value[mine])
    add(row_owner[row[theirs]], name[row[theirs]], -1 - column[theirs], value[theirs])
    _, first, which, counts = np.unique(signature, return_index=True, return_inverse=True, return_counts=True)
    stays = np.zeros(len(signature), dtype=np.bool_)
    stays[first] = True
    # one more for the owner -1 of what is shared
    return np.append(counts[which], 1), np.append(stays, True)


def _mixed(count: int, *parts: NDArray[np.generic]) -> Hashes:
    """One hash for every entry of parallel arrays (the finaliser of MurmurHash3 over their bits)."""
    import numpy as np

    found = np.full(count, 0x9E3779B97F4A7C15, dtype=np.uint64)
    for part in parts:
        kind = np.float64 if np.issubdtype(part.dtype, np.floating) else np.int64
        # + 0 makes -0.0 the same as 0.0
        bits = (part.astype(kind) + kind(0)).view(np.uint64)
        found ^= bits
        for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
            found ^= found >> np.uint64(33)
            found *= np.uint64(factor)
        found ^= found >> np.uint64(33)
    return found


def _part(part: Block, first: int, columns: tuple[Mask, Ints, Ints], rows: tuple[Mask, Ints]) -> Block:
    import numpy as np

    keeps, number, owner = columns
    here = slice(first, first + len(part))
    stays, weight = rows[0][here], rows[1][here]
    row = np.repeat(np.arange(len(part)), np.diff(part.starts))
    entries = keeps[part.columns] & stays[row]
    counts = np.bincount(row[entries], minlength=len(part))[stays]
    shared = owner[part.columns[entries]] == _SHARED
    return msgspec.structs.replace(
        part,
        starts=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))),
        columns=number[part.columns[entries]],
        values=part.values[entries] * np.where(shared, weight[row[entries]], 1),
        lower=(part.lower * weight)[stays],
        upper=(part.upper * weight)[stays],
        details=tuple(np.array(part.details, dtype=object)[stays]) if not stays.all() else part.details,
    )
