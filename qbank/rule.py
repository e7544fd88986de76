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

import enum
import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from qbank import discovery
from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank, BankRecord, ReadProblem
from qbank.model.blueprint import Blueprint
from qbank.model.earlier import Earlier
from qbank.model.index import BankIndex
from qbank.model.item import ItemBase, Option, Suppression
from qbank.model.text import Text
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


class Rule(msgspec.Struct, frozen=True):
    """A rule as the runner sees it."""

    slug: str
    family: str
    severity: Severity
    scope: Scope
    function: RuleFunction
    doc: str
    enabled: bool = True
    fixable: bool = False
    item_types: tuple[type, ...] = ()
    parameters: tuple[tuple[str, type], ...] = ()
    options: dict[str, Any] = {}
    screen: Screening | None = None


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
    if function not in _MARKS:
        raise discovery.DiscoveryError(f"{family}/{name}: no function {name} decorated with @rule")
    mark = _MARKS[function]
    hints = typing.get_type_hints(function)
    positional: list[tuple[str, type]] = []
    options: dict[str, Any] = {}
    scope: Scope | None = None
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
        members = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
        positional.append((parameter.name, kind))
        if scope is None and all(isinstance(m, type) and issubclass(m, ItemBase) for m in members):
            scope, item_types = Scope.ITEM, members
        elif scope is None and kind in _SCOPES:
            scope = _SCOPES[kind]
    if scope is None:
        raise discovery.DiscoveryError(f"{family}/{name}: its parameters name no scope")
    return Rule(
        slug=discovery.slug(name),
        family=discovery.slug(family),
        severity=mark.severity,
        scope=scope,
        function=function,
        doc=inspect.getdoc(function) or "",
        enabled=mark.enabled,
        fixable=mark.fixable,
        item_types=item_types,
        parameters=tuple(positional),
        options=options,
        screen=mark.screen,
    )


def all_rules() -> dict[str, Rule]:
    """Every rule, built in or installed: slug → Rule, sorted by slug."""
    found: dict[str, Rule] = {}
    for family, package in discovery.modules("qbank.rules"):
        if not hasattr(package, "__path__"):
            continue
        for name, module in discovery.modules(package.__name__):
            one = describe(name, family, getattr(module, name, None))  # type: ignore[arg-type]
            found[one.slug] = one
    installed = [
        (plugin, _installed(plugin, family))
        for entry in discovery.registered("qbank.rules")
        for family, plugin in _rules_of(entry)
    ]
    for plugin in discovery.registered("qbank.providers"):
        _install_provider(plugin)
    for plugin, one in installed:
        with discovery.blaming(plugin.origin):
            _check(one, found)
        found[one.slug] = one
    return dict(sorted(found.items()))


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


def _rules_of(entry: discovery.Plugin) -> Iterator[tuple[str, discovery.Plugin]]:
    """What an entry point registers, each with its family.

    A function is one rule, its family the folder that its module lies in. A package is a family of the
    entry point's name: each public module in it is a rule.
    """
    if not isinstance(entry.value, types.ModuleType):
        folders = getattr(entry.value, "__module__", "").split(".")
        yield folders[max(len(folders) - 2, 0)], entry
        return
    if not hasattr(entry.value, "__path__"):
        raise discovery.DiscoveryError(f"{entry.origin}: a module is neither a rule nor a package of rules")
    with discovery.blaming(entry.origin):
        found = list(discovery.modules(entry.value.__name__))
    for name, module in found:
        yield entry.name, discovery.Plugin(name, getattr(module, name, None), entry.origin)


def _installed(plugin: discovery.Plugin, family: str) -> Rule:
    """The rule that a package registers."""
    with discovery.blaming(plugin.origin):
        one = describe(plugin.name.replace("-", "_"), family, plugin.value)
    return msgspec.structs.replace(one, function=_guarded(one.function, plugin.origin))


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
        home = found[one.slug].function.__module__
        raise discovery.DiscoveryError(f"there is a rule {one.slug} already, in {home}")
    scoped = next(kind for _, kind in one.parameters if kind in _SCOPES or _is_about_items(kind, one))
    for name, kind in one.parameters:
        if kind not in (scoped, Bank) and kind not in _PROVIDERS:
            raise discovery.DiscoveryError(f"nothing provides what its parameter {name} asks for: {kind!r}")


def _is_about_items(kind: Any, one: Rule) -> bool:
    return bool(one.item_types) and one.item_types in ((kind,), typing.get_args(kind))
