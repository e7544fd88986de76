"""Rule codes-not-checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.discovery import did_you_mean
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import Declared, as_of, declared
from qbank.domains.medcode.rules._shapes import SHAPES
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

    A code is checked when the data says what it is on the day of the bank's `as_of`: data of its system is
    there, speaks of that day, and knows the code or holds all codes. What `expect: any` leaves open needs no
    data, and CPT is for cpt-unverified. A system that is no system of codes, and a bank without a day, are
    told here too.

    Give the bank an `as_of`, and data: a table of its own in `codes/`, an import, or the extra `medcode`.

    Source: exam practice: silence must not look like approval.
    """
    wanted = [one for item in bank.items if item.codes for one in declared(item) if one.wanted != "any"]
    unknown = [one for one in wanted if one.system not in SHAPES]
    if unknown:
        yield _told_of_systems(bank, unknown)
    known = [one for one in wanted if one.system in SHAPES and not one.system.startswith("cpt")]
    on = as_of(bank.info)
    if known and not on:
        yield Finding(
            bank.info.at(),
            f"{_count(len(known))} not checked: the bank names no day, `as_of`",
            _first(known),
            "Write as_of: and the day for which the codes must be right.",
        )
        return
    missed = [one for one in known if codes.lookup(one.code, on, one.system).status is Status.UNKNOWN]
    if missed:
        yield Finding(
            bank.info.at("as_of"),
            f"{_count(len(missed), len(known))} not checked on {on}: {_reasons(codes, missed, on)}",
            _first(missed),
            _HINT,
        )


def _told_of_systems(bank: Bank, unknown: list[Declared]) -> Finding:
    names = Counter(one.system for one in unknown)
    listed = ", ".join(f"{name!r} ({count})" for name, count in sorted(names.items()))
    return Finding(
        bank.info.at(),
        f"{_count(len(unknown))} not checked: there is no system {listed}",
        _first(unknown),
        did_you_mean(unknown[0].system, tuple(SHAPES)),
    )


def _reasons(codes: CodeSet, missed: list[Declared], on: str) -> str:
    """Why codes were not checked, by system."""
    by_system: dict[str, list[str]] = defaultdict(list)
    for one in missed:
        by_system[one.system].append(one.code)
    reasons = []
    for system, listed in sorted(by_system.items()):
        name = SHAPES[system].name
        if system not in codes.systems():
            why = f"there is no data of {name}"
        elif not codes.covers(system, on):
            why = f"the data of {name} says nothing about that day"
        else:
            shown = sorted(set(listed))
            more = ", …" if len(shown) > _MANY else ""
            why = f"the data of {name} does not hold {', '.join(shown[:_MANY])}{more}"
        reasons.append(f"{why} ({len(listed)})")
    return "; ".join(reasons)


def _count(missed: int, of: int = 0) -> str:
    count = (
        f"{missed} of {of} declared codes" if of > missed else f"{missed} declared code{'s' * (missed != 1)}"
    )
    return f"{count} {'is' if missed == 1 else 'are'}"


def _first(found: list[Declared]) -> tuple[Related, ...]:
    return (Related(found[0].where, f"the first is {found[0].code}"),)
