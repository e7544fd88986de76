"""Rules over records: which rule looks at which item, in what order, and what it said."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.config import Settings
from qbank.diagnostics import Finding, Where
from qbank.engine.processes import Crew, can_fork
from qbank.memory import Memory, OfItem, Told, remembered
from qbank.model.answering import Answering
from qbank.model.bank import Bank, BankRecord, ReadProblem
from qbank.model.blueprint import Blueprint
from qbank.model.item import Item, ItemBase, Option
from qbank.model.text import Text, texts_of
from qbank.rule import Provided, Rule, Scope, SuppressionUse
from qbank.screening import Screen, Words

if TYPE_CHECKING:
    from qbank.screening.scanner import Scanner

_BATCH = 2048
_FEW_RULES, _FEW_ITEMS = 8, 200
"""Up to so many rules and items it takes longer to load what screens need than to ask the rules."""
_NOTHING: list[str] = []
_WORTH_PROCESSES = 2000
"""Items from which on other processes are worth their start."""
_OF_RECORDS = frozenset(("bank", "duplicates", "key"))
"""The families whose rules about the bank look at nothing but its records: no file, no day, no chance."""
_OF_ITEMS = frozenset([Scope.ITEM, Scope.OPTION, Scope.TEXT])


class Said(msgspec.Struct, frozen=True, gc=False):
    """A finding with the rule that said it; `level` is a severity that wins over all else.

    `column` is that of the finding in the line of its record, 0 where it is not known.
    """

    rule: Rule
    finding: Finding
    level: str = ""
    column: int = 0


Call = Callable[[Any], Sequence[Said]]


class Runner:
    """The rules of a run, ready to look at a bank.

    Screens decide for a batch of items at once which rules look at which item; without `screened` every rule
    looks at every item of its types. With a `memory` the rules that look at nothing but a record are not
    asked again about one that was there before.
    """

    def __init__(
        self,
        bank: Bank,
        active: Mapping[str, Rule],
        settings: Settings,
        *,
        screened: bool = True,
        memory: Memory | None = None,
    ) -> None:
        self._bank = bank
        self._memory = memory
        self._active = active
        self._settings = settings
        self._provided = Provided(bank)
        if memory is not None:
            self._provided.earlier(memory.earlier)
        self._rules = {slug: one for slug, one in active.items() if one.scope in _OF_ITEMS}
        self._calls = {slug: _of_record(one, self._caller(one)) for slug, one in self._rules.items()}
        few = len(self._rules) <= _FEW_RULES and len(bank.items) <= _FEW_ITEMS
        self._screened = screened and not few
        self._scanners: dict[frozenset[str], Scanner] = {}
        self._of_type: dict[type, frozenset[str]] = {}
        self._of_record_alone = frozenset(slug for slug, one in self._rules.items() if one.of_record)
        self._asking: dict[str, type[Answering] | None] = {}
        elsewhere = frozenset(slug for slug, one in self._rules.items() if not _is_shipped(one))
        # which items a rule need not look at hangs on it and the bank record, if the rule comes with qbank
        self._unscreened = self._of_record_alone | elsewhere
        self._elsewhere = frozenset(self._rules) - elsewhere | self._of_record_alone

    @functools.cached_property
    def _screens(self) -> dict[str, Any]:
        """The screens of the rules that have one: to know it a rule is imported."""
        if not self._screened:
            return {}
        screens = {slug: _screen(one, self._settings) for slug, one in self._rules.items()}
        return {slug: one for slug, one in screens.items() if one is not None}

    def call_each(self, scope: Scope, values: Sequence[Any]) -> Iterator[Said]:
        """What the rules of one scope say of each value."""
        for rule in self._active.values():
            if rule.scope is scope:
                call = self._caller(rule)
                for value in values:
                    yield from call(value)

    def check(self, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> Iterator[Said]:
        """What the rules say of items, options, texts and the bank as a whole.

        With `jobs` above 1 the items of a large bank are looked at in that many processes, while this one
        looks at the bank as a whole; findings come in another order then, and are the same. What is
        remembered is not used then.
        """
        count = len(self._bank.items)
        parallel = jobs > 1 and count >= _WORTH_PROCESSES and self._memory is None and can_fork()
        bounds = [count * number // jobs for number in range(jobs + 1)] if parallel else []
        if parallel:  # made before there are several processes, which then share it
            self._scanners[frozenset()] = _scanner(self._screens.values())
            for rule in self._rules.values():
                for kind in (kind for _, kind in rule.parameters if not _is_scope(kind, rule)):
                    self._provided[kind]
        crew = Crew([functools.partial(self._found, *part) for part in pairwise(bounds)])
        if self._memory is not None:
            yield from self._remember(self._memory, progress)
        elif not parallel:
            yield from self._of_items(0, count, progress)
        for slug, rule in self._rules.items():
            if rule.scope is Scope.TEXT:
                for stimulus in self._bank.stimuli:
                    yield from self._calls[slug](stimulus)
        yield from self._of_bank()
        for found in crew.results():
            for slug, finding in found:
                yield Said(self._rules[slug], finding)

    def _of_bank(self) -> Iterator[Said]:
        """What the rules say of the bank; those that look at its records alone are not asked twice."""
        memory = self._memory
        if memory is not None:
            memory.see(self._bank)
        for slug, rule in self._active.items():
            if rule.scope is Scope.BANK:
                known = rule.family in _OF_RECORDS and _is_ours(rule)
                before = memory.recall_bank(slug) if memory is not None and known else None
                if before is not None:
                    yield from (Said(rule, finding) for finding in before)
                    continue
                said = self._caller(rule)(self._bank)
                if memory is not None and known:
                    memory.keep_bank(slug, [one.finding for one in said])
                yield from said

    def _of_items(
        self, first: int, last: int, progress: Callable[[int, int], None] | None = None
    ) -> Iterator[Said]:
        """What the rules say of the items from one number to before another, item by item."""
        for start in range(first, last, _BATCH):
            end = min(start + _BATCH, last)
            yield from self._ask(self._bank.items[start:end])
            if progress is not None:
                progress(end, len(self._bank.items))

    def _ask(self, items: Sequence[Item], but: frozenset[str] = frozenset()) -> Iterator[Said]:
        """What the rules say of some items, item by item, some rules left out."""
        if not items:
            return
        said: dict[int, list[Said]] = {}
        for slug, numbers in self._passed(items, but):  # a rule for all items: its code and data stay near
            call = self._calls[slug]
            for number in numbers:
                if slug in self._fitting(type(items[number])):
                    found = call(items[number])
                    if found:
                        said.setdefault(number, []).extend(found)
        for number in sorted(said):
            yield from said[number]

    def _remember(self, memory: Memory, progress: Callable[[int, int], None] | None) -> Iterator[Said]:
        """The same of all items, where rules are asked only about items of which it is not known."""
        items, known = self._bank.items, memory.items
        new = [place for place, before in enumerate(known) if before is None]
        again: list[Said] = []
        for place, before in enumerate(known):
            if before is not None and (before.said or before.told or before.wanted):
                self._again(place, before, memory, again)
        yield from again
        if len(self._elsewhere) < len(self._rules):
            for start in range(0, len(items), _BATCH):
                yield from self._ask(items[start : start + _BATCH], but=self._elsewhere)
        for start in range(0, len(new), _BATCH):
            if progress is not None:
                progress(len(items) - len(new) + start, len(items))
            yield from self._meet(new[start : start + _BATCH], memory)
        if progress is not None:
            progress(len(items), len(items))

    def _again(self, place: int, before: OfItem, memory: Memory, found: list[Said]) -> None:
        """Add what the rules say of an item that is known."""
        rules, record = self._rules, memory.records[place]
        if before.told and not all(map(self._holds, before.told)):
            found += [Said(rules[one.rule], one.of(record)) for one in before.said]
            item = self._bank.items[place]
            slugs = (*[one.rule for one in before.told], *before.wanted)
            memory.keep(place, OfItem(before.said, *self._asked(item, slugs, found)))
            return
        said = zip(
            before.all if before.told else before.said, memory.columns[place] or repeat(0), strict=False
        )
        found += [Said(rules[one.rule], one.of(record), "", column) for one, column in said]
        for slug in before.wanted:
            found += self._calls[slug](self._bank.items[place])

    def _answers(self, slug: str) -> type[Answering] | None:
        """What a rule asks questions; to know it the rule is imported."""
        if slug not in self._asking:
            self._asking[slug] = _asks(self._rules[slug])
        return self._asking[slug]

    def _holds(self, told: Told) -> bool:
        """Whether a rule would get the same answers again."""
        kind = self._answers(told.rule)
        if kind is None:
            return False
        asked = self._provided[kind]
        return all(asked.answer(question) == answer for question, answer in told.answers)

    def _meet(self, places: Sequence[int], memory: Memory) -> Iterator[Said]:
        """What the rules say of items that are new, at some places of the bank."""
        items = [self._bank.items[place] for place in places]
        others = frozenset(self._rules) - self._of_record_alone
        said: dict[int, list[tuple[str, Finding]]] = {item.record: [] for item in items}
        for one in self._ask(items, but=others):
            where = one.finding.where
            if isinstance(where, Where) and where.record in said:
                said[where.record].append((one.rule.slug, one.finding))
            yield one
        for place, item, slugs in zip(places, items, self._wanted(items, self._unscreened), strict=True):
            found: list[Said] = []
            told, wanted = self._asked(item, slugs, found)
            yield from found
            kept = remembered(said[item.record], item.record)
            if kept is not None:
                memory.keep(place, OfItem(kept, told, wanted))

    def _asked(
        self, item: Item, slugs: Sequence[str], found: list[Said]
    ) -> tuple[tuple[Told, ...], tuple[str, ...]]:
        """Add what some rules say of an item; gives what holds as long as answers do, and the other rules."""
        told, others = [], []
        for slug in slugs:
            kind = self._answers(slug)
            call = functools.partial(self._calls[slug], item)
            said, answers = (call(), {}) if kind is None else self._provided[kind].noting(call)
            kept = remembered([(one.rule.slug, one.finding) for one in said], item.record)
            if kind is None or kept is None:
                others.append(slug)
            else:
                told.append(Told(slug, tuple(answers.items()), kept))
            found += said
        return tuple(told), tuple(others)

    def _found(self, first: int, last: int) -> list[tuple[str, Finding]]:
        """The same as slugs and findings, which can be sent to another process."""
        return [(one.rule.slug, one.finding) for one in self._of_items(first, last)]

    def _fitting(self, kind: type) -> frozenset[str]:
        """The rules that look at items of a type."""
        if kind not in self._of_type:
            found = (slug for slug, one in self._rules.items() if _looks_at(one, kind))
            self._of_type[kind] = frozenset(found)
        return self._of_type[kind]

    def _wanted(self, items: Sequence[Item], but: frozenset[str]) -> Sequence[Sequence[str]]:
        """For each item the rules that look at it, some rules left out."""
        wanted: list[list[str]] = [_NOTHING] * len(items)
        for slug, numbers in self._passed(items, but):
            for number in numbers:
                if slug not in self._fitting(type(items[number])):
                    continue
                if wanted[number] is _NOTHING:
                    wanted[number] = [slug]
                else:
                    wanted[number].append(slug)
        return wanted

    def _passed(self, items: Sequence[Item], but: frozenset[str]) -> Iterator[tuple[str, Iterable[int]]]:
        """Of each rule the numbers of the items that it looks at, some rules left out."""
        yield from (
            (slug, range(len(items))) for slug in self._rules if slug not in but | self._screens.keys()
        )
        asked = {slug: screen for slug, screen in self._screens.items() if slug not in but}
        if not asked:
            return
        from qbank.screening.batch import Batch

        if but not in self._scanners:  # what no rule asks for is not looked for
            self._scanners[but] = _scanner(asked.values())
        batch = Batch(self._bank, items, self._scanners[but])
        for slug, screen in asked.items():
            yield slug, map(int, screen(batch))

    def _caller(self, rule: Rule) -> Call:
        """The rule as a function of the one value it looks at; what it asks for is provided once."""
        asked: Callable[[Any], Iterable[Finding]] | None = None
        chosen = self._settings.rules.get(rule.slug, {})
        provided = self._provided  # not self, which holds the call: a circle would keep the bank

        def call(value: Any) -> Sequence[Said]:
            nonlocal asked
            if asked is None:  # imported and provided when the rule is first called: many a rule never is
                asked = _asked(rule, chosen, provided)
            found = list(asked(value))
            return [Said(rule, finding) for finding in found] if found else ()

        return call


def _asked(rule: Rule, chosen: Mapping[str, Any], provided: Provided) -> Callable[[Any], Iterable[Finding]]:
    """A rule as a function of the one value it looks at, with its options and what it asks for."""
    named = {name: value for name, value in chosen.items() if name in rule.options}
    scoped = next(number for number, (_, kind) in enumerate(rule.parameters) if _is_scope(kind, rule))
    name = rule.parameters[scoped][0]
    named.update((other, provided[kind]) for other, kind in rule.parameters if other != name)
    function = functools.partial(rule.function, **named) if named else rule.function
    return function if scoped == 0 else lambda value: function(**{name: value})


def _screen(rule: Rule, settings: Settings) -> Any:
    """The rule's screen, None when a user has set options of the rule: the screen is for the defaults."""
    return None if settings.rules.get(rule.slug) else rule.screen


