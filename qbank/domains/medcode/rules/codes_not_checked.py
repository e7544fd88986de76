"""Rule codes-not-checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.discovery import did_you_mean
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.rules._declared import Declared, as_of
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.domains.medcode.rules._unchecked import Unchecked, counted, first, to_check, unchecked
from qbank.model.bank import Bank
from qbank.rule import rule

_MANY = 8
_HINT = (
    "Put the codes into a table of the bank, codes/*.tsv, or import the code set: `qbank codes import FILE`, "
    "or the extra qbank[medcode]."
)


@rule(Severity.WARNING)
def codes_not_checked(bank: Bank, codes: CodeSet) -> Iterator[Finding]:
    """Items declare codes that nothing could check: said once, instead of being silent.

    There is no data of their system, or data that does not hold them and is not complete. What `expect: any`
    leaves open needs no data; CPT is for cpt-unverified, data that ends before the bank's day for
    codes-beyond-data. A system that is no system of codes, and a bank without a day, are told here too.

    Give the bank an `as_of`, and data: a table of its own in `codes/`, an import, or the extra `medcode`.

    Source: exam practice: silence must not look like approval.
    """
    wanted = to_check(bank)
    strange = [one for one in wanted if one.system not in SHAPES]
    if strange:
        yield _of_no_system(bank, strange)
    known = [one for one in wanted if one.system in SHAPES and not one.system.startswith("cpt")]
    on = as_of(bank.info)
    if known and not on:
        yield Finding(
            bank.info.at(),
            f"{counted(len(known))} not checked: the bank names no day, `as_of`",
            first(known),
            "Write as_of: and the day for which the codes must be right.",
        )
    left = [one for one in unchecked(codes, known, on) if not one.has_data or one.speaks] if on else []
    if left:
        missed = sum(len(one.codes) for one in left)
        reasons = "; ".join(f"{_why(one)} ({len(one.codes)})" for one in left)
        yield Finding(
            bank.info.at("as_of"),
            f"{counted(missed, len(known))} not checked on {on}: {reasons}",
            first(left[0].codes),
            _HINT,
        )


def _of_no_system(bank: Bank, strange: list[Declared]) -> Finding:
    names = Counter(one.system for one in strange)
    listed = ", ".join(f"{name!r} ({count})" for name, count in sorted(names.items()))
    return Finding(
        bank.info.at(),
        f"{counted(len(strange))} not checked: there is no system {listed}",
        first(strange),
        did_you_mean(strange[0].system, tuple(SHAPES)),
    )


def _why(one: Unchecked) -> str:
    if not one.has_data:
        return f"there is no data of {one.name}"
    shown = sorted({declared.code for declared in one.codes})
    return f"the data of {one.name} does not hold {', '.join(shown[:_MANY])}{', …' * (len(shown) > _MANY)}"
