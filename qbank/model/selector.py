"""`where`: which items a row means. Field → test, all of which must hold.

Tests: a scalar is equality (content_area: equal or a descendant path); a list is any of;
`{minimum, maximum}` inclusive; `{present: true}`; `{not: test}`. `tags` contains. `any: [where, …]`
is the only disjunction. `role` is no property of an item: callers split it off with `split_role`.

Two evaluations with one meaning: `predicate` looks at one item at a time (audits use it), `mask`
at all items at once with numpy (the solver's rows use it); a property test proves that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from qbank.discovery import did_you_mean
from qbank.model.bank import Bank
from qbank.model.item import ItemBase
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN_FIELDS = (
    "id",
    "type",
    "status",
    "content_area",
    "cognitive_level",
    "stimulus",
    "shuffle",
    "author",
    "tags",
    "points",
)
DERIVED_FIELDS = ("words", "characters", "option_count")
STATISTIC_FIELDS = ("p", "r", "n", "a", "b", "c")
STIMULUS_FIELDS = ("id", "words", "characters", "media")
"""The fields that every stimulus has; media is the number of its files."""

RANGE = ("minimum", "maximum")

Value = str | int | float | bool | tuple[str, ...] | None


class SelectorError(ValueError):
    """A `where` with an unknown field or an ill-formed test; `pointer` leads to it."""

    def __init__(self, message: str, pointer: tuple[str | int, ...], hint: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer
        self.hint = hint


class Readable(Protocol):
    """Whatever has named fields with values: the items of a bank, its stimuli."""

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields."""

    def value(self, item: Any, name: str) -> Value:
        """The value of a field, None when there is none."""


class Fields:
    """The fields of a bank's items: names to check against, values to test."""

    def __init__(self, bank: Bank) -> None:
        self.attributes = frozenset(bank.info.attributes)
        self.statistics: dict[str, Statistics] = {one.item: one for one in bank.statistics}
        seen = {name for item in bank.items for name in item.attributes} if not bank.declared else set()
        self.names = frozenset(
            {*OWN_FIELDS, *DERIVED_FIELDS, *STATISTIC_FIELDS, *self.attributes, *seen},
        )

    def value(self, item: ItemBase, name: str) -> Value:
        """The value of a field, None when the item has none."""
        return field_value(item, name, self.statistics.get(item.id))


class StimulusFields:
    """The fields of a bank's stimuli: their own attributes, and what is derived from the text."""

    def __init__(self, bank: Bank) -> None:
        own = {name for stimulus in bank.stimuli for name in stimulus.attributes}
        self.names = frozenset({*STIMULUS_FIELDS, *own})

    def value(self, item: Stimulus, name: str) -> Value:
        """The value of a field of a stimulus; `words` and `characters` are those of title and text."""
        if name in item.attributes:
            return item.attributes[name]
        texts = (item.title, item.text)
        match name:
            case "id":
                return item.id
            case "words":
                return sum(len(text.split()) for text in texts)
            case "characters":
                return sum(map(len, texts))
            case "media":
                return len(item.media)
        return None


def field_value(item: ItemBase, name: str, statistics: Statistics | None = None) -> Value:
    """The value of a field of an item; an unset text counts as absent."""
    if name in item.attributes:
        value: Value = item.attributes[name]
        return value
    if name in OWN_FIELDS:
        own: Value = getattr(item, name)
        return None if own in ("", ()) else own
    if name == "words":
        return sum(len(text.split()) for text in candidate_texts(item))
    if name == "characters":
        return sum(len(text) for text in candidate_texts(item))
    if name == "option_count":
        return len(item.option_texts)
    if statistics is None:
        return None
    if name in ("a", "b", "c"):
        irt: Value = getattr(statistics.irt, name) if statistics.irt is not None else None
        return irt
    return getattr(statistics, name) if name in STATISTIC_FIELDS else None


def candidate_texts(item: ItemBase) -> Iterator[str]:
    """The texts of an item that a candidate reads: stem, prompts, options (not the stimulus)."""
    for pointer, text in item.texts():
        if pointer[0] in ("stem", "prompts", "options"):
            yield text


