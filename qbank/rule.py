"""The `@rule` decorator, the scopes and the providers.

A rule is a function named as its slug; its parameter types are its scope:

- `Item`, or one or more types of the item union: called once for each such item;
- `Option`: called once for each option of each item that has options;
- `Text`: called once for each text of each item and each stimulus;
- `Bank`, `Blueprint`: called once for each of those that is being checked;
- `ReadProblem`: called for what `qbank.reading` found while it read;
- `SuppressionUse`: called last, for every `lint_ignore` entry, knowing what it silenced;
- any other type must be *provided*: a provider builds it once from the bank. A rule about items that asks
  for nothing but the `BankRecord` says the same of the same record: its findings are remembered. They are
  also where it asks, beside that, for one value that is `Answering`, as long as that answers the same.

Keyword-only parameters with defaults are the rule's options.

Beside its severity a rule about items, options or texts may name its `screen`: a condition on many items at
once without which it cannot fire (see `qbank.screening`).
"""

from __future__ import annotations

import contextlib
import enum
import functools
import importlib
import inspect
import os
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from qbank import discovery, rule_index
from qbank.diagnostics import Finding, Severity
from qbank.model import item as item_model
from qbank.model.bank import Bank, BankRecord, ReadProblem
from qbank.model.blueprint import Blueprint
from qbank.model.earlier import Earlier
from qbank.model.index import BankIndex
from qbank.model.item import ItemBase, Option, Suppression
from qbank.model.text import Text
from qbank.rule_index import Entry
from qbank.screening import Screen, Words

RuleFunction = Callable[..., Iterable[Finding]]
Screening = Words | Screen | Callable[[Any], Iterable[int]]
"""Gives the numbers of the items of a batch that a rule must look at; too many do no harm."""


class SuppressionUse(msgspec.Struct, frozen=True):
    """What a `lint_ignore` entry did in this run.

    `checked` tells whether its rule ran at all, `near` names a known rule when its own is unknown,
    `today` is the date of the run (ISO).
    """

    item: ItemBase
    number: int
    suppression: Suppression
    silenced: int
    known: bool
    checked: bool
    near: str
    today: str

    @property
    def expired(self) -> bool:
        """Whether the entry is past its `until`; it then silences nothing any more."""
        return bool(self.suppression.until) and self.suppression.until < self.today


class Scope(enum.Enum):
    """What a rule looks at, one at a time."""

    ITEM = "item"
    OPTION = "option"
    TEXT = "text"
    BANK = "bank"
    BLUEPRINT = "blueprint"
    READING = "reading"
    SUPPRESSION = "suppression"


_SCOPES: dict[type, Scope] = {
    Option: Scope.OPTION,
    Text: Scope.TEXT,
    Bank: Scope.BANK,
    Blueprint: Scope.BLUEPRINT,
    ReadProblem: Scope.READING,
    SuppressionUse: Scope.SUPPRESSION,
}


