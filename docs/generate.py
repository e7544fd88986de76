"""Write the generated pages of docs/ and the generated schemas; with --check, say which are out of date.

What is generated comes from one place each: rules from their docstrings and test pages, constraints and
objectives from their classes and test pages, commands from their own help, formats and reporters from
their modules. Run `python docs/generate.py` after a change of any of these.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from qbank import rule_index
from qbank.assembly.kinds import ConstraintKind, ObjectiveKind
from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.cli.group import commands
from qbank.formats import formats
from qbank.precision import told, told_briefly
from qbank.reading.blueprint import blueprint_schema
from qbank.reading.blueprint_texts import with_texts
from qbank.reading.config_schema import config_schema
from qbank.reading.file_schemas import file_schemas
from qbank.reading.schemas import schema
from qbank.reporters import reporters
from qbank.rule import Rule, all_rules, describe, entry
from qbank.rule_index import Entry

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
FOLDERS = ("rules", "constraints")
NOTE = "<!-- Written by docs/generate.py; change {}, not this page. -->\n"
_ANNOTATION = re.compile(r"(?:[a-z_]+\.)+(?=[A-Za-z])")


def main(arguments: list[str]) -> int:
    """Write every page, or with --check name those that are not as they would be written."""
    wanted = dict(pages())
    stale = [path for path in _generated_files() if path not in wanted]
    wrong = [path for path, text in wanted.items() if _text(path) != text]
    if arguments == ["--check"]:
        for path in sorted([*wrong, *stale]):
            sys.stdout.write(f"{path.relative_to(ROOT).as_posix()} is out of date\n")
        if wrong or stale:
            sys.stdout.write("Run `python docs/generate.py`.\n")
        return 1 if wrong or stale else 0
    if arguments:
        sys.stderr.write("usage: python docs/generate.py [--check]\n")
        return 2
    for path in stale:
        path.unlink()
    for path in wrong:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
        sys.stdout.write(f"wrote {path.relative_to(ROOT).as_posix()}\n")
    return 0


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    rules = {slug: rule for slug, rule in all_rules().items() if rule.home.startswith("qbank.")}
    yield DOCS / "rules.md", _rule_index(rules.values())
    for slug, rule in rules.items():
        yield DOCS / "rules" / f"{slug}.md", _rule_page(rule)
    constraints = _own(constraint_kinds())
    yield DOCS / "constraints.md", _constraint_index(constraints)
    for kind, constraint in constraints.items():
        yield DOCS / "constraints" / f"{kind}.md", _constraint_page(kind, constraint)
    yield DOCS / "objectives.md", _objectives(_own(objective_kinds()))
    yield DOCS / "commands.md", _commands()
    yield DOCS / "formats.md", _formats()
    for name, tree in _schemas(rules).items():
        text = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
        yield ROOT / "schemas" / f"{name}.schema.json", text
    yield from _indexes(rules.values())


def _schemas(rules: Mapping[str, Rule]) -> dict[str, dict[str, Any]]:
    """The schemas that are made of kinds, of rules and of other schemas."""
    kinds = _own(constraint_kinds()), _own(objective_kinds())
    return {
        "blueprint": with_texts(blueprint_schema(*kinds), *kinds),
        "config": config_schema(rules),
        **file_schemas(schema),
    }


def _indexes(rules: Iterable[Rule]) -> Iterator[tuple[Path, str]]:
    """What `qbank.rule` knows of rules without importing them: one index for all families, one a domain."""
    homes: dict[str, dict[str, dict[str, Entry]]] = {}
    for one in rules:
        package, _, name = one.home.rpartition(".")
        home = "qbank.rules" if package.startswith("qbank.rules.") else package
        module = importlib.import_module(one.home)
        read = describe(name, one.family, getattr(module, name))
        homes.setdefault(home, {}).setdefault(package, {})[name] = entry(read)
    for home, packages in homes.items():
        told = [(package, _folder(package), known) for package, known in packages.items()]
        yield _folder(home) / f"{rule_index.NAME}.py", rule_index.written(told)


def _folder(package: str) -> Path:
    return ROOT / package.replace(".", "/")


def _generated_files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (DOCS / folder).glob("*.md")


def _own(kinds: Mapping[str, type[Any]]) -> dict[str, type[Any]]:
    """The kinds that come with qbank, without what other packages add."""
    return {name: kind for name, kind in kinds.items() if kind.__module__.startswith("qbank.")}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


# --- rules ----------------------------------------------------------------------------------------------


def _rule_index(rules: Iterable[Rule]) -> str:
    lines = [
        "# Rules",
        "",
        NOTE.format("the rules and their pages under tests/rules/"),
        "A rule is one file, `qbank/rules/<family>/<slug>.py`, and one page, "
        "`tests/rules/<family>/<slug>.md`, which is its test. The rules of a domain lie in "
        "`qbank/domains/<domain>/rules/<slug>.py`. `qbank rule` lists all, `qbank rule NAME` explains one.",
        "",
        "Choose with `--select` and `--ignore` (rules and families), change severities under `[severity]` of "
        "`qbank.toml`, and silence one item with `lint_ignore`; see [file formats](file-formats.md).",
        "",
        "*Right*: how many of the labelled hits on real banks were right. Fewer than 20 are no measure: such "
        "a rule informs, unless it is right by definition, and so does a measured one with a share under "
        "0.90. The labels lie in `tests/precision/labels/`; the page of a rule says who labelled, on which "
        "banks, and whether the rules were tuned on these.",
    ]
    by_family: dict[str, list[Rule]] = {}
    for rule in rules:
        by_family.setdefault(rule.family, []).append(rule)
    for family, members in sorted(by_family.items()):
        lines += ["", f"## {family}", "", "| rule | severity | right | what |", "|---|---|---|---|"]
        lines += map(_rule_row, members)
    return "\n".join(lines) + "\n"


def _rule_row(rule: Rule) -> str:
    right = told_briefly(rule.slug, rule.family)
    return (
        f"| [{rule.slug}](rules/{rule.slug}.md) | {_level(rule)} | {right} | {_cell(_first_line(rule.doc))} |"
    )


def _rule_page(rule: Rule) -> str:
    module = rule.home.replace(".", "/") + ".py"
    page = f"tests/rules/{rule.family}/{rule.slug}.md"
    facts = [
        ("family", f"`{rule.family}`"),
        ("severity", _level(rule)),
        ("precision", " ".join(told(rule.slug, rule.family))),
        ("looks at", _scope(rule)),
        ("code", f"[`{module}`](../../{module})"),
        ("test", f"[`{page}`](../../{page})"),
    ]
    lines = [f"# {rule.slug}", "", NOTE.format(f"{module} or {page}"), _first_line(rule.doc), ""]
    lines += ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts), ""]
    if rule.options:
        lines += [
            f"Options, under `[rules.{rule.slug}]` in `qbank.toml`:",
            "",
            "| option | default |",
            "|---|---|",
        ]
        lines += [f"| `{name}` | `{_toml(value)}` |" for name, value in rule.options.items()]
        lines.append("")
    _, _, body = _text(ROOT / page).partition("\n")
    lines.append(body.strip())
    return "\n".join(lines) + "\n"


def _level(rule: Rule) -> str:
    return str(rule.severity) + ("" if rule.enabled else ", off by default")


def _scope(rule: Rule) -> str:
    kinds = [str(kind.__struct_config__.tag) for kind in rule.item_types]  # type: ignore[attr-defined]
    listed = f" of type {', '.join(kinds)}" if 0 < len(kinds) < 8 and "None" not in kinds else ""
    words = {
        "item": "each item",
        "option": "each option of each item",
        "text": "each text of items and stimuli",
        "bank": "the bank as a whole",
        "blueprint": "the blueprint and its bank",
        "reading": "what was found while the files were read",
        "suppression": "each `lint_ignore` entry",
    }
    return words[rule.scope.value] + listed


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple | frozenset) else value, ensure_ascii=False)


# --- constraints and objectives -------------------------------------------------------------------------


def _constraint_index(kinds: Mapping[str, type[ConstraintKind]]) -> str:
    lines = [
        "# Constraints",
        "",
        NOTE.format("the classes in qbank/assembly/constraints/ and the pages in tests/constraints/"),
        "A row of a blueprint has a `label`, a `kind` and the fields of its kind. A kind is one file, "
        "`qbank/assembly/constraints/<kind>.py`, and one page, `tests/constraints/<kind>.md`, which is its "
        "test. The rows that `length`, `roles` and `forms` imply are called `length`, `operational`, "
        "`pretest` and `forms` in messages; `earlier forms` is the row that `--against` implies.",
        "",
        "**Soft rows.** A row that bounds a number ("
        + ", ".join(name for name, kind in kinds.items() if kind.bounded)
        + ") may have a `weight` above 0. It may then be broken, at the price of weight times amount: what "
        "is missing or too much in items, sets, words, points, or whatever the row counts; for a share or a "
        "ratio in items, for a mean as the sum of the deviations of its items. Before the objective, the sum "
        "of all prices over all forms is made as small as can be; the objective chooses among the forms that "
        "reach that sum (first things first, not a weighted sum with the objective). `qbank assemble` warns "
        "of what is broken, with the amount; `qbank audit` tells it as an info.",
        "",
        "| kind | what |",
        "|---|---|",
    ]
    lines += [
        f"| [{name}](constraints/{name}.md) | {_cell(_summary(kind))} |" for name, kind in kinds.items()
    ]
    return "\n".join(lines) + "\n"


def _constraint_page(name: str, kind: type[ConstraintKind]) -> str:
    module = kind.__module__.replace(".", "/") + ".py"
    page = f"tests/constraints/{name}.md"
    _, _, body = _text(ROOT / page).partition("\n")
    lines = [f"# {name}", "", NOTE.format(f"{module} or {page}"), inspect.getdoc(kind) or "", ""]
    lines += _fields(kind)
    lines += ["", f"Code: [`{module}`](../../{module}), test: [`{page}`](../../{page})", "", body.strip()]
    return "\n".join(lines) + "\n"


def _objectives(kinds: Mapping[str, type[ObjectiveKind]]) -> str:
    lines = [
        "# Objectives",
        "",
        NOTE.format("the classes in qbank/assembly/objectives/"),
        "A blueprint has one `objective`: what is best among the forms that meet every row. An objective "
        "that needs statistics says how many eligible operational items lack them; nothing is imputed.",
    ]
    for name, kind in kinds.items():
        module = kind.__module__.replace(".", "/") + ".py"
        lines += ["", f"## {name}", "", inspect.getdoc(kind) or "", "", *_fields(kind)]
        lines += ["", f"Code: [`{module}`](../{module})"]
    return "\n".join(lines) + "\n"


def _fields(kind: type[Any]) -> list[str]:
    """A table of the fields of a kind, its `kind` first."""
    lines = ["| field | type | default |", "|---|---|---|", f"| `kind` | `{_tag(kind)}` | required |"]
    for field in msgspec.structs.fields(kind):
        if field.name == "weight" and not getattr(kind, "bounded", True):
            continue  # a row of this kind cannot be soft
        default = "required" if field.required else f"`{_default(field)}`"
        lines.append(f"| `{field.name}` | {_type(field.type)} | {default} |")
    return lines


def _tag(kind: type[Any]) -> str:
    return str(kind.__struct_config__.tag)


def _default(field: Any) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if isinstance(value, msgspec.Struct):
        value = {name: part for name, part in msgspec.structs.asdict(value).items() if part is not None}
    return "none" if value is None else json.dumps(value if not isinstance(value, tuple) else list(value))


def _type(annotation: Any) -> str:
    """A type as an author of YAML says it."""
    text = str(annotation.__name__ if isinstance(annotation, type) and not _args(annotation) else annotation)
    text = _ANNOTATION.sub("", text)
    names = {
        "str": "text",
        "int": "whole number",
        "float": "number",
        "bool": "true or false",
        "Bounds": "`{minimum, maximum}`",
        "Ratio": "`{to, minimum, maximum}`",
        "dict[str, Any]": "a `where`: field → test",
        "tuple[str, ...]": "list of texts",
        "tuple[float, ...]": "list of numbers",
        "tuple[dict[str, Any], ...]": "list of objectives",
    }
    parts = [names.get(part, f"`{part}`") for part in text.split(" | ") if part != "None"]
    return " or ".join(parts)


def _args(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", ())


# --- commands, formats, reporters -----------------------------------------------------------------------


def _commands() -> str:
    group = click.Context(commands, info_name="qbank", terminal_width=100)
    lines = [
        "# Commands",
        "",
        NOTE.format("the commands in qbank/cli/"),
        "Data goes to standard output, messages and progress to standard error; `-` stands for standard "
        "input or output. `NO_COLOR` and `--quiet` are obeyed. What the exit codes mean: "
        "[exit codes](exit-codes.md).",
        "",
        *_block(commands.get_help(group)),
    ]
    for name in commands.list_commands(group):
        command = commands.get_command(group, name)
        if command is not None and (command.callback is None or _is_own(command)):
            context = click.Context(command, info_name=name, parent=group, terminal_width=100)
            lines += ["", f"## qbank {name}", "", *_block(command.get_help(context))]
            if isinstance(command, click.Group):
                for inner in command.list_commands(context):
                    lines += _subcommand(command, inner, context)
    return "\n".join(lines) + "\n"


def _subcommand(group: click.Group, name: str, context: click.Context) -> list[str]:
    command = group.get_command(context, name)
    if command is None:
        return []
    inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
    return ["", f"### {context.command_path} {name}", "", *_block(command.get_help(inner))]


def _is_own(command: click.Command) -> bool:
    return (getattr(command.callback, "__module__", "") or "").startswith("qbank.")


def _block(text: str) -> list[str]:
    return ["```text", *(line.rstrip() for line in text.strip().splitlines()), "```"]


def _formats() -> str:
    lines = [
        "# Formats and reporters",
        "",
        NOTE.format("the modules in qbank/formats/ and qbank/reporters/"),
        "## Exports",
        "",
        "`qbank assemble --to FORMAT` and `qbank export FORM --to FORMAT` write these. A format refuses what "
        "it cannot express and says so, item by item; nothing is dropped in silence. "
        "More of [the practice test](practice-test.md) and of [QTI](qti.md).",
    ]
    for slug, one in formats().items():
        if not one.writes.__module__.startswith("qbank."):
            continue
        lines += ["", f"### {slug}", "", _doc(f"qbank.formats.{slug.replace('-', '_')}"), ""]
        lines += [
            "| | |",
            "|---|---|",
            f"| file | `<form id>-<audience>.{one.extension}` |",
            f"| item types | {', '.join(sorted(one.item_types))} |",
            f"| audiences | {', '.join(one.audiences)} |",
        ]
    lines += [
        "",
        "## Reporters",
        "",
        "`qbank lint --format NAME` and the other checking commands print these.",
    ]
    lines += ["", "| name | what |", "|---|---|"]
    for slug, render in reporters().items():
        if render.__module__.startswith("qbank."):
            lines.append(f"| `{slug}` | {_cell(_doc(render.__module__))} |")
    return "\n".join(lines) + "\n"


def _doc(module: str) -> str:
    """The first paragraph of a module's docstring, on one line."""
    text = inspect.getdoc(importlib.import_module(module)) or ""
    return " ".join(text.split("\n\n")[0].split())


def _summary(kind: type[Any]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def _first_line(doc: str) -> str:
    return doc.split("\n")[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