def split_role(where: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """A `where` without its role, and the role (None when it states none)."""
    rest = {name: test for name, test in where.items() if name != "role"}
    return rest, where.get("role")


def check(where: Mapping[str, Any], fields: Readable, pointer: tuple[str | int, ...] = ()) -> None:
    """Raise SelectorError at the first unknown field or ill-formed test of a `where`."""
    for name, test in where.items():
        here = (*pointer, name)
        if name == "any":
            if not isinstance(test, list) or not test or not all(isinstance(part, dict) for part in test):
                raise SelectorError("`any` takes a list of where mappings", here)
            for number, part in enumerate(test):
                check(part, fields, (*here, number))
        elif name != "role" and name not in fields.names:
            raise SelectorError(
                f"the bank has no field {name!r}", here, did_you_mean(name, {*fields.names, "role", "any"})
            )
        else:
            _check_test(test, here)


def _check_test(test: Any, pointer: tuple[str | int, ...]) -> None:
    if isinstance(test, dict):
        _check_mapping(test, pointer)
    elif isinstance(test, list):
        if not test:
            raise SelectorError("an empty list is met by nothing", pointer, "Name a value.")
        for number, part in enumerate(test):
            if isinstance(part, dict | list) or part is None:
                raise SelectorError("a list in a where holds plain values", (*pointer, number))
    elif test is None:
        raise SelectorError("the test is empty", pointer, "Use {present: false} for items without a value.")


def _check_mapping(test: dict[str, Any], pointer: tuple[str | int, ...]) -> None:
    keys = set(test)
    if keys == {"not"}:
        _check_test(test["not"], (*pointer, "not"))
    elif keys == {"present"}:
        if not isinstance(test["present"], bool):
            raise SelectorError("present is true or false", (*pointer, "present"))
    elif keys and keys <= set(RANGE):
        for name, bound in test.items():
            if isinstance(bound, bool) or not isinstance(bound, int | float):
                raise SelectorError(f"{name} must be a number, not {bound!r}", (*pointer, name))
        if len(keys) == 2 and test["minimum"] > test["maximum"]:
            raise SelectorError("the minimum is above the maximum", (*pointer, "minimum"))
    else:
        raise SelectorError(
            f"{sorted(map(str, keys))} is no test",
            pointer,
            "Use {minimum, maximum}, {present: true} or {not: test}.",
        )


def predicate(where: Mapping[str, Any], fields: Readable) -> Callable[[Any], bool]:
    """A function that tells whether an item meets a `where` (role apart)."""
    tests = tuple((name, test) for name, test in where.items() if name not in ("any", "role"))
    groups = tuple(predicate(part, fields) for part in where.get("any", ()))

    def meets(item: Any) -> bool:
        return all(_meets(fields.value(item, name), test, name) for name, test in tests) and (
            not groups or any(group(item) for group in groups)
        )

    return meets


def _meets(value: Value, test: Any, name: str) -> bool:
    if isinstance(test, dict):
        if "not" in test:
            return not _meets(value, test["not"], name)
        if "present" in test:
            return (value is not None) == bool(test["present"])
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and test.get("minimum", value) <= value <= test.get("maximum", value)
        )
    if isinstance(test, list):
        return any(_meets(value, part, name) for part in test)
    if isinstance(value, tuple):
        return test in value
    if name == "content_area" and isinstance(value, str):
        return value == test or value.startswith(f"{test}/")
    return _same(value, test)


def _same(value: Value, test: Any) -> bool:
    return value == test and isinstance(value, bool) == isinstance(test, bool)


_Fields = TypeVar("_Fields", bound=Readable)


class Columns(Generic[_Fields]):
    """The values of items by field, each column made once: the vectorised side of `where`."""

    def __init__(self, items: Sequence[Any], fields: _Fields) -> None:
        self.items = items
        self.fields = fields
        self._columns: dict[str, list[Value]] = {}
        self._given: set[str] | None = None
        self._coded: dict[str, tuple[NDArray[np.int64], list[Value]]] = {}

    def column(self, name: str) -> list[Value]:
        """The raw values of a field, one per item."""
        if name not in self._columns:
            if self._given is None:
                self._given = {given for item in self.items for given in item.attributes}
            if name in OWN_FIELDS and name not in self._given:
                values = list(map(attrgetter(name), self.items))
                unset = not {"", ()}.isdisjoint(values)
                self._columns[name] = [value or None for value in values] if unset else values
            else:
                self._columns[name] = [self.fields.value(item, name) for item in self.items]
        return self._columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A numeric field as floats, NaN where an item has no number."""
        import numpy as np

        return np.array(
            [
                float(value) if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
                for value in self.column(name)
            ],
            dtype=np.float64,
        )

    def mask(self, where: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Which items meet a `where` (role apart), one boolean per item."""
        import numpy as np

        result = np.ones(len(self.items), dtype=np.bool_)
        for name, test in where.items():
            if name == "any":
                groups = [self.mask(part) for part in test]
                if groups:
                    result &= np.logical_or.reduce(groups)
            elif name != "role":
                codes, distinct = self._codes(name)
                answers = np.array([_meets(value, test, name) for value in distinct], dtype=np.bool_)
                result &= answers[codes] if len(distinct) else result
        return result

    def _codes(self, name: str) -> tuple[NDArray[np.int64], list[Value]]:
        """A column as integers into its distinct values, so that a test runs once a value."""
        import numpy as np

        if name not in self._coded and set(map(type, self.column(name))) <= {str, type(None)}:
            texts = {value: code for code, value in enumerate(dict.fromkeys(self.column(name)))}
            found = map(texts.__getitem__, self.column(name))
            self._coded[name] = np.fromiter(found, dtype=np.int64, count=len(self.items)), list(texts)
        if name not in self._coded:
            seen: dict[Any, int] = {}
            distinct: list[Value] = []
            codes = np.empty(len(self.items), dtype=np.int64)
            for row, value in enumerate(self.column(name)):
                identity = (type(value).__name__, value)
                if identity not in seen:
                    seen[identity] = len(distinct)
                    distinct.append(value)
                codes[row] = seen[identity]
            self._coded[name] = (codes, distinct)
        return self._coded[name]