class Body(msgspec.Struct, frozen=True):
    """What nothing but a rule's own module knows of it: what is called, what was marked, and its screen."""

    function: RuleFunction
    marked: RuleFunction
    screen: Screening | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule as the runner sees it; its `body` is asked for when it must run, or be explained.

    `home` is the name of its module and `file` that of its code; `of_record` says whether it looks at nothing
    but a record and what the bank record declares, `indexed` that all this is known from an index.
    """

    slug: str
    family: str
    severity: Severity
    scope: Scope
    home: str
    file: str
    body: Callable[[], Body]
    enabled: bool = True
    fixable: bool = False
    of_record: bool = False
    item_types: tuple[type, ...] = ()
    options: dict[str, Any] = {}
    indexed: bool = False

    @property
    def function(self) -> RuleFunction:
        """The function that is the rule."""
        return self.body().function

    @property
    def parameters(self) -> tuple[tuple[str, type], ...]:
        """What it looks at and asks for: the names and types of its positional parameters."""
        return _positional(self.body().marked)

    @property
    def screen(self) -> Screening | None:
        """What decides which items it need not look at."""
        return self.body().screen

    @property
    def doc(self) -> str:
        """What the rule says of itself."""
        return inspect.getdoc(self.function) or ""

    def calling(self, function: RuleFunction) -> Rule:
        """The same rule with another function."""
        body = msgspec.structs.replace(self.body(), function=function)
        return msgspec.structs.replace(self, file=_file(function), body=lambda: body)


@functools.cache
def _positional(function: RuleFunction) -> tuple[tuple[str, type], ...]:
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    return tuple((one.name, hints[one.name]) for one in parameters if one.kind is not one.KEYWORD_ONLY)


class _Marked(typing.NamedTuple):
    severity: Severity
    enabled: bool
    fixable: bool
    screen: Screening | None


_MARKS: dict[RuleFunction, _Marked] = {}


_F = typing.TypeVar("_F", bound=RuleFunction)


_UNQUOTED: set[str] = set()


def rule(
    severity: Severity,
    *,
    enabled: bool = True,
    fixable: bool = False,
    screen: Screening | None = None,
    quoted: bool = True,
) -> Callable[[_F], _F]:
    """Mark a function as a rule with its default severity; `enabled=False` is off by default.

    `screen` holds for the rule's own defaults: with options set by a user every item is looked at. Reports
    do not print the line of a finding of a rule that is not `quoted`: it holds what nobody else may see.
    """

    def mark(function: _F) -> _F:
        if not quoted:
            _UNQUOTED.add(discovery.slug(function.__name__))
        _MARKS[function] = _Marked(severity, enabled, fixable, screen)
        return function

    return mark


def is_quoted(slug: str) -> bool:
    """Whether reports may print the line of a finding of a rule."""
    return slug not in _UNQUOTED


_PROVIDERS: dict[type, Callable[..., Any]] = {
    BankIndex: BankIndex,
    BankRecord: lambda bank: bank.info,
    Earlier: lambda _: Earlier(),
}
_KINDS: dict[Callable[[Bank], Any], type] = {}
_P = typing.TypeVar("_P")


def provides(kind: type[_P]) -> Callable[[Callable[..., _P]], Callable[..., _P]]:
    """Mark a function as the provider of a type that rules may ask for.

    It gets the bank and, where it has a second parameter, what was worked out `Earlier`.

    Raises DiscoveryError for a type that something else provides.
    """

    def mark(function: Callable[..., _P]) -> Callable[..., _P]:
        if _PROVIDERS.get(kind, function) is not function:
            raise discovery.DiscoveryError(f"{kind.__qualname__} is provided already")
        _PROVIDERS[kind] = function
        _KINDS[function] = kind
        return function

    return mark


class Provided:
    """The provided values of one bank, each built when a rule first asks for it."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._values: dict[type, Any] = {Bank: bank}

    def earlier(self, kept: Earlier) -> None:
        """Provide what an earlier run worked out; without this call there is nothing."""
        self._values[Earlier] = kept

    def __getitem__(self, kind: type) -> Any:
        """The value of a provided type. Raises KeyError when nothing provides it."""
        if kind not in self._values:
            provider = _PROVIDERS[kind]
            is_told = isinstance(provider, types.FunctionType) and provider.__code__.co_argcount > 1
            self._values[kind] = provider(self._bank, *([self[Earlier]] if is_told else ()))
        return self._values[kind]


