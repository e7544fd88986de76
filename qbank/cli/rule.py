"""`qbank rule`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit
from qbank.discovery import did_you_mean

if TYPE_CHECKING:
    from qbank.rule import Rule

_LEGEND = (
    "43/47: 43 of 47 labelled hits were right; fewer than 20 hits are no measure. "
    "`qbank rule NAME` tells who labelled, and on which banks."
)

_FEW = 12
"""More names than these are not listed in a message."""


@click.command(epilog=exits(), short_help="List the rules, or explain one.")
@click.argument("name", required=False)
@options.output
def rule(name: str | None, output: str) -> int:
    """List all rules by family, or explain the rule NAME.

    \b
    Examples:
      qbank rule
      qbank rule negative-stem
    """
    from qbank.rule import all_rules

    rules = all_rules()
    if name is None:
        emit("".join(f"{line}\n" for line in _listed(rules)), output)
    elif name in rules:
        emit("".join(f"{line}\n" for line in _explained(rules[name])), output)
    elif any(one.family == name for one in rules.values()):
        family = {slug: one for slug, one in rules.items() if one.family == name}
        emit("".join(f"{line}\n" for line in _listed(family)), output)
    else:
        raise click.UsageError(f"there is no rule {name!r}. {_nearest(name, rules)}".strip())
    return Exit.DONE


def _nearest(name: str, rules: Mapping[str, Rule]) -> str:
    """What somebody may have meant: a name that is spelt alike, and names that hold what was typed."""
    families = {one.family for one in rules.values()}
    holding = [slug for slug in rules if name and name in slug]
    some = f"With {name!r} in their names: {', '.join(holding)}." if len(holding) <= _FEW and holding else ""
    return f"{did_you_mean(name, {*rules, *families})} {some}".strip()


def _listed(rules: Mapping[str, Rule]) -> Iterator[str]:
    widest = max((len(slug) for slug in rules), default=0)
    ratios = {slug: _ratio(one) for slug, one in rules.items()}
    room = max(map(len, ratios.values()), default=0)
    for number, family in enumerate(sorted({one.family for one in rules.values()})):
        yield from ("",) if number else ()
        yield family
        for slug, one in rules.items():
            if one.family == family:
                ratio = f"{ratios[slug]:>{room}}  " if room else ""
                yield f"  {slug:<{widest}}  {_level(one):<9}{ratio}{one.doc.partition(chr(10))[0]}".rstrip()
    if room:
        yield from ("", *_wrapped(_LEGEND))


def _ratio(one: Rule) -> str:
    from qbank.precision import measured

    found = measured(one.slug) if _is_own(one) else None
    return "" if found is None else f"{found.right}/{found.n}"


def _is_own(one: Rule) -> bool:
    """Whether a rule comes with qbank: only those are measured here."""
    return one.home.startswith("qbank.")


def _level(one: Rule) -> str:
    return one.severity.value if one.enabled else "off"


def _explained(one: Rule) -> Iterator[str]:
    yield f"{one.slug} ({one.family})"
    yield ""
    yield one.doc
    yield ""
    default = "" if one.enabled else ", off unless it is named"
    yield f"Severity: {one.severity.value}{default}"
    yield f"Looks at: {one.scope.value}{_types(one)}"
    for sentence in _precision(one):
        yield from _wrapped(sentence)
    if one.options:
        yield f"Options, under [rules.{one.slug}] in qbank.toml:"
        for option, value in one.options.items():
            yield f"  {option} = {_toml(value)}"
    yield f'Silence it for one item with lint_ignore: [{{rule: {one.slug}, reason: "why"}}]'


def _precision(one: Rule) -> tuple[str, ...]:
    from qbank.precision import told

    return told(one.slug, one.family) if _is_own(one) else ()


def _wrapped(text: str) -> Iterator[str]:
    import textwrap

    yield from textwrap.wrap(text, 110, subsequent_indent="  ", break_on_hyphens=False)


def _types(one: Rule) -> str:
    from qbank.model.item import ItemBase

    tags = [str(kind.__struct_config__.tag) for kind in one.item_types if kind is not ItemBase]  # type: ignore[attr-defined]
    return f" ({', '.join(tags)})" if tags else ""


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return f"[{', '.join(_toml(part) for part in parts)}]"
    return str(value)
