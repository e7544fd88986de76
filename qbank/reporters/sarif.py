"""sarif: SARIF 2.1.0, for code scanning.

Scanners keep 5,000 results of a run, so the worst ones come first and the report is cut there; how many
were left out stands in `invocations`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.fingerprint import fingerprint
from qbank.rule import Rule

MOST_RESULTS = 5000
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Reported, rendering: Rendering) -> str:
    """One run with its rules and results."""
    worst_first = sorted(report.diagnostics, key=lambda one: -one.severity.rank)
    kept = worst_first[:MOST_RESULTS]
    rules = _rules(kept, rendering.rules)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    tree = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules, rendering.version)},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(len(worst_first) - len(kept))],
                "results": [_result(one, numbers[one.rule]) for one in kept],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _driver(rules: list[dict[str, Any]], version: str) -> dict[str, Any]:
    return {"name": "qbank", **({"version": version} if version else {}), "rules": rules}


def _invocation(cut: int) -> dict[str, Any]:
    if not cut:
        return {"executionSuccessful": True}
    text = f"{cut} more findings were left out: a report holds the worst {MOST_RESULTS}."
    note = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [note]}


def _rules(kept: Sequence[Diagnostic], known: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """The rules that the results name, sorted by slug."""
    families = {one.rule: (one.family, one.severity) for one in kept}
    return [_rule(slug, *families[slug], known.get(slug)) for slug in sorted(families)]


def _rule(slug: str, family: str, severity: Severity, known: Rule | None) -> dict[str, Any]:
    doc = known.doc if known is not None and known.doc else slug
    return {
        "id": slug,
        "shortDescription": {"text": doc.partition("\n")[0]},
        "help": {"text": doc},
        "defaultConfiguration": {"level": _LEVELS[known.severity if known is not None else severity]},
        "properties": {"tags": [family]},
    }


def _result(one: Diagnostic, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity],
        "message": {"text": f"{one.message}\n{one.hint}" if one.hint else one.message},
        "locations": [{"physicalLocation": _place(one.file, one.line, one.column)}],
        "partialFingerprints": {"ruleItemField/v1": fingerprint(one)},
    }
    if one.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _place(other.file, other.line, other.column),
                "message": {"text": other.message or other.item or "see also"},
            }
            for number, other in enumerate(one.related, 1)
        ]
    return result


def _place(file: str, line: int, column: int) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(file)},
        "region": {"startLine": line, "startColumn": column},
    }


def _uri(file: str) -> str:
    """A file as a URI: relative as it is shown, absolute with file://."""
    return Path(file).as_uri() if Path(file).is_absolute() else quote(file.encode("utf-8", "surrogateescape"))