def describe(name: str, family: str, function: RuleFunction) -> Rule:
    """The Rule that a marked function is. Raises DiscoveryError when it breaks the house rules."""
    mark = _mark(name, family, function)
    hints = typing.get_type_hints(function)
    positional: list[tuple[str, type]] = []
    options: dict[str, Any] = {}
    scope: Scope | None = None
    subject = 0
    item_types: tuple[type, ...] = ()
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            if parameter.default is inspect.Parameter.empty:
                raise discovery.DiscoveryError(f"{family}/{name}: the option {parameter.name} has no default")
            options[parameter.name] = parameter.default
            continue
        if parameter.name not in hints:
            raise discovery.DiscoveryError(f"{family}/{name}: the parameter {parameter.name} has no type")
        kind = hints[parameter.name]
        positional.append((parameter.name, kind))
        if scope is None and _item_types(kind):
            scope, item_types, subject = Scope.ITEM, _item_types(kind), len(positional) - 1
        elif scope is None and kind in _SCOPES:
            scope, subject = _SCOPES[kind], len(positional) - 1
    if scope is None:
        raise discovery.DiscoveryError(f"{family}/{name}: its parameters name no scope")
    body = Body(function, function, mark.screen)
    beside = [kind for number, (_, kind) in enumerate(positional) if number != subject]
    return Rule(
        slug=discovery.slug(name),
        family=discovery.slug(family),
        severity=mark.severity,
        scope=scope,
        home=function.__module__,
        file=_file(function),
        body=lambda: body,
        enabled=mark.enabled,
        fixable=mark.fixable,
        of_record=all(kind is BankRecord for kind in beside),
        item_types=item_types,
        options=options,
    )


def _mark(name: str, family: str, function: RuleFunction) -> _Marked:
    if function not in _MARKS:
        raise discovery.DiscoveryError(f"{family}/{name}: no function {name} decorated with @rule")
    return _MARKS[function]


def _file(function: RuleFunction) -> str:
    return str(inspect.unwrap(function).__code__.co_filename)


def entry(one: Rule) -> Entry:
    """What an index says of a rule."""
    return Entry(
        one.severity.value,
        one.scope.value,
        one.enabled,
        one.fixable,
        is_quoted(one.slug),
        one.of_record,
        tuple(kind.__name__ for kind in one.item_types),
        one.options,
    )


def _indexed(name: str, family: str, package: types.ModuleType, known: Entry, origin: str) -> Rule:
    """The rule that an index tells of."""
    slug = discovery.slug(name)
    if not known.quoted:
        _UNQUOTED.add(slug)
    return Rule(
        slug=slug,
        family=discovery.slug(family),
        severity=Severity(known.severity),
        scope=Scope(known.scope),
        home=f"{package.__name__}.{name}",
        file=os.path.join(package.__path__[0], f"{name}.py"),  # noqa: PTH118
        body=functools.cache(lambda: _body(name, family, package, origin)),
        enabled=known.enabled,
        fixable=known.fixable,
        of_record=known.of_record,
        item_types=tuple(getattr(item_model, kind) for kind in known.item_types),
        options=known.options,
        indexed=True,
    )


def all_rules() -> dict[str, Rule]:
    """Every rule, built in or installed: slug → Rule, sorted by slug."""
    found: dict[str, Rule] = {}
    for family, package in discovery.modules("qbank.rules"):
        if hasattr(package, "__path__"):
            found.update((one.slug, one) for one in _rules_in(package, family, "qbank.rules"))
    installed = [(plugin, one) for plugin in discovery.registered("qbank.rules") for one in _rules_of(plugin)]
    for plugin in discovery.registered("qbank.providers"):
        _install_provider(plugin)
    for plugin, one in installed:
        with discovery.blaming(plugin.origin):
            _check(one, found)
        found[one.slug] = one
    return dict(sorted(found.items()))


def _rules_in(package: types.ModuleType, family: str, home: str, origin: str = "") -> Iterator[Rule]:
    """The rules that are modules of a package; those that an index tells of are not imported yet.

    The index lies in the package `home`; `origin` names a package of other people to blame.
    """
    known = rule_index.entries(package.__name__, home)
    for name in discovery.names(package):
        if name in known:
            with discovery.blaming(origin) if origin else contextlib.nullcontext():
                one = _indexed(name, family, package, known[name], origin)
            yield one
        else:
            yield _read(name, family, package, origin)


def _read(name: str, family: str, package: types.ModuleType, origin: str) -> Rule:
    """The rule that a module of a package is."""
    function = _function(name, package, origin)
    if origin:
        return _installed(discovery.Plugin(name, function, origin), family)
    return describe(name, family, function)


