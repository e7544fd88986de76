"""What checks, audits and the explanation of a conflict say, as data."""

from __future__ import annotations

import msgspec

from qbank.diagnostics import Diagnostic, Pointer, Severity, json_pointer


class Repair(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way to make a blueprint possible, in words.

    `relax` is what `assemble` takes to apply it to one run, such as `("recall=9",)`; it is empty for items
    that have to be written. One repair is enough for what its problem says.
    """

    sentence: str
    relax: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sentence about a blueprint or a form.

    `kind` is a kind of constraint or the name of an implied duty (`unknown_item`, `content_hash`, …),
    `label` the row of the blueprint, `form` the id of the form (empty: the blueprint itself), `items`
    the items concerned, `pointer` the path inside the blueprint. Where a blueprint cannot be met, `missing`
    is what its rows fall short, summed over all forms, and `repairs` are ways out, the cheapest first.
    """

    kind: str
    message: str
    label: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR
    form: str = ""
    items: tuple[str, ...] = ()
    pointer: Pointer = ()
    missing: float | None = None
    repairs: tuple[Repair, ...] = ()

    def diagnostic(self, file: str = "", line: int = 1, column: int = 1) -> Diagnostic:
        """This problem as users see it, at a place that the caller knows."""
        return Diagnostic(
            rule=self.kind.replace("_", "-"),
            family="form" if self.form else "blueprint",
            severity=self.severity,
            message=self.message,
            hint=self.hint,
            file=file,
            line=line,
            column=column,
            item=self.items[0] if len(self.items) == 1 else "",
            pointer=json_pointer(self.pointer),
        )


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems that forbid to go on."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def listed(names: list[str] | tuple[str, ...], most: int = 6) -> str:
    """Names for a sentence: "a, b and c", or "a, b, c and 4 more"."""
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "none"


def number(value: float) -> str:
    """A number for a sentence: 20, not 20.0."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def counted(count: float, unit: str) -> str:
    """A count with its unit: "1 item", "2 items"."""
    plural = unit if count == 1 else f"{unit}s"
    return f"{number(count)} {plural}"
