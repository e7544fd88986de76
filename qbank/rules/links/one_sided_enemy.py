"""one-sided-enemy."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Append, Finding, Fix, Related, Severity
from qbank.model.bank import Bank
from qbank.model.index import BankIndex
from qbank.rule import rule
from qbank.rules.links._enemies import named, with_enemies


@rule(Severity.WARNING, fixable=True)
def one_sided_enemy(bank: Bank, index: BankIndex) -> Iterator[Finding]:
    """An item names an enemy that does not name it back.

    Why: enemies are symmetric, and assembly keeps the two apart either way. But who edits or exports
    the other item does not see that it has an enemy, and other software may read one side only.

    What to do: write both sides, or neither. Unknown enemies are left to unknown-enemy.

    Source: van der Linden 2005, Linear Models for Optimal Test Design, section 3.2 (enemy items).
    """
    for record in with_enemies(bank):
        for number, id in enumerate(record.enemies):
            other = named(id, index)
            if other is not None and other.id != record.id and record.id not in other.enemies:
                yield Finding(
                    record.at("enemies", number),
                    f"{record.id} names {id} as an enemy, but {id} does not name {record.id}",
                    (Related(other.at("id"), f"does not name {record.id}"),),
                    f"Add {record.id} to the enemies of {id}.",
                    Fix((Append(other.at("enemies"), record.id),)),
                )