def _scanner(screens: Iterable[Any]) -> Scanner:
    from qbank.screening.scanner import scanner

    found: set[Words] = set()
    for screen in screens:
        if isinstance(screen, Words):
            found.add(screen)
        elif isinstance(screen, Screen):
            found.update(screen.words)
    return scanner(frozenset(found))


def _asks(rule: Rule) -> type[Answering] | None:
    """What a rule of qbank asks questions, if that and records are all that it hangs on."""
    others = [kind for _, kind in rule.parameters if kind is not BankRecord and not _is_scope(kind, rule)]
    is_one = len(others) == 1 and isinstance(others[0], type) and issubclass(others[0], Answering)
    return others[0] if is_one and _is_shipped(rule) else None


def _is_ours(rule: Rule) -> bool:
    """Whether a rule is one of qbank, of no domain and no other package."""
    return rule.home.startswith("qbank.rules.")


def _is_shipped(rule: Rule) -> bool:
    """Whether a rule is one of qbank or of a domain that comes with it."""
    return rule.home.startswith(("qbank.rules.", "qbank.domains."))


def _looks_at(rule: Rule, kind: type) -> bool:
    if rule.scope is Scope.ITEM:
        return any(issubclass(kind, member) for member in rule.item_types)
    return rule.scope is Scope.TEXT or "options" in kind.__struct_fields__  # type: ignore[attr-defined]


def _of_record(rule: Rule, call: Call) -> Call:
    """A call about an item or stimulus: for rules about options or texts it looks at each of them."""
    if rule.scope is Scope.ITEM:
        return call
    parts: Callable[[Any], Iterable[Any]] = texts_of if rule.scope is Scope.TEXT else ItemBase.choices
    return lambda record: [said for part in parts(record) for said in call(part)]


def _is_scope(kind: Any, rule: Rule) -> bool:
    if rule.scope is Scope.ITEM:
        members = getattr(kind, "__args__", (kind,))
        return bool(rule.item_types) and members[0] in rule.item_types
    return kind in {
        Scope.OPTION: (Option,),
        Scope.TEXT: (Text,),
        Scope.BANK: (Bank,),
        Scope.BLUEPRINT: (Blueprint,),
        Scope.READING: (ReadProblem,),
        Scope.SUPPRESSION: (SuppressionUse,),
    }.get(rule.scope, ())