def _body(name: str, family: str, package: types.ModuleType, origin: str) -> Body:
    """What is called for a rule that an index tells of."""
    function = _function(name, package, origin)
    with discovery.blaming(origin) if origin else contextlib.nullcontext():
        screen = _mark(name, family, function).screen
        _check_provided(_positional(function))
    return Body(_guarded(function, origin) if origin else function, function, screen)


def _function(name: str, package: types.ModuleType, origin: str) -> Any:
    with discovery.blaming(origin) if origin else contextlib.nullcontext():
        return getattr(importlib.import_module(f"{package.__name__}.{name}"), name, None)


class RulesWhenAsked(Mapping[str, Rule]):
    """All rules, gathered when somebody first looks into them."""

    @functools.cached_property
    def _all(self) -> dict[str, Rule]:
        return all_rules()

    def __getitem__(self, slug: str) -> Rule:
        return self._all[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _rules_of(plugin: discovery.Plugin) -> Iterator[Rule]:
    """The rules that an entry point registers.

    A function is one rule, its family the folder that its module lies in. A package is a family of the
    entry point's name: each public module in it is a rule.
    """
    value = plugin.value
    if not isinstance(value, types.ModuleType):
        folders = getattr(value, "__module__", "").split(".")
        yield _installed(plugin, folders[max(len(folders) - 2, 0)])
        return
    if not hasattr(value, "__path__"):
        raise discovery.DiscoveryError(f"{plugin.origin}: a module is neither a rule nor a package of rules")
    yield from _rules_in(value, plugin.name, value.__name__, plugin.origin)


def _installed(plugin: discovery.Plugin, family: str) -> Rule:
    """The rule that a package registers."""
    with discovery.blaming(plugin.origin):
        one = describe(plugin.name.replace("-", "_"), family, plugin.value)
    return one.calling(_guarded(one.function, plugin.origin))


def _guarded(function: RuleFunction, origin: str) -> RuleFunction:
    """A rule of another package, whose mistakes name that package."""

    @functools.wraps(function)
    def guarded(*values: Any, **named: Any) -> Iterator[Finding]:
        with discovery.blaming(origin):
            for finding in function(*values, **named):
                if not isinstance(finding, Finding):
                    raise discovery.DiscoveryError(f"it yields {finding!r:.60}, which is no Finding")
                yield finding

    return guarded


def _install_provider(plugin: discovery.Plugin) -> None:
    def build(bank: Bank) -> Any:
        with discovery.blaming(plugin.origin):
            return plugin.value(bank)

    with discovery.blaming(plugin.origin):
        kind = _KINDS.get(plugin.value)
        if kind is None:
            raise discovery.DiscoveryError("it is no function decorated with @provides")
        _PROVIDERS[kind] = build


def _check(one: Rule, found: Mapping[str, Rule]) -> None:
    """Raises DiscoveryError when a rule's name is taken, or nothing provides what it asks for."""
    if one.slug in found:
        raise discovery.DiscoveryError(f"there is a rule {one.slug} already, in {found[one.slug].home}")
    if one.indexed:
        return  # to ask it would import it; that is done when it must run
    _check_provided(one.parameters)


def _check_provided(parameters: Sequence[tuple[str, type]]) -> None:
    """Raises DiscoveryError when nothing provides what a rule with these parameters asks for."""
    scoped = next(kind for _, kind in parameters if kind in _SCOPES or _item_types(kind))
    for name, kind in parameters:
        if kind not in (scoped, Bank) and kind not in _PROVIDERS:
            raise discovery.DiscoveryError(f"nothing provides what its parameter {name} asks for: {kind!r}")


def _item_types(kind: Any) -> tuple[type, ...]:
    """The types of items that a parameter of a type takes; none for other things than items."""
    members = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    return members if all(isinstance(one, type) and issubclass(one, ItemBase) for one in members) else ()
